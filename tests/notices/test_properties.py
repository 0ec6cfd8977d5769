"""No combination of settings and facts that the linter passes breaks a promise."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from abusetrack.errors import InputError
from abusetrack.notices import RULES, export, lint, stopping
from abusetrack.records import Advice, Page, Role, Rung, SiteKind, SuffixKind, Terms

REPORTER = "someone.who.told@reporters.example"
SECRET = "bad-one.example/secret-path"
# Good values are drawn often: else nearly everything would be refused.
WORDS = st.sampled_from(
    [
        *["Category A"] * 9,
        "",
        " ",
        f"told by {REPORTER}",
        f"see {SECRET}",
        "x" * 300,
        "hxxp://x[.]example",
    ]
)
SHORT = st.sampled_from(
    [*["HE-R-1"] * 6, "", f"https://{SECRET}", REPORTER, "bad-one[.]example/secret-path"]
)
TEXTS = st.sampled_from([*["set"] * 9, ""])


@st.composite
def rows(draw, row, at):
    count = draw(st.integers(0, 2))
    pages = tuple(
        Page(
            url=draw(
                st.sampled_from(
                    [
                        *[f"https://{SECRET}/{number}"] * 5,
                        "https://other.example/secret-path",
                        "//x/",
                    ]
                )
            ),
            confirmed_at=at - timedelta(days=draw(st.sampled_from([1, 1, 1, 1, -1]))),
            legal_category=draw(WORDS),
            law="Law 1",
            access_note=draw(WORDS),
        )
        for number in range(count)
    )
    return row(
        confirmed_urls=draw(st.integers(0, 4)),
        kind=draw(st.sampled_from([*[SiteKind.DEDICATED] * 6, *SiteKind])),
        suffix_kind=draw(st.sampled_from([*[SuffixKind.ICANN] * 6, *SuffixKind, None])),
        advice=draw(st.sampled_from([*[Advice.ADVISED] * 6, *Advice])),
        gate=draw(st.sampled_from([*[""] * 6, "not cleared"])),
        legal_category=draw(WORDS),
        law=draw(WORDS),
        reference=draw(SHORT),
        statuses=draw(st.sampled_from([*[("ok",)] * 8, (REPORTER,), (f"x {SECRET}",)])),
        network=draw(st.sampled_from([*["AS64500 Example Net"] * 8, f"AS64500 {REPORTER}"])),
        pages=pages,
    )


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_the_linter_passes_keeps_every_promise(data, drafted, organisation, row):
    draw = data.draw
    role = draw(st.sampled_from(list(RULES)))
    rung = draw(st.sampled_from(list(Rung)))
    at = row().last_confirmed + timedelta(days=1)
    terms = Terms(
        exact_urls=draw(st.booleans()),
        one_domain=draw(st.booleans()),
        in_union=draw(st.sampled_from([None, True, False])),
        online_platform=draw(st.booleans()),
        signatory=draw(st.booleans()),
        country=draw(st.sampled_from(["", "ZZ"])),
    )
    sender = organisation.but(
        {
            name: "" if draw(TEXTS) == "" else getattr(organisation, name)
            for name in ("name", "jurisdiction", "verification_url", "dispute_email", "email")
        }
    )
    careful = draw(st.booleans())
    made_rows = [row()] if careful else [draw(rows(row, at))]
    if careful and draw(st.booleans()):
        made_rows = drafted(role).rows
        sender = organisation
    reason = draw(st.sampled_from(["", "asked by a court"]))
    changes = {"terms": terms, "organisation": sender, "rows": made_rows, "reason": reason}
    if draw(st.booleans()):
        changes["earlier"] = ()
    try:
        made = drafted(role, rung, **changes)
    except InputError:
        return
    if stopping(lint(made, sender)):
        return
    _keeps_its_promises(made, sender)


def _keeps_its_promises(made, sender):
    body = " ".join(made.body.split())
    who = (sender.name, sender.email, sender.jurisdiction)
    for text in (made.reference, *who, sender.verification_url, sender.dispute_email):
        assert text
        assert text in body
    asks = made.rung is not Rung.WITHDRAWAL
    if asks:
        for words in (*RULES[made.role].asked, "do not open", "a request, not a legal deadline"):
            assert words.lower() in body.lower()
    assert made.earlier or (made.rung is Rung.FIRST and made.role is not Role.ICANN)
    for item in made.rows:
        assert item.reference in body
        if asks:
            assert item.legal_category in body
            assert item.confirmed_urls > 0
            assert len(item.pages) <= item.confirmed_urls
            assert all(page.confirmed_at <= made.composed_at for page in item.pages)
            assert item.kind is not SiteKind.UNKNOWN
            assert not item.gate
            assert item.advice is not Advice.BLOCKED
            assert item.advice is not Advice.NOT_ADVISED or made.reason
        if made.role in {Role.REGISTRAR, Role.REGISTRY, Role.ICANN}:
            assert item.suffix_kind in {SuffixKind.ICANN, SuffixKind.PRIVATE_REGISTRY}
        if made.role in {Role.REGISTRAR, Role.ICANN}:
            assert item.suffix_kind is SuffixKind.ICANN
    files = export(made, sender, ["txt", "csv", "sheet"])
    everything = b"".join(file.body for file in files).decode()
    assert REPORTER not in everything + made.subject
    assert "3.18.2" not in everything
    assert ("3.18.3" in body) <= (made.terms.country in sender.designated_in)
    if not (RULES[made.role].exact_urls or made.terms.exact_urls):
        assert "/secret-path" not in everything
    assert "/secret-path" not in made.body


def test_good_drafts_of_every_role_and_rung_keep_them(drafted, organisation):
    for role in RULES:
        for rung in Rung:
            made = drafted(role, rung)
            assert stopping(lint(made, organisation)) == ()
            _keeps_its_promises(made, organisation)


def test_a_mail_address_of_somebody_else_is_found(drafted, organisation, pages):
    noted = dataclasses.replace(pages[0], access_note=f"ask {REPORTER}")
    row = dataclasses.replace(drafted(Role.HOST).rows[0], pages=(noted,))
    codes = [item.code for item in lint(drafted(Role.HOST, rows=[row]), organisation)]
    assert "reporter" in codes
