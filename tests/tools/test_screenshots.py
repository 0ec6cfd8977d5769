from __future__ import annotations

import re
import sys
from pathlib import Path

from PySide6.QtGui import QColor, QImage, QPainter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from screenshots import differ  # noqa: E402


def picture(words="", colour="#ffffff"):
    made = QImage(400, 300, QImage.Format.Format_RGB32)
    made.fill(QColor(colour))
    painter = QPainter(made)
    painter.drawText(20, 40, words)
    painter.end()
    return made


def test_only_what_a_person_would_see_makes_another_picture(qapp):
    assert not differ(picture("42 domains"), picture("42 domains"))
    assert not differ(picture("42", "#ffffff"), picture("42", "#fefefe"))
    assert differ(picture("42 domains"), picture("43 reports of them"))
    button = picture()
    painter = QPainter(button)
    painter.fillRect(100, 100, 80, 28, QColor("#f3f3f3"))  # pale, but there
    painter.end()
    assert differ(picture(), button)
    assert differ(picture(), picture().scaled(401, 300))


def test_every_picture_is_shown_and_every_shown_one_is_there():
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    shown = {
        (page.parent / name).resolve()
        for page in pages
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+\.png)\)", page.read_text("utf-8"))
    }
    assert shown == set((ROOT / "docs" / "img").glob("*.png"))
