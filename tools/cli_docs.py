"""Write docs/cli.md from the commands themselves; with --check say whether it is current."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from abusetrack.cli import main

TARGET = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

_HEAD = """# Command line

Written by `python tools/cli_docs.py` from the commands themselves.

Exit codes: 0 done; 1 some names failed (they are listed) or the world is broken; 2 bad usage or
input; 3 the case file cannot be used. `ABUSETRACK_CASE`, `ABUSETRACK_CONFIG` and
`ABUSETRACK_PASSPHRASE` (removed from the environment once read) are honoured. Results go to
stdout, progress and complaints to stderr; `--json` prints one JSON value. Times are UTC.

Tables of contacts have the columns `iana_id`, `name`, `link`, `email`, `form`, `api`, `notes`,
`found`, `as_of` for registrars (and `tld` for those without an IANA ID), or `tld` instead of
`iana_id` for registries.

Tables of findings (`assess --from`) and lists have the columns `url` or `domain`, and as far as
known `received`, `source`, `reference`, `note`, `outcome`, `kind`, `legal category`, `law`,
`severity`, `assessed at`, `assessed by`, `commercial`, `disguised`, `access note`, `xarf class`,
`detection method`.
"""


def document() -> str:
    """Return the whole page."""
    parts = [_HEAD, *_sections(main, "abusetrack")]
    return "\n".join(parts)


def _sections(command: click.Command, path: str) -> Iterator[str]:
    context = click.Context(command, info_name=path, terminal_width=96, max_content_width=96)
    yield f"## {path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, f"{path} {name}")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text("utf-8") == document() else "run python tools/cli_docs.py")
    TARGET.write_text(document(), "utf-8")
