"""Whom to address: a party is found, its contact checked and confirmed, and corrected."""

from __future__ import annotations

from abusetrack.casefile import check, directory
from abusetrack.records import ContactOrigin, Role

CONFIRMED = "SELECT actor, action FROM audit WHERE actor != 'Ann' ORDER BY seq"


def test_a_party_is_found_its_contact_confirmed_and_corrected(
    sit_down, settings_of, looked_up, read, internet
):
    case = looked_up(2, confirmed=False)
    registrar = next(one for one in internet[0].truths() if one.abuse_email and one.iana_id)
    analyst = sit_down("--case", case, "--config", settings_of())

    def contact():
        return read(
            case, lambda c: directory.contact_for(c, f"iana:{registrar.iana_id}", Role.REGISTRAR)
        )

    analyst.press("ctrl+7")
    analyst.click("Only contacts that nobody has confirmed")
    analyst.fill("Filter by name or address", registrar.abuse_email)
    analyst.click_at(analyst.row("Parties", registrar.registrar))
    analyst.click("Confirm contact…")
    analyst.find("Yes, confirm")
    assert contact().confirmed_at is None  # not before it is said
    analyst.click("Yes, confirm")
    analyst.wait(lambda: contact().confirmed_by == "Practice Analyst One", "the confirmed contact")
    analyst.row("Parties", registrar.registrar)  # who was confirmed is still to be seen
    analyst.wait(lambda: "confirmed" in analyst.rows("Parties")[0]["texts"], "the row to say so")
    analyst.press("ctrl+z")
    analyst.find("This cannot be undone: the confirmed contact.")
    assert contact().confirmed_at
    analyst.click("Only contacts that nobody has confirmed")
    analyst.click("Only contacts that nobody has confirmed")
    analyst.find("Nothing fits the filter")
    analyst.click("Only contacts that nobody has confirmed")
    analyst.click_at(analyst.row("Parties", registrar.registrar))
    analyst.click("Edit…")
    analyst.fill("E-mail", "desk@registrar.invalid")
    analyst.click("Save")
    analyst.wait(lambda: contact().email == "desk@registrar.invalid", "the address")
    analyst.close()

    now = contact()
    assert (now.origin, now.confirmed_at) == (ContactOrigin.MANUAL, None)
    assert read(case, lambda c: check.check(c).problems) == ()
