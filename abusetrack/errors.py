"""The one exception tree.

::

    AbusetrackError
    ├── InputError             the user can mend it: a file, an option, a setting, a passphrase
    │   └── SettingsError      a setting is missing or wrong; names the key
    ├── ExternalError          the world is broken: network, resolver, service, disk
    └── CaseFileError          the case file cannot be used or is not sound
        ├── WrongPassphraseError
        ├── NewerCaseFileError
        └── StorageFullError   the disk is full or read-only; nothing was half-written

Every message is one sentence that says what happened and what to do. It never
holds a reported name, URL or address: messages are logged, names are not.
Anything that is not an ``AbusetrackError`` is a bug and reaches the crash path.

What a registry or resolver answered is never an exception here: it is an
:class:`abusetrack.records.Outcome` on an observation.
"""

from __future__ import annotations


class AbusetrackError(Exception):
    """Root of everything that is not a bug."""


class InputError(AbusetrackError):
    """Something the user gave cannot be used; the message says how to mend it."""


class SettingsError(InputError):
    """A setting is missing or wrong; the message names the key and the file."""


class ExternalError(AbusetrackError):
    """Something outside the app does not work; nothing was lost."""


class CaseFileError(AbusetrackError):
    """The case file cannot be opened, read or written."""


class WrongPassphraseError(CaseFileError):
    """The case file is encrypted and the passphrase does not open it."""


class NewerCaseFileError(CaseFileError):
    """The case file was written by a newer abusetrack."""


class StorageFullError(CaseFileError):
    """The disk is full or cannot be written; the last change was not made."""
