"""Names: what analysts paste gives a target or a named refusal, whatever it is."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import publicsuffixlist
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from abusetrack.errors import SettingsError
from abusetrack.names import Names, defang
from abusetrack.names.suffixes import SuffixList
from abusetrack.records import HostKind, Refusal, SuffixKind, Target

EXTRA = """\
// ===BEGIN ICANN DOMAINS===
test
co.test
example
*.wild.example
!city.wild.example
invalid
// ===END ICANN DOMAINS===
// ===BEGIN PRIVATE DOMAINS===
pages.invalid
// kind: dynamic dns
dyn.invalid
// kind: private registry
uk.invalid
// ===END PRIVATE DOMAINS===
"""


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    path = tmp_path_factory.mktemp("names") / "extra.dat"
    path.write_text(EXTRA, encoding="utf-8")
    return Names(path)


def url(names: Names, text: str) -> str:
    target = names.target(text)
    assert isinstance(target, Target), (text, target)
    return target.url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.test", "//a.test/"),
        ("A.TEST.", "//a.test/"),
        ("//a.test/", "//a.test/"),
        ("a.test/b?c=d", "//a.test/b?c=d"),
        ("a.test:8080", "//a.test:8080/"),
        ("http://a.test", "http://a.test/"),
        ("HTTP://A.Test:80/B", "http://a.test/B"),
        ("https://a.test:443?x=1#top", "https://a.test/?x=1"),
        ("https://a.test:8443/", "https://a.test:8443/"),
        ("http://a.test:/", "http://a.test/"),
        ("ftp://a.test:21/f", "ftp://a.test/f"),
        ("rtmp://a.test/live", "rtmp://a.test/live"),
        ("http:/a.test/b", "http://a.test/b"),
        (r"http:\\a.test\b", "http://a.test/b"),
        ("http://user:p%40ss@a.test/b", "http://a.test/b"),
        ("http://a@b@a.test/b", "http://a.test/b"),
        # defanged
        ("hxxp://a[.]test/b", "http://a.test/b"),
        ("hXXps://a(.)test/b(1)", "https://a.test/b(1)"),
        ("hxxps[:]//a[.]test", "https://a.test/"),
        ("hxxps[://]a[.]test[/]b", "https://a.test/b"),
        ("h**p://a[dot]test", "http://a.test/"),
        ("fxp://a.test/", "ftp://a.test/"),
        ("a (dot) b [DOT] test", "//a.b.test/"),
        ("a . b . test / ".rstrip(" /"), "//a.b.test/"),
        ("a {.} test", "//a.test/"),
        ("a[.test", "//a.test/"),
        ("http://a.test/index[.]php", "http://a.test/index.php"),
        # what stands around
        ("> > http://a.test/b", "http://a.test/b"),
        ("<http://a.test/b>", "http://a.test/b"),
        ("<URL:http://a.test/b>", "http://a.test/b"),
        ("“http://a.test/b”,", "http://a.test/b"),
        ("(http://a.test/b).", "http://a.test/b"),
        ("http://a.test/b_(c)", "http://a.test/b_(c)"),
        ("[http://a.test/b]", "http://a.test/b"),
        ("\ufeff\u200b a.test \u200b", "//a.test/"),
        ("http://a.test/b?", "http://a.test/b"),
        # percent-encoding
        ("http://a.test/%7eb%2f%c3%a4", "http://a.test/~b%2F%C3%A4"),
        ("http://a.test/ä%zz", "http://a.test/%C3%A4%25zz"),
        ("http://a.test/?q[]=1", "http://a.test/?q%5B%5D=1"),
        ("http://a.test/b%2E", "http://a.test/b%2E"),
        ("http://%61.test/", "http://a.test/"),
        # addresses
        ("192.0.2[.]1", "//192.0.2.1/"),
        ("http://192.0.2.1:8080/b", "http://192.0.2.1:8080/b"),
        ("http://[2001:DB8::1]:8080/b", "http://[2001:db8::1]:8080/b"),
        ("2001[:]db8[:][:]1", "//[2001:db8::1]/"),
        ("http://2001:db8::1/", "http://[2001:db8::1]/"),
        ("[::ffff:192.0.2.1]", "//192.0.2.1/"),
        ("１９２.0.2.1", "//192.0.2.1/"),
        # internationalised
        ("http://BÜCHER.test/", "http://xn--bcher-kva.test/"),
        ("xn--bcher-kva.Bücher.test", "//xn--bcher-kva.xn--bcher-kva.test/"),
        ("a。test", "//a.test/"),
        ("faß.test", "//xn--fa-hia.test/"),
        ("i❤.test", "//xn--i-7iq.test/"),
        # real hosts have these
        ("_dmarc.a_b.a.test", "//_dmarc.a_b.a.test/"),
        ("r3---sn-x.a.test", "//r3---sn-x.a.test/"),
        ("my_blog-.pages.invalid", "//my_blog-.pages.invalid/"),
    ],
)
def test_a_text_gives_its_one_url(names: Names, text: str, expected: str) -> None:
    assert url(names, text) == expected


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Refusal.EMPTY),
        (" <> ", Refusal.EMPTY),
        ("x" * 8001, Refusal.TOO_LONG),
        ("data:image/png;base64," + "A" * 9000, Refusal.DATA_URI),
        ("http://", Refusal.NO_HOST),
        ("file:///b", Refusal.NO_HOST),
        ("javascript:alert(1)", Refusal.NO_HOST),
        ("magnet:?xt=urn:btih:00", Refusal.NO_HOST),
        ("/b", Refusal.NOT_A_NAME),
        ("two words.test", Refusal.SPACE),
        ("http://a.test/b c", Refusal.SPACE),
        ("localhost", Refusal.NO_DOMAIN),
        ("co.test", Refusal.NO_DOMAIN),
        ("http://co.uk/", Refusal.NO_DOMAIN),
        ("a.unheard", Refusal.UNKNOWN_TLD),
        ("report.pdf", Refusal.UNKNOWN_TLD),
        ("*.a.test", Refusal.BAD_LABEL),
        ("a..test", Refusal.BAD_LABEL),
        ("a_b.test", Refusal.BAD_LABEL),
        ("-a.test", Refusal.BAD_LABEL),
        (f"{'a' * 64}.test", Refusal.BAD_LABEL),
        ("http://a.te%ffst/", Refusal.BAD_LABEL),
        ("a" + ".a" * 125 + ".test", Refusal.NAME_TOO_LONG),
        ("xn--a.test", Refusal.BAD_IDN),
        ("xn--abc-.test", Refusal.BAD_IDN),
        ("xn--0.test", Refusal.BAD_IDN),
        ("a\u0378.test", Refusal.BAD_IDN),
        ("\u0301a.test", Refusal.BAD_IDN),
        ("0x7f.1", Refusal.BAD_ADDRESS),
        ("http://2130706433/", Refusal.BAD_ADDRESS),
        ("http://0300.0.2.1/", Refusal.BAD_ADDRESS),
        ("192.0.2.256", Refusal.BAD_ADDRESS),
        ("192.0.2", Refusal.BAD_ADDRESS),
        ("http://[2001:db8::g]/", Refusal.BAD_ADDRESS),
        ("http://[2001:db8::1/", Refusal.BAD_ADDRESS),
        ("http://[2001:db8::1]80/", Refusal.BAD_ADDRESS),
        ("http://a.test:0/", Refusal.BAD_PORT),
        ("http://a.test:65536/", Refusal.BAD_PORT),
        ("http://a.test:http/", Refusal.BAD_PORT),
        ("a@b.test", Refusal.MAIL_ADDRESS),
        ("mailto:a@b.test", Refusal.MAIL_ADDRESS),
        ("a [at] b [dot] test", Refusal.MAIL_ADDRESS),
        ("short.onion", Refusal.BAD_LABEL),
    ],
)
def test_a_refusal_has_a_name(names: Names, text: str, refusal: Refusal) -> None:
    assert names.target(text) is refusal


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.31.0.1",
        "192.168.1.1", "224.0.0.1", "255.255.255.255", "[::]", "[::1]", "[fe80::1]",
        "[fe80::1%25eth0]", "[fd00::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]",
    ],
)  # fmt: skip
def test_addresses_that_are_nobodys_are_refused(names: Names, address: str) -> None:
    assert names.target(f"http://{address}/") is Refusal.PRIVATE_ADDRESS


@pytest.mark.parametrize("text", ["192.0.2.1", "198.51.100.9", "203.0.113.200", "3fff::1"])
def test_documentation_addresses_are_ordinary(names: Names, text: str) -> None:
    target = names.target(text)
    assert isinstance(target, Target)
    assert target.host.kind in {HostKind.IPV4, HostKind.IPV6}
    assert target.host.domain is None


@pytest.mark.parametrize(
    ("text", "domain", "suffix", "kind"),
    [
        ("www.a.co.uk", "a.co.uk", "co.uk", SuffixKind.ICANN),
        ("b.a.co.test", "a.co.test", "co.test", SuffixKind.ICANN),
        ("x.y.z.wild.example", "y.z.wild.example", "z.wild.example", SuffixKind.ICANN),
        ("x.city.wild.example", "city.wild.example", "wild.example", SuffixKind.ICANN),
        ("b.a.pages.invalid", "a.pages.invalid", "pages.invalid", SuffixKind.PLATFORM),
        ("b.a.dyn.invalid", "a.dyn.invalid", "dyn.invalid", SuffixKind.DYNAMIC_DNS),
        ("b.a.uk.invalid", "a.uk.invalid", "uk.invalid", SuffixKind.PRIVATE_REGISTRY),
        ("a.uk.com", "a.uk.com", "uk.com", SuffixKind.PRIVATE_REGISTRY),
        ("a.fr.eu.org", "a.fr.eu.org", "fr.eu.org", SuffixKind.PRIVATE_REGISTRY),
        ("a.duckdns.org", "a.duckdns.org", "duckdns.org", SuffixKind.DYNAMIC_DNS),
        ("b.a.blogspot.com", "a.blogspot.com", "blogspot.com", SuffixKind.PLATFORM),
        ("http://b.a.unheard/", "a.unheard", "unheard", SuffixKind.UNKNOWN),
    ],
)
def test_the_registrable_domain(
    names: Names, text: str, domain: str, suffix: str, kind: SuffixKind
) -> None:
    target = names.target(text)
    assert isinstance(target, Target)
    found = target.host.domain
    assert found is not None
    assert (found.name, found.suffix, found.suffix_kind) == (domain, suffix, kind)


def test_suffixes_are_those_that_the_list_gives_of_each_name_by_itself(tmp_path: Path) -> None:
    extra = tmp_path / "extra.dat"
    extra.write_text(EXTRA, encoding="utf-8")
    ours = SuffixList(extra)
    text = f"{Path(publicsuffixlist.PSLFILE).read_text(encoding='utf-8')}\n{EXTRA}"
    theirs = publicsuffixlist.PublicSuffixList(text, accept_unknown=False)
    rules = {
        line.split()[0].lstrip("!").removeprefix("*.")
        for line in text.splitlines()
        if line.strip() and not line.startswith("//")
    }
    ends = sorted(rule for rule in rules if rule.isascii())
    ends = [*ends[::11], *(end for end in ends if end.endswith(("example", "test", "jp", "ck")))]
    for end in [*ends, "nowhere", "sub.nowhere"]:
        for name in (end, f"a.{end}", f"b.a.{end}", f"c.b.a.{end}"):
            expected = theirs.publicsuffix(name) or name.rpartition(".")[2]
            assert ours.find(name)[0] == expected, name


@given(
    st.lists(st.from_regex(r"[a-z0-9-]{1,6}", fullmatch=True), min_size=1, max_size=5),
    st.sampled_from(["test", "co.test", "wild.example", "pages.invalid", "xn--p1ai", "1", "onion"]),
)
@example(["xn--mnchen-3ya"], "test")
@example(["a", "xn--"], "test")
@example(["1", "2", "3"], "4")
def test_a_plain_name_is_read_as_if_it_were_none(names: Names, labels: list[str], end: str) -> None:
    name = ".".join([*labels, end])
    for url in (f"https://{name}/a?b=c", f"http://{name}/", f"https://{name}", name):
        # In capitals nothing is plain; in the path they would count.
        other = names.target(url.replace(name, name.upper()))
        plain = names.target(url)
        if isinstance(plain, Target) and isinstance(other, Target):
            assert (plain.url, plain.host) == (other.url, other.host)
            assert plain.text == url
        else:
            assert plain is other


def test_the_lists_own_vectors() -> None:
    names = Names()
    vectors = Path(publicsuffixlist.__file__).with_name("test_psl.txt").read_text(encoding="utf-8")
    pairs = re.findall(r"^checkPublicSuffix\('([^.'][^']*)', '([^']+)'\);", vectors, re.MULTILINE)
    assert len(pairs) > 30
    for text, expected in pairs:
        host = names.host(f"http://{text}/")
        assert not isinstance(host, Refusal)
        assert host.domain is not None
        assert expected in {host.domain.name, host.domain.unicode}, text


def test_a_platforms_own_site_is_kept_without_a_domain(names: Names) -> None:
    target = names.target("https://pages.invalid/b")
    assert isinstance(target, Target)
    assert (target.host.name, target.host.domain) == ("pages.invalid", None)


def test_both_spellings_of_an_idn_are_told(names: Names) -> None:
    host = names.host("WWW.Bücher.test")
    assert not isinstance(host, Refusal)
    assert (host.name, host.unicode) == ("www.xn--bcher-kva.test", "www.bücher.test")
    assert host.domain is not None
    assert (host.domain.unicode, host.domain.label) == ("bücher.test", "xn--bcher-kva")


@pytest.mark.parametrize("label", ["a" * 16, "b2" * 28, "www." + "c7" * 28])
def test_an_onion_is_kept_and_has_no_domain(names: Names, label: str) -> None:
    host = names.host(f"http://{label}.onion/x")
    assert not isinstance(host, Refusal)
    assert (host.kind, host.domain) == (HostKind.ONION, None)


def test_without_an_extra_list_test_names_are_unknown() -> None:
    assert Names().target("a.test") is Refusal.UNKNOWN_TLD


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"// ===BEGIN PRIVATE DOMAINS===\n// kind: castle\na.invalid\n", "castle"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_extra_list_is_told(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "extra.dat"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        Names(path)


def test_rules_outside_the_sections_are_icanns(tmp_path: Path) -> None:
    path = tmp_path / "extra.dat"
    path.write_text("test\nпример.test\n", encoding="utf-8")
    host = Names(path).host("a.xn--e1afmkfd.test")
    assert not isinstance(host, Refusal)
    assert host.domain is not None
    assert (host.domain.name, host.domain.suffix_kind) == (
        "a.xn--e1afmkfd.test",
        SuffixKind.ICANN,
    )


def test_every_kind_is_of_a_suffix_on_the_shipped_list() -> None:
    text = (resources.files("abusetrack.resources") / "data/private_suffixes.toml").read_text(
        encoding="utf-8"
    )
    listed = Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8")
    private = set(listed.partition("===BEGIN PRIVATE DOMAINS===")[2].split())
    tables = tomllib.loads(text)
    assert set(tables) == {SuffixKind.DYNAMIC_DNS, SuffixKind.PRIVATE_REGISTRY}
    suffixes = [suffix for table in tables.values() for suffix in table["suffixes"]]
    assert [suffix for suffix in suffixes if suffix not in private] == []
    assert len(suffixes) == len(set(suffixes))


# --- hostile text ---------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        "http://", "hxxps[:]//", "//", "a.test", "bücher", "xn--", "[.]", "(dot)", " . ", ".", ":",
        "@", "[", "]", "(", ")", "%2E", "%", "#", "?", "/", "\\", ">", "<", "192.0.2.1", "::1",
        "[2001:db8::1]", ":80", "0x", ".onion", "\u200b", "\ud800", "\ufffc", "data:", "é", "_",
        "\n", "ß", "。", "'", "..", "www", "pages.invalid", "\u0301", "٣", "mailto:",
    ]
)  # fmt: skip
HOSTILE = st.one_of(st.text(), st.lists(_PIECES, max_size=12).map("".join))


@given(HOSTILE)
@example("http://a.test/%2E.")
@example("//[2001:db8::1]:80%")
@example("http://(@a.test/b)")
@settings(deadline=None, max_examples=1500)
def test_any_text_gives_a_target_or_a_refusal(names: Names, text: str) -> None:
    target = names.target(text)
    if isinstance(target, Refusal):
        return
    again = names.target(target.url)
    assert isinstance(again, Target)
    assert (again.url, again.host) == (target.url, target.host)
    assert names.host(target.host.name) == target.host or target.url[:2] != "//"
    assert target.url.isascii()
    assert defang(target.host.name) == target.host.name or "[" in defang(target.host.name)


@given(HOSTILE)
@settings(deadline=None, max_examples=700)
def test_defanged_is_the_same_target(names: Names, text: str) -> None:
    target = names.target(text)
    if isinstance(target, Refusal):
        return
    back = names.target(defang(target.url))
    assert isinstance(back, Target)
    assert (back.url, back.host) == (target.url, target.host)


@given(HOSTILE)
@settings(deadline=None, max_examples=700)
def test_finding_never_fails(names: Names, text: str) -> None:
    for found in names.find(text):
        assert found.line >= 1
        target = names.target(found.text)
        assert found.explicit or isinstance(target, Target)


@given(st.lists(st.sampled_from(["a.test", "b.co.test", "http://c.example/x"]), max_size=5))
def test_every_url_defanged_in_prose_is_found(names: Names, texts: list[str]) -> None:
    prose = "Seen: " + ", and ".join(defang(text) for text in texts) + "."
    found = [url(names, candidate.text) for candidate in names.find(prose)]
    assert found == [url(names, text) for text in texts]


@pytest.mark.parametrize(
    "unit",
    [
        "a.", "a[.]", "http://", "[.]", ">", "(", " ", ". ", "a . ", "data:", "data:a;", ":",
        "[:]", "a,", "a:b.", "http://a,", "@a.b", "a.b=", "1.1:", "[at]", "(dot)", "a\ufffc", "h",
        "%", "]",
    ],
)  # fmt: skip
def test_a_megabyte_of_anything_is_read(names: Names, unit: str) -> None:
    """A pattern that goes back over its input would not end within the test's limit."""
    text = unit * (1_000_000 // len(unit))
    assert sum(1 for _ in names.find(text)) <= len(text)
    assert isinstance(names.target(text), Refusal)


# --- running text ---------------------------------------------------------------


def found(names: Names, text: str) -> list[tuple[str, int, bool]]:
    return [(item.text, item.line, item.explicit) for item in names.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see http://a.test/x, please", [("http://a.test/x", 1, True)]),
        ("see a.test, please", [("a.test", 1, False)]),
        ("see a[.]test.", [("a.test", 1, True)]),
        ("at a (dot) b (dot) test.", [("a.b.test", 1, True)]),
        ("domain:a[.]test", [("a.test", 1, True)]),
        ("host=a.test;b.test", [("a.test", 1, False), ("b.test", 1, False)]),
        ("http://a.test,http://b.test", [("http://a.test", 1, True), ("http://b.test", 1, True)]),
        ("http://a.test/?u=http://b.test/", [("http://a.test/?u=http://b.test/", 1, True)]),
        ("[here](http://a.test/x)", [("http://a.test/x", 1, True)]),
        ('<a href="http://a.test">b.test</a>', [("http://a.test", 1, True), ("b.test", 1, False)]),
        ("http://a . b . test now", [("http://a.b.test", 1, True)]),
        ("http://a.test . It was", [("http://a.test", 1, True)]),
        ("a . b . test now", [("a.b.test", 1, False)]),
        ("http://localhost/", [("http://localhost/", 1, True)]),
        ("one\r\ntwo a.test\rthree\n192.0.2[.]7", [("a.test", 2, False), ("192.0.2.7", 4, True)]),
        ("write to x@a.test or x [at] a [dot] test", []),
        ("data:text/html,http://a.test/", []),
        ("It ended.Then report.txt at 12:30:45, std::vector, 10.0.0.1 [...] e.g. (.)", []),
    ],
)  # fmt: skip
def test_candidates_of_running_text(
    names: Names, text: str, expected: list[tuple[str, int, bool]]
) -> None:
    assert found(names, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://a.test/b.html", "hxxp://a[.]test/b.html"),
        ("https://a.b.test:8080/?x=1", "hxxps://a[.]b[.]test:8080/?x=1"),
        ("a.test", "a[.]test"),
        ("//a.test/b.c", "//a[.]test/b.c"),
        ("ftp://a.test/", "ftp[:]//a[.]test/"),
        ("2001:db8::1", "2001[:]db8[:][:]1"),
        ("http://[2001:db8::1]:81/", "hxxp://[2001[:]db8[:][:]1]:81/"),
        ("192.0.2.1", "192[.]0[.]2[.]1"),
    ],
)
def test_defang(text: str, expected: str) -> None:
    assert defang(text) == expected


def test_a_candidate_longer_than_any_name_is_not_worked_on(names: Names) -> None:
    # Taking its end apart sign by sign would take a time that grows with its square.
    text = "http://a.test/" + ".\u200b" * 5000
    assert [found.text for found in names.find(text)] == [text]
    assert names.target(text) is Refusal.TOO_LONG
