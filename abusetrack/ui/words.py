"""The words of states, roles, kinds and steps, in the language of the window.

Sentences that other rooms say (reasons, errors, what a source answered) stand in the language
of the case file, as in every export: they are quoted, not said by the window.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QCoreApplication


def word(value: StrEnum) -> str:
    """Return the word for a value of one of the enums of records."""
    return QCoreApplication.translate("words", value.value)
