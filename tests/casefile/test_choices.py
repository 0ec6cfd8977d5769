from __future__ import annotations

from abusetrack.casefile import choices


def test_each_value_is_offered_once_in_order(case):
    with case.transaction():
        for number, (key, name, country) in enumerate(
            (("iana:2", "Beta", "NL"), ("iana:1", "alpha", "NL"), ("iana:2", "Beta", None))
        ):
            columns = {row[1] for row in case.rows("PRAGMA table_info(domain_now)") if row[3]}
            values = dict.fromkeys(columns - {"id"}, 0) | {
                "domain": f"{number}.test",
                "registrar_key": key,
                "registrar": name,
                "hosting_country": country,
            }
            marks = ", ".join("?" * len(values))
            case.execute(
                f"INSERT INTO domain_now({', '.join(values)}) VALUES ({marks})",
                list(values.values()),
            )
    assert choices.registrars(case) == [("iana:1", "alpha"), ("iana:2", "Beta")]
    assert choices.values(case, "hosting_country") == ["NL"]
    assert choices.values(case, "legal_category") == []
