"""Exchange with partners: a file for one, or a file from one; each is looked at first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.pages.give_panel import GivePanel
from abusetrack.ui.pages.receive_panel import ReceivePanel
from abusetrack.ui.text import joined
from abusetrack.ui.widgets.parts import EmptyPlace, button, heading, label
from abusetrack.ui.widgets.server_line import ServerLine
from abusetrack.ui.words import word


class PartnersPage(QWidget):
    """Chooses the partner; nothing is chosen for the analyst where there are several.

    Signals:
        settings_wanted(): a partner, or its key, is to be set first.
    """

    settings_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._partners = desk.context.settings.partners
        self.partner_box = QComboBox()
        self.partner_box.setAccessibleName(self.tr("Partner"))
        self.partner_box.setPlaceholderText(self.tr("Choose a partner"))
        self.partner_box.setMinimumContentsLength(20)
        self.partner_box.addItems(sorted(self._partners))
        self.partner_box.setCurrentIndex(0 if len(self._partners) == 1 else -1)
        named = label(self.tr("&Partner"))
        named.setBuddy(self.partner_box)
        self._about = label(muted=True, wrap=True)
        self.server = ServerLine(desk)
        self.give, self.receive = GivePanel(desk, self.server), ReceivePanel(desk, self.server)
        self.give.settings_wanted.connect(self.settings_wanted)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.give, self.tr("Share"))
        self.tabs.addTab(self.receive, self.tr("Receive"))
        self.settings_button = button(
            self.tr("Settings…"),
            self.settings_wanted.emit,
            tip=self.tr("Describe your partners"),
            leading=True,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tabs)
        self._stack.addWidget(
            EmptyPlace(
                self.tr("No partner is set"),
                self.tr(
                    "Describe each in the settings, under Partners: a table with its kind, the"
                    " level that it may see, and its OpenPGP fingerprint. F1 shows how."
                ),
                self.settings_button,
            )
        )
        self._stack.addWidget(
            EmptyPlace(
                self.tr("Choose a partner"),
                self.tr("What it would see, and what its files would bring, is shown here."),
            )
        )
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(named)
        row.addWidget(self.partner_box)
        row.addSpacing(theme.MEDIUM)
        row.addWidget(self._about, 1)
        for part in (named, self.partner_box):
            part.setVisible(bool(self._partners))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        layout.addWidget(heading(self.tr("Partners")))
        layout.addLayout(row)
        layout.addWidget(self.server)
        layout.addWidget(self._stack, 1)
        self.partner_box.currentTextChanged.connect(self._on_partner)
        self._on_partner(self.partner_box.currentText())

    def show_page(self) -> None:
        """Gather anew what is shown, and take the keyboard."""
        self.give.refresh()
        (self.partner_box if self._partners else self.settings_button).setFocus()

    def set_revealed(self, revealed: bool) -> None:
        """Show names, or mask them."""
        self.give.set_revealed(revealed)
        self.receive.set_revealed(revealed)

    def set_calm(self, calm: bool) -> None:
        """Change nothing: who gives or takes in has to see what, and how much."""

    def share(self) -> None:
        """Show what the partner would see."""
        self.tabs.setCurrentWidget(self.give)

    def open_file(self) -> None:
        """Ask for a file of the partner, where one is chosen."""
        self.tabs.setCurrentWidget(self.receive)
        if self.partner_box.currentText():
            self.receive.ask_file()

    def _on_partner(self, name: str) -> None:
        known = self._partners.get(name)
        if known is None:
            self._stack.setCurrentIndex(2 if self._partners else 1)
            self._about.setText("")
            return
        self._about.setText(
            joined(
                [
                    word(known.kind),
                    self.tr("level {level}").format(level=word(known.level)),
                    f"TLP:{known.tlp.upper()}",
                    self.tr("key known") if known.openpgp_fingerprint else self.tr("no key"),
                    self.tr("trusted for {what}").format(what=", ".join(known.trusted))
                    if known.trusted
                    else "",
                ]
            )
        )
        self._stack.setCurrentIndex(0)
        self.give.show_partner(name)
        self.receive.show_partner(name)
