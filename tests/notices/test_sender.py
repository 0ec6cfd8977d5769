from __future__ import annotations

import pytest

from abusetrack.notices import ready
from abusetrack.notices.sender import sender_view
from abusetrack.settings import Organisation

NEEDED = ("name", "email", "jurisdiction", "verification_url", "dispute_email")


def test_an_empty_organisation_lacks_everything_needed():
    missing = ready(Organisation())
    assert [sentence.split(":")[0] for sentence in missing] == [
        f"Set organisation.{key}" for key in NEEDED
    ]


@pytest.mark.parametrize("key", NEEDED)
def test_each_setting_is_needed(organisation, key):
    assert ready(organisation) == ()
    (sentence,) = ready(organisation.but({key: ""}))
    assert f"organisation.{key}" in sentence


def test_an_address_that_no_mail_can_carry_is_named(organisation):
    odd = organisation.but({"email": "a,b@hotline.example"})
    assert "Correct organisation.email" in ready(odd)[0]


def test_lines_become_one(organisation):
    view = sender_view(organisation)
    assert view.postal_address == "1 Harbour Road, 1000 Port Exempla"
    assert view.mail_domain == "hotline.example"
