from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from abusetrack.records import SiteKind

NAMES = ("same.test", "same.example", "same.invalid", "pair.test", "pair.example", "one.test")


def test_strings_stand_with_their_domains_and_lead_to_them(bench, qtbot, finding):
    bench.take("\n".join(f"https://{name}/x" for name in NAMES))
    window = bench.window()
    page = window.pages.hops
    with qtbot.waitSignal(page.listed):
        window.pages.show_page(page)
    assert page._stack.currentIndex() == 1
    assert any("press Assess" in said.text() for said in page.findChildren(QLabel))
    with qtbot.waitSignal(page.listed, timeout=20000):
        window.pages.domains.assess(NAMES, replace(finding, kind=SiteKind.DEDICATED))
    assert page.tree.titles() == ["Hopping (1)", "To watch (1)"]
    texts = [cells[0] for cells in page.tree.texts()]
    assert texts[0] == "s••• · 3 endings"
    assert texts[1:4] == ["s•••.example", "s•••.invalid", "s•••.test"]
    page.set_revealed(True)
    texts = [cells[0] for cells in page.tree.texts()]
    assert "pair · 2 endings" in texts
    assert not any("one" in text for text in texts)
    item = next(i for i in page.tree._items() if i.text(0) == "same.invalid")
    page.tree.setCurrentItem(item)
    qtbot.keyClick(page.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.pages.domains.detail.domain == "same.invalid")
