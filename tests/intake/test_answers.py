from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from abusetrack.errors import InputError
from abusetrack.intake.answers import read_answer

PICTURE = bytes(range(256)) * 40


def answer(**fields):
    mail = EmailMessage()
    mail["From"] = "Désk <desk@registrar.example>"
    mail["Subject"] = "Re: AT-2026-000001"
    mail["Date"] = "Sun, 01 Mar 2026 12:00:00 +0100"
    mail.set_content(fields.get("text", "We suspended it.\n"))
    return mail


def test_the_text_of_a_mail(clock):
    read = read_answer(answer().as_bytes(), filename="a.EML")
    assert (read.sender, read.subject) == ("Désk <desk@registrar.example>", "Re: AT-2026-000001")
    assert read.sent_at == datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
    assert read.body.strip() == "We suspended it."
    assert dict(read.discarded) == {}


def test_media_never_come_in():
    mail = answer(text="See it:\n" + base64.encodebytes(PICTURE).decode())
    mail.add_alternative("<img src=data:image/png;base64,AAAA>", subtype="html")
    mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="evidence.png")
    mail.add_attachment(PICTURE, maintype="application", subtype="zip", filename="a.zip")
    read = read_answer(mail.as_bytes(), filename="a.eml")
    assert read.body.startswith("See it:")
    assert base64.b64encode(PICTURE)[:40].decode() not in read.body
    assert read.discarded == {"images": 1, "attachments": 1, "other": 1, "base64_runs": 1}
    whole = repr(read)
    assert "evidence.png" not in whole
    assert "img" not in whole


def test_a_picture_hidden_in_a_header_is_not_kept():
    mail = answer()
    mail.replace_header("Subject", "x " + base64.b64encode(PICTURE).decode())
    read = read_answer(mail.as_bytes(), filename="a.eml")
    assert len(read.subject) < 200
    assert base64.b64encode(PICTURE)[:60].decode() not in read.subject


def test_a_text_file_is_an_answer_too():
    read = read_answer("They said: done.\n".encode("utf-16"), filename="a.txt")
    assert (read.body, read.sender, read.sent_at) == ("They said: done.\n", "", None)


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Foo 2026 99:00:00", "1"])
def test_a_date_that_is_none_is_not_guessed(date):
    mail = answer()
    mail.replace_header("Date", date)
    assert read_answer(mail.as_bytes(), filename="a.eml").sent_at is None


def test_a_very_long_answer_is_cut_and_that_is_said():
    read = read_answer(("word " * 60_000).encode(), filename="a.txt")
    assert len(read.body) == 200_000
    assert read.discarded["cut off"] == 1


def test_what_is_no_text_is_refused():
    with pytest.raises(InputError):
        read_answer(b"\x89PNG\r\n\x1a\n" + PICTURE, filename="a.txt")
