from __future__ import annotations

import pytest

from abusetrack.errors import InputError
from abusetrack.metrics.managed import names_under_management

# The columns that matter of ICANN's per-registrar transaction reports.
TABLE = """"registrar-name","iana-id","total-domains","total-nameservers"
"One, Inc.","9000001","1200","3"
"Two","9000002","30","1"
"Totals","","1230","4"
"""


def test_names_are_summed_over_registries(tmp_path):
    files = []
    for name, text in (("a.csv", TABLE), ("b.csv", TABLE.replace("1200", "800"))):
        files.append(tmp_path / name)
        files[-1].write_text(text, encoding="utf-8")
    assert names_under_management(files) == {"iana:9000001": 2000, "iana:9000002": 60}


@pytest.mark.parametrize("text", ["a,b\n1,2\n", TABLE.replace("1200", "many")])
def test_another_table_is_refused(tmp_path, text):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="iana-id"):
        names_under_management([tmp_path / "a.csv"])


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match="none"):
        names_under_management([tmp_path / "none.csv"])
