"""The strip of the detail panel in which something is said of the domain."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from abusetrack.errors import InputError
from abusetrack.ui import theme
from abusetrack.ui.desk import Desk
from abusetrack.ui.sayings import Saying, say, sayings
from abusetrack.ui.widgets.form import Form
from abusetrack.ui.widgets.parts import button, label


class SayingStrip(QFrame):
    """Opens with one form at a time, below the name; closed while nothing is said."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._desk = desk
        self._domain: str | None = None
        self._saying: Saying | None = None
        self.form: Form | None = None
        self.menu = QMenu(self)
        for saying in sayings():
            self.menu.addAction(saying.title, partial(self.open_form, saying))
        self._title = label()
        self._title.setFont(theme.strong(self._title.font()))
        self._explain = label(muted=True, wrap=True)
        self._place = QVBoxLayout()
        self.save_button = button(
            self.tr("Save"), self.save, tip=self.tr("Ctrl+Return"), leading=True
        )
        keep = QAction(self)
        keep.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        keep.triggered.connect(self.save)
        self.cancel_button = button(self.tr("Cancel"), self.close_form)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.SMALL)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self._title)
        layout.addWidget(self._explain)
        layout.addLayout(self._place)
        layout.addLayout(row)
        self.addAction(keep)
        self.hide()

    def make_button(self) -> QPushButton:
        """Return the button that opens the menu."""
        made = button(
            self.tr("Record"),
            lambda: None,
            tip=self.tr("Note, content status, amendment, gate, protection"),
        )
        made.setMenu(self.menu)
        return made

    def show_domain(self, domain: str | None) -> None:
        """Say things of another domain; what was begun of the one before is given up."""
        if domain != self._domain:
            self._domain = domain
            self.close_form()

    def open_form(self, saying: Saying) -> None:
        """Show the form of one thing to say."""
        self.close_form()
        self._saying = saying
        self._title.setText(saying.title)
        self._explain.setText(saying.explain)
        self.form = Form(saying.fields)
        self._place.addWidget(self.form)
        self.show()
        if saying.fields:
            self.form.focus_first()
        else:
            self.save_button.setFocus()

    def close_form(self) -> None:
        """Give up what was begun."""
        self._saying = None
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self.hide()

    def save(self) -> None:
        """Record what was filled in."""
        saying, domain = self._saying, self._domain
        if saying is None or domain is None or self.form is None:
            return
        try:
            values = self.form.values()
        except InputError as error:
            self._desk.messages.care(str(error))
            return
        context, form = self._desk.context, self.form
        self.save_button.setEnabled(False)
        self._desk.write(
            lambda case: say(saying, context, case, domain, values),
            lambda number: self._on_said(saying, form, number),
            lambda: self.save_button.setEnabled(True),
        )

    def _on_said(self, saying: Saying, form: Form, number: int | None) -> None:
        self.save_button.setEnabled(True)
        if form is self.form:
            self.close_form()
        self._desk.messages.news(saying.done.format(n=number))
        self._desk.changed.emit(saying.changed)
