"""Stop with one sentence when the interpreter is too old; runs on any Python 3."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "abusetrack needs Python 3.11 or newer; this is %d.%d. "
        "Try: make PYTHON=python3.12 demo" % sys.version_info[:2]
    )
