"""What the command line shows on a screen, by rich: text, tables and bars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from abusetrack.names.plain import seen

_WIDE = 400  # columns, where nobody's screen ends a line


class _Console(Console):
    """Shows what strangers wrote: a control or bidi character in it does nothing."""

    def render_str(self, text: str, **options: object) -> Text:
        """Render one line of text as it is."""
        return super().render_str(seen(text), **options)  # type: ignore[arg-type]


def open_console(*, stderr: bool) -> Console:
    """Text stays text: no markup, no colours by guess; a file or pipe gets whole lines."""
    console = _Console(stderr=stderr, soft_wrap=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def empty_table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """Return an empty table in the house's look."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


@contextmanager
def moving_bar(console: Console, what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar while the block runs; what is yielded moves it."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
