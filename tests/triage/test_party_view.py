from __future__ import annotations

from datetime import timedelta

from abusetrack.casefile import contact_ledger, directory, notices, parties, replies
from abusetrack.records import (
    Contact,
    ContactOrigin,
    ContactOutcome,
    NoticeStatus,
    Quality,
    Role,
    Rung,
)
from abusetrack.triage import party_view

KEY = "iana:9999"


def contact(clock, **fields):
    fields = {
        "email": None,
        "form": "https://registrar.example/abuse",
        "origin": ContactOrigin.AUTOMATIC,
        "source": "t",
    } | fields
    return Contact(
        KEY, "Registrar of Tests", Role.REGISTRAR, phone=None, as_of=clock.now(), **fields
    )


def answered(case, reference, clock, days, status=NoticeStatus.ACTIONED):
    notices.mark(case, reference, NoticeStatus.SENT)
    notices.mark(case, reference, status, at=clock.now() + timedelta(days=days))


def test_one_page_says_whom_we_know_and_how_they_answered(context, case, export_notice, clock):
    directory.upsert(case, [contact(clock), contact(clock, source="u")])
    parties.note(case, KEY, {"country": "DE", "one_domain": True, "openpgp_key": "KEY"})
    for days in (1, 2, 9):
        answered(case, export_notice(case), clock, days)
    answered(case, export_notice(case), clock, 3, NoticeStatus.REFUSED)
    silent = export_notice(case)
    notices.mark(case, silent, NoticeStatus.SENT)
    gone = export_notice(case)
    notices.mark(case, gone, NoticeStatus.WITHDRAWN)
    export_notice(case, rung=Rung.WITHDRAWAL)
    replies.rate(case, silent, Quality.USEFUL)
    contact_ledger.record(case, KEY, Role.REGISTRAR, ContactOutcome.FORM_ONLY)
    clock.move(days=6)
    page = party_view.view(context, case, KEY)
    assert (page.party.name, page.party.country) == ("Registrar of Tests", "DE")
    record = page.record
    assert (record.notices, record.sent, record.answered) == (6, 5, 4)
    assert (record.actioned, record.refused, record.withdrawn) == (3, 1, 1)
    assert (record.waiting, record.overdue, record.median_days) == (1, 1, 2.5)
    assert len(page.notices) == 7
    assert (len(page.reaches), len(page.others), len(page.ledger)) == (1, 1, 1)
    made = party_view.as_json(page)
    assert made["contacts"][0]["form_only"] is True
    assert made["record"]["median_days"] == 2.5
    assert made["openpgp_key"] is True
    assert "KEY" not in str(made["notes"])
    assert made["quality"] == {"registrar/first shipped 1": {"useful": 1}}
    first, second = party_view.sentences(record)
    assert first == "6 notices: 5 marked as sent, 4 answered, 3 actioned, 1 refused, 1 withdrawn"
    assert second == "median days to the first answer: 2.5; 1 still without one, 1 overdue"


def test_of_an_unknown_party_the_page_is_empty(context, case):
    page = party_view.view(context, case, "asn:64500")
    assert (page.party.name, page.party.role) == ("asn:64500", Role.HOST)
    assert (page.reaches, page.notices, page.domains) == ((), (), 0)
    assert party_view.sentences(page.record) == ("no notice was exported to them",)


def test_domains_with_a_party_are_counted(context, case, take):
    take("https://a.com/x\nhttps://b.com/y\nhttps://c.github.io/z")
    assert parties.domains_with(case, "tld:com") == 2
    assert parties.domains_with(case, "tld:io") == 0
    assert parties.domains_with(case, "platform:github.io") == 1
    assert parties.domains_with(case, "asn:64500") == 0
    assert parties.domains_with(case, "iana:9999") == 0
    case.execute("UPDATE domain_now SET registrar_key = 'iana:9999', asn = 64500")
    assert parties.domains_with(case, "iana:9999") == 3
    assert parties.domains_with(case, "asn:64500") == 3
