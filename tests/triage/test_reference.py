"""Reference data as judgements get it: from files, from the shipped tables, re-read when new."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from abusetrack.judgement.registrars import Registrars, fold_party
from abusetrack.lookup.reference_parse import parse_registrars
from abusetrack.records import Domain, RegistrarList, SuffixKind
from abusetrack.settings import RdapSettings, Settings
from abusetrack.triage import describe, dossier, resolving
from abusetrack.triage.reference import Reference, _members, _table

HEAD = "ID,Registrar Name,Status,RDAP Base URL\n"
RECORDED = Path(__file__).parents[3] / "shared" / "data" / "iana" / "registrar-ids.csv"


@pytest.fixture
def reference(tmp_path):
    (tmp_path / "registrar-ids.csv").write_text(f"{HEAD}9000001,Alpha Names,Accredited,\n")
    return Reference(Settings(rdap=RdapSettings(bootstrap=str(tmp_path))))


def test_a_new_list_is_read_without_a_restart(reference, tmp_path):
    assert reference.registrars.identify(None, "alpha names").iana_id == 9000001
    assert reference.registrars is reference.registrars
    path = tmp_path / "registrar-ids.csv"
    path.write_text(f"{HEAD}9000002,Alpha Names,Accredited,\n")
    os.utime(path, ns=(1, 1))
    assert reference.registrars.identify(None, "alpha names").iana_id == 9000002
    path.unlink()
    assert reference.registrars.identify(None, "alpha names").iana_id is None
    assert reference.folder == tmp_path


def test_every_ending_of_the_practice_world_has_its_operator(practice_context, world):
    reference = practice_context.reference
    for registry in world.tables.registries:
        for ending in registry.endings:
            domain = Domain(f"shop.{ending}", f"shop.{ending}", ending, SuffixKind.ICANN)
            assert reference.registry(domain).operator == registry.operator


def test_a_longer_ending_counts_first_and_a_private_one_alone(practice_context):
    def operator(suffix, kind):
        record = practice_context.reference.registry(Domain(f"a.{suffix}", "", suffix, kind))
        return record and record.operator

    assert operator("co.test", SuffixKind.ICANN) == "Copperline Registry"
    assert operator("new.test", SuffixKind.ICANN) == "Meridian Registry"
    assert operator("new.test", SuffixKind.PRIVATE_REGISTRY) is None
    assert operator("zone.test", SuffixKind.PRIVATE_REGISTRY) == "Quaymark Registry"


def test_the_dossier_names_the_registry_with_its_source(practice_context, world):
    truth = next(t for t in world.truths() if t.domain.endswith(".co.test"))
    host = dossier.host_of(practice_context, truth.domain)
    answer = asyncio.run(resolving.lookup_once(practice_context, host))
    found = dossier.fresh(practice_context, answer)
    registry = dossier.as_json(found)["registry"]
    assert (registry["tld"], registry["operator"], registry["kind"]) == (
        "test", "Copperline Registry", "gTLD",
    )  # fmt: skip
    assert registry["source"].endswith("co.test.json")
    assert registry["as_of"].endswith("Z")
    assert "Copperline Registry" in dict(describe.lines(found))["registry"]


def test_the_shipped_families_name_each_registrar_once():
    members = list(_members(_table("registrar_families.toml")))
    assert len(members) > 2000
    assert len({iana_id for iana_id, _family in members}) == len(members)
    assert all(iana_id > 0 and family for iana_id, family in members)
    assert all(family["basis"] for family in _table("registrar_families.toml")["family"])


def test_the_shipped_aliases_fold_apart():
    aliases = _table("registrar_aliases.toml")["aliases"]
    assert len({fold_party(spelling) for spelling in aliases}) == len(aliases)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded list is not beside the checkout")
def test_the_shipped_tables_fit_ianas_list():
    listed = parse_registrars(RECORDED.read_bytes())
    known = {entry.iana_id: entry for entry in listed}
    names = {fold_party(entry.name) for entry in listed}
    aliases = _table("registrar_aliases.toml")["aliases"]
    registrars = Registrars(RegistrarList(listed, "recorded"), aliases)
    for spelling, iana_id in aliases.items():
        assert known[iana_id].status == "Accredited"
        assert fold_party(spelling) not in names  # else the list itself says it
        assert registrars.identify(None, spelling).iana_id == iana_id
    assert {iana_id for iana_id, _f in _members(_table("registrar_families.toml"))} <= set(known)
