"""The monthly report, as written by the command."""

from __future__ import annotations

import re

import pytest

LIST = "url,outcome,kind,legal category,law,source\n"


@pytest.fixture
def counted(abusetrack):
    """A case file with forty confirmed domains of this month."""
    table = abusetrack.folder / "list.csv"
    rows = [
        f"http://www.site{number}.example-{number}.com/secret-{number},confirmed,dedicated,A,Act,public"
        for number in range(40)
    ]
    table.write_text(LIST + "\n".join(rows) + "\n", encoding="utf-8")
    abusetrack.run("import", table)
    return abusetrack


@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_a_report_has_the_figures_and_no_names(counted, ending):
    out = counted.folder / f"report.{ending}"
    counted.run("report", "--since", "2020-01-01", "--out", out)
    body = out.read_bytes()
    assert body.startswith(b"<!DOCTYPE html>" if ending == "html" else b"%PDF-")
    assert b"example-1" not in body
    assert b"secret" not in body


def test_the_html_says_what_it_counts(counted):
    out = counted.folder / "report.html"
    counted.run("report", "--since", "2020-01-01", "--panel", "registries", "--out", out)
    text = out.read_text(encoding="utf-8")
    assert "Confirmed domains by top-level domain" in text
    assert re.search(r"<td>\.com</td><td>40</td><td>100\.0 %</td>", text)
    assert "<svg" in text
    assert "Registrable domains with at least one confirmed report" in text
    assert "Time to removal" not in text
    assert "<script" not in text


def test_the_same_contents_give_the_same_pdf(counted):
    files = [counted.folder / name for name in ("a.pdf", "b.pdf")]
    for file in files:
        counted.run("report", "--month", "2020-01", "--out", file)
    one, two = (re.sub(rb"data of [^)]*", b"", file.read_bytes()) for file in files)
    assert len(one) == len(two)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--out", "x.txt"), "written as .pdf or .html"),
        (("--out", "x.pdf", "--month", "2020-13"), "written like 2026-10"),
        (("--out", "x.pdf", "--month", "2020-01", "--since", "2020-01-01"), "either --month"),
        (("--out", "no/such/x.pdf"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_said(counted, options, said):
    done = counted.run("report", *options, check=False)
    assert done.returncode != 0
    assert said in done.stderr
