from __future__ import annotations

import subprocess
import sys

import pytest
import sqlcipher3

from abusetrack.casefile import driver


def test_both_libraries_speak_of_the_same_exceptions():
    import sqlite_utils.db

    assert sqlite_utils.db.sqlite3 is sqlcipher3
    assert sqlite_utils.db.OperationalError is sqlcipher3.OperationalError


def test_what_sqlite_utils_catches_is_caught():
    database = driver.database(sqlcipher3.connect(":memory:"))
    database.table("t").insert({"a": 1})
    database.table("t").insert({"a": 2, "b": 3}, alter=True)  # an error that it heals by itself
    assert database.table("t").count == 2
    with pytest.raises(sqlcipher3.OperationalError):
        database.execute("SELECT * FROM nothing")


def test_the_order_of_imports_holds_in_a_fresh_process():
    code = (
        "import abusetrack.casefile, sqlite_utils.db, sqlcipher3;"
        "assert sqlite_utils.db.sqlite3 is sqlcipher3"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_is_never_used_is_not_imported():
    """numpy comes with scipy, and would cost every command a tenth of a second."""
    code = (
        "import sys; from abusetrack.casefile import driver;"
        "assert 'sqlite_utils' not in sys.modules, 'imported';"
        "driver.migrations('any');"
        "assert 'numpy' not in sys.modules, 'imported';"
        "import numpy, sqlite_utils.db;"  # and is there for whoever wants it
        "assert sqlite_utils.db.np is None"
    )
    pytest.importorskip("numpy")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_numpy_is_hidden_from_nobody_else_meanwhile():
    code = """
import sys, threading
from abusetrack.casefile import driver
sys.meta_path.insert(0, driver._Hidden())
try:
    import numpy
    raise SystemExit("not hidden")
except ModuleNotFoundError:
    pass
found = []
def elsewhere():
    import numpy
    found.append(numpy)
other = threading.Thread(target=elsewhere)
other.start()
other.join()
assert found[0].zeros(1)[0] == 0
"""
    pytest.importorskip("numpy")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
