from __future__ import annotations

from datetime import UTC, datetime

import pytest

from abusetrack.judgement.registrars import Registrars
from abusetrack.judgement.registration import merge
from abusetrack.records import (
    ListedRegistrar,
    Outcome,
    Question,
    RegistrarList,
    RegistrationFacts,
)

CREATED = datetime(2026, 1, 2, tzinfo=UTC)


def test_each_field_is_taken_from_the_source_that_knows_it_best(observe):
    merged = merge(
        [
            observe(
                Question.REGISTRAR_RDAP,
                facts=RegistrationFacts(
                    registrar_name="Reseller Front",
                    registrar_iana_id=9000002,
                    abuse_email="desk@registrar.example",
                    abuse_phone="+31 20 555 0101",
                    created=datetime(2026, 1, 3, tzinfo=UTC),
                    updated=datetime(2026, 2, 3, tzinfo=UTC),
                    expires=datetime(2027, 1, 3, tzinfo=UTC),
                    reseller="Shop",
                    statuses=("clientHold",),
                    name_servers=("ns1.registrar.example",),
                ),
                source="registrar",
            ),
            observe(
                Question.REGISTRY_RDAP,
                facts=RegistrationFacts(
                    registrar_name="Example Registrar",
                    registrar_iana_id=9000001,
                    abuse_email="old@registrar.example",
                    abuse_phone="+31 20 555 0100",
                    created=CREATED,
                    updated=CREATED.replace(month=2),
                    expires=CREATED.replace(year=2027),
                    reseller="Old Shop",
                    statuses=("active",),
                    name_servers=("ns1.shop.example",),
                ),
                source="registry",
            ),
        ],
        tld="example",
    )
    assert merged.registrar is not None
    assert merged.registrar.name == "Example Registrar"
    assert merged.registrar.key == "iana:9000001"
    assert merged.registrar.abuse_email == "desk@registrar.example"
    assert merged.registrar.abuse_phone == "+31 20 555 0101"
    assert merged.registrar.source == "registry"
    assert merged.created == CREATED
    assert merged.updated == CREATED.replace(month=2)
    assert merged.expires == CREATED.replace(year=2027)
    assert merged.name_servers == ("ns1.shop.example",)
    assert merged.statuses == ("active",)
    assert merged.reseller == "Shop"
    assert merged.found is True


def test_a_failure_does_not_hide_what_was_answered_before(observe):
    answered = observe(Question.REGISTRY_RDAP, facts=RegistrationFacts(registrar_name="One"))
    failed = observe(Question.REGISTRY_RDAP, Outcome.RATE_LIMITED, hours=5)
    merged = merge([answered, failed], tld="example")
    assert merged.registrar is not None
    assert merged.asked_at == answered.asked_at


def test_a_later_not_found_replaces_an_earlier_registration(observe):
    merged = merge(
        [
            observe(Question.REGISTRY_RDAP, facts=RegistrationFacts(registrar_name="One")),
            observe(Question.REGISTRY_RDAP, Outcome.NOT_FOUND, hours=5),
        ],
        tld="example",
    )
    assert merged.found is False
    assert merged.registrar is None
    assert "not found" in merged.registrar_reason


def test_no_registrar_says_why_for_each_service(observe):
    merged = merge(
        [
            observe(Question.REGISTRY_RDAP, Outcome.RATE_LIMITED),
            observe(Question.WHOIS, Outcome.NO_SERVICE, detail="no server known"),
        ],
        tld="example",
    )
    assert merged.registrar is None
    assert merged.registrar_reason == (
        "registry RDAP: rate limited; WHOIS: no service (no server known)"
    )
    assert merged.found is None


def test_without_an_iana_id_the_registry_and_folded_name_are_the_key(observe):
    merged = merge(
        [observe(Question.WHOIS, facts=RegistrationFacts(registrar_name="ACME, Names  Ltd."))],
        tld="zz",
    )
    assert merged.registrar is not None
    assert merged.registrar.key == "zz:acme-names-ltd"
    assert merged.registrar.iana_id is None


def test_an_id_without_a_name_still_names_the_registrar(observe):
    merged = merge(
        [observe(Question.REGISTRY_RDAP, facts=RegistrationFacts(registrar_iana_id=9000002))],
        tld="test",
    )
    assert merged.registrar is not None
    assert merged.registrar.key == "iana:9000002"
    assert "9000002" in merged.registrar.name


def test_nothing_asked_is_said():
    assert merge([], tld="test").registrar_reason == "registration not looked up"


@pytest.mark.parametrize(
    ("claimed", "key"), [("Another Registrar", "zz:example-registrar"), ("EXAMPLE registrar", None)]
)
def test_an_id_counts_only_with_the_name_that_it_came_with(observe, claimed, key):
    """Else a registrar's own answer could have its notices addressed to any other."""
    merged = merge(
        [
            observe(
                Question.REGISTRY_RDAP, facts=RegistrationFacts(registrar_name="Example Registrar")
            ),
            observe(
                Question.REGISTRAR_RDAP,
                facts=RegistrationFacts(registrar_name=claimed, registrar_iana_id=9000002),
            ),
        ],
        tld="zz",
    )
    assert merged.registrar.key == (key or "iana:9000002")


def test_the_registrys_id_stands_with_the_name_that_the_registrar_gives_itself(observe):
    merged = merge(
        [
            observe(Question.REGISTRY_RDAP, facts=RegistrationFacts(registrar_iana_id=9000001)),
            observe(
                Question.REGISTRAR_RDAP, facts=RegistrationFacts(registrar_name="Example Registrar")
            ),
        ],
        tld="test",
    )
    assert merged.registrar is not None
    assert (merged.registrar.key, merged.registrar.name) == ("iana:9000001", "Example Registrar")


LISTED = RegistrarList((ListedRegistrar(9000001, "Example Registrar", "Accredited"),), "list", None)


def test_a_name_leads_to_an_id_unless_it_is_the_registrars_own_word(observe):
    facts = RegistrationFacts(registrar_name="EXAMPLE Registrar")
    registrars = Registrars(LISTED, families={9000001: "Example Group"})
    for question, iana_id in (
        (Question.REGISTRY_RDAP, 9000001),
        (Question.WHOIS, 9000001),
        (Question.REGISTRAR_RDAP, None),
    ):
        merged = merge([observe(question, facts=facts)], tld="zz", registrars=registrars)
        assert merged.registrar.iana_id == iana_id
        assert merged.registrar.name == "EXAMPLE Registrar"  # as the answer has it
    merged = merge([observe(Question.REGISTRY_RDAP, facts=facts)], tld="zz", registrars=registrars)
    assert merged.registrar.key == "iana:9000001"
    assert merged.registrar.family == "Example Group"
    assert "by name" in merged.registrar.identified_by


def test_what_does_not_fit_ianas_list_is_an_oddity(observe):
    facts = RegistrationFacts(registrar_name="Another", registrar_iana_id=9000001)
    merged = merge(
        [observe(Question.REGISTRY_RDAP, facts=facts)], tld="test", registrars=Registrars(LISTED)
    )
    assert (merged.registrar.name, merged.registrar.iana_id) == ("Another", 9000001)
    assert "Example Registrar" in merged.registrar.oddities[0]
