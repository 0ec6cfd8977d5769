from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from abusetrack.errors import InputError
from abusetrack.notices import export
from abusetrack.notices.formats.pack import Answer, Mark, Packed, disagreements, holds_page
from abusetrack.records import Role, Rung


@pytest.fixture
def packed(draft, organisation, step) -> Packed:
    """A first notice to the registrar, sent, and answered without effect."""
    first = draft(reference=step.reference)
    return Packed(
        step=step,
        subject=first.subject,
        body=first.body,
        rows=first.rows,
        files=export(first, organisation, ["eml", "txt"]),
        marks=(Mark("sent", step.sent_at, "mail", "T-88"),),
        answers=(
            Answer(step.sent_at + timedelta(days=1), "desk@registrar.example", "Re", "We look."),
        ),
    )


def _members(files) -> dict[str, bytes]:
    (body,) = [file.body for file in files if file.name.endswith("-pack.zip")]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_pack_says_and_proves_what_was_told(drafted, organisation, packed):
    made = drafted(Role.REGISTRY, Rung.ESCALATION)
    members = _members(export(made, organisation, ["pack"], earlier=[packed]))
    history = json.loads(members["history.json"])
    (item,) = history["earlier"]
    assert (item["reference"], item["party"], item["rows"]) == (
        "HE-2026-000009", "Sample Names Ltd", [1],
    )  # fmt: skip
    assert item["marks"][0]["channel"] == "mail"
    assert item["answers"][0]["text"] == "We look."
    assert {file["sha256"] for file in item["files"]} == {
        hashlib.sha256(file.body).hexdigest() for file in packed.files
    }
    assert "sent 2026-02-18T12:00:00Z (mail, T-88)" in members["history.txt"].decode()
    for line in members["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(members[name]).hexdigest() == digest


def test_the_same_material_gives_the_same_bytes(drafted, organisation, packed):
    made = drafted(Role.ICANN, Rung.ESCALATION)
    first, second = (export(made, organisation, ["pack"], earlier=[packed]) for _ in range(2))
    assert first == second


def test_who_may_not_have_page_addresses_gets_none_from_earlier_notices(
    drafted, organisation, packed
):
    host = drafted(Role.HOST)
    leaky = Packed(
        step=dataclasses.replace(packed.step, reference="HE-2026-000008", role=Role.HOST),
        subject=host.subject,
        body=host.body,
        rows=host.rows,
        files=export(host, organisation, ["eml", "txt", "csv", "pdf", "sheet"]),
        marks=(),
        answers=(Answer(packed.step.sent_at, "a@net.example", "Re", "bad-one[.]example/a/b?c=7"),),
    )
    known = dataclasses.replace(drafted(Role.REGISTRY).rows[0])
    made = drafted(Role.REGISTRY, Rung.ESCALATION, rows=[known])
    members = _members(export(made, organisation, ["pack"], earlier=[leaky, packed]))
    assert members
    for body in members.values():
        assert b"/a/b" not in body
    to_host = drafted(Role.HOST, Rung.ESCALATION)
    members = _members(export(to_host, organisation, ["pack"], earlier=[leaky]))
    assert any(b"/a/b" in body for body in members.values())


@pytest.mark.parametrize("role", [Role.REGISTRY, Role.HOST])
def test_what_an_earlier_notice_said_of_other_names_stays_here(
    drafted, draft, organisation, packed, row, role
):
    both = draft(reference=packed.step.reference, rows=[*packed.rows, row(domain="zebra.example")])
    wide = dataclasses.replace(
        packed,
        subject=both.subject,
        body=both.body,
        rows=both.rows,
        files=export(both, organisation, ["eml", "txt", "csv"]),
        answers=(Answer(packed.step.sent_at, "a@r.example", "Re", "zebra[.]example is another's"),),
    )
    members = _members(
        export(drafted(role, Rung.ESCALATION), organisation, ["pack"], earlier=[wide])
    )
    excerpt = members["earlier/HE-2026-000009/excerpt.txt"].decode()
    assert "bad-one[.]example" in excerpt
    assert packed.rows[0].evidence_sha256 in excerpt
    for body in members.values():
        assert b"zebra" not in body
    (item,) = json.loads(members["history.json"])["earlier"]
    assert len(item["files"]) == len(wide.files)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"domain": "other.example"}, "No earlier notice is about row 1."),
        ({"law": "Another Act"}, "Legal category or law differ"),
        ({"iana_id": 64501}, "The registrar differs"),
    ],
)
def test_a_pack_that_does_not_agree_is_refused(drafted, organisation, packed, row, changes, says):
    made = drafted(Role.ICANN, Rung.ESCALATION, rows=[row(**changes)])
    assert any(says in text for text in disagreements(made, [packed]))
    with pytest.raises(InputError, match="leave the format pack out"):
        export(made, organisation, ["pack"], earlier=[packed])


def test_a_notice_that_was_not_marked_sent_is_said(drafted, packed):
    silent = dataclasses.replace(packed, step=dataclasses.replace(packed.step, sent_at=None))
    made = drafted(Role.REGISTRY, Rung.ESCALATION)
    assert disagreements(made, [silent]) == ("When HE-2026-000009 was sent is not marked.",)
    assert disagreements(made, []) == (
        "There is no earlier notice to pack.",
        "No earlier notice is about row 1.",
    )


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("see bad-one.example/x", True),
        ("see hxxps://www[.]bad-one[.]example/x", True),
        ("BAD-ONE.EXAMPLE:8080/x", True),
        ("bad-one.example.", False),
        ("another.example/x", True),
        ("http://192.0.2.1:8080/x", True),
        ("bad-one.example/ was suspended", False),
        ("and/or by 1.2.2026, e.g. today", False),
    ],
)
def test_page_addresses_in_answers_are_found(text, holds):
    assert holds_page(text) is holds
