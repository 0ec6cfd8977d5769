"""Pasted text and text files: lists, prose, and the line of each."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abusetrack.errors import InputError
from abusetrack.intake import Context, Intake, read
from abusetrack.records import Refusal


def urls(intake: Intake) -> list[tuple[int | None, str]]:
    return [(report.line, report.target.url) for report in intake.reports]


def unticked(intake: Intake) -> list[tuple[int | None, str]]:
    return [(report.line, report.target.url) for report in intake.unticked]


def complaints(intake: Intake) -> list[tuple[int, str, str]]:
    return [(item.line, item.text, item.reason) for item in intake.complaints]


def test_each_line_of_a_list_is_a_row(context: Context) -> None:
    text = (
        "a.test\n\n> hxxp://b[.]test/x\r\n1. c . test\n- <http://d.test>\nfoo.unheard\n"
        "not a name\nhttp://e.test/ seen twice, f.test\n10.0.0.1\n# later: g.test\n"
    )
    intake = read(text, filename="", context=context)
    assert urls(intake) == [
        (1, "//a.test/"),
        (3, "http://b.test/x"),
        (4, "//c.test/"),
        (5, "http://d.test/"),
        (8, "http://e.test/"),
    ]
    assert unticked(intake) == [(10, "//g.test/"), (8, "//f.test/")]
    assert complaints(intake) == [
        (6, "foo.unheard", Refusal.UNKNOWN_TLD.value),
        (7, "not a name", "no URL or name was found in it"),
        (9, "10.0.0.1", Refusal.PRIVATE_ADDRESS.value),
    ]


def test_in_prose_only_explicit_candidates_are_reports(context: Context) -> None:
    text = (
        "Dear all,\nplease look at http://a.test/x, and at b[.]test too.\n"
        "I also saw c.test, http://localhost/ and http://a.test/x again.\nd.test\n"
        "Write to x@e.test. Thanks\n"
    )
    intake = read(text, filename="r.txt", context=context)
    assert urls(intake) == [
        (2, "http://a.test/x"),
        (2, "//b.test/"),
        (3, "http://a.test/x"),
    ]
    assert unticked(intake) == [(3, "//c.test/"), (4, "//d.test/")]
    assert complaints(intake) == [(3, "http://localhost/", Refusal.NO_DOMAIN.value)]


def test_a_report_carries_the_context(context: Context) -> None:
    (report,) = read("a.test", filename="", context=context).reports
    assert (report.received_at, report.source) == (context.received_at, "public")
    assert (report.reference, report.note, report.assessment) == (None, None, None)


def test_a_pasted_table_is_a_table(context: Context) -> None:
    intake = read("url\treference\nhttp://a.test/\tR 1\n", filename="", context=context)
    assert [(item.target.url, item.reference) for item in intake.reports] == [
        ("http://a.test/", "R 1")
    ]


def test_a_url_cut_by_encoded_media_is_a_complaint(context: Context) -> None:
    text = "see http://a.test/?u=data:image/png;base64,AAAA now\n"
    intake = read(text, filename="", context=context)
    assert intake.reports == ()
    assert complaints(intake) == [
        (1, "http://a.test/?u=[removed]", "encoded data stood in it and was removed unread")
    ]
    assert intake.discarded.data_uris == 1


def test_what_is_shown_with_a_complaint_is_short(context: Context) -> None:
    (complaint,) = read("a.test\nhttp://" + "x." * 5000, filename="", context=context).complaints
    assert complaint.reason == Refusal.TOO_LONG.value
    assert len(complaint.text) <= 201


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_unicode(context: Context, encoding: str) -> None:
    data = "bücher.test\nhttp://a.test/\n".encode(encoding)
    assert urls(read(data, filename="x.txt", context=context)) == [
        (1, "//xn--bcher-kva.test/"),
        (2, "http://a.test/"),
    ]


def test_windows_1252(context: Context) -> None:
    data = "bücher.test\n“a.test”\n".encode("cp1252")
    assert len(read(data, filename="x.txt", context=context).reports) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\na.test",
        b"%PDF-1.7 a.test",
        b"PK\x03\x04a.test",
        b"\xff\xd8\xffa.test",
        b"a.test\x00b.test",
        b"\x01\x02\x03\x04a.test",
        b"\xff\xfea",
    ],
)
def test_a_binary_file_is_refused(context: Context, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read(data, filename="x.txt", context=context)
    assert "a.test" not in str(caught.value)


def test_a_file_that_is_too_large_is_refused(context: Context) -> None:
    with pytest.raises(InputError, match="50 MB"):
        read(b"a" * (50 * 1024 * 1024 + 1), filename="x.txt", context=context)


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                ["a.test", "http://b.test/", "\n", " ", ",", '"', "data:a/b,", "A" * 50, "url",
                 "\t", "x", "begin 644 x\n", "=ybegin \n", "# ", "\ufffc", "-- ", "[.]", ";"]
            )
        ).map("".join),
    ),
    st.sampled_from(["", "x.csv", "x.txt"]),
)  # fmt: skip
@settings(
    deadline=None, max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_read_or_refused_with_a_sentence(
    context: Context, text: str, filename: str
) -> None:
    try:
        intake = read(text, filename=filename, context=context)
    except InputError:
        return
    for item in (*intake.reports, *intake.unticked, *intake.complaints):
        assert 1 <= (item.line or 0) <= text.count("\n") + text.count("\r") + 1
