"""The Public Suffix List in use, and who stands behind each suffix.

The list ships with the package ``publicsuffixlist``; nothing is fetched. The kinds
of private suffixes stand in ``resources/data/private_suffixes.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path

from publicsuffixlist import PSLFILE, PublicSuffixList

from abusetrack.errors import SettingsError
from abusetrack.records import SuffixKind

_ICANN, _PRIVATE = "ICANN", "PRIVATE"
_BEGIN, _END = "// ===BEGIN {} DOMAINS===", "// ===END {} DOMAINS==="
_KIND = "// kind:"
_ANY_LABEL = "0--any--0"  # of no rule


class SuffixList:
    """Finds the public suffix of a name, and its kind.

    Args:
        extra: a file in the format of the list, added to it. Rules outside both
            sections count as ICANN's. Inside the private section a comment line
            ``// kind: dynamic dns`` sets the kind of the rules after it.

    Raises:
        SettingsError: the extra file cannot be read or names an unknown kind.
    """

    def __init__(self, extra: Path | None = None) -> None:
        self._extra_kinds: dict[str, SuffixKind] = {}
        self._kind_of = lru_cache(maxsize=16384)(self._judge)
        self._below = lru_cache(maxsize=16384)(self._find_below)
        self._extra = self._read_extra(extra) if extra is not None else ""

    @property
    def _source(self) -> str:
        return f"{Path(PSLFILE).read_text(encoding='utf-8')}\n{self._extra}"

    @cached_property
    def _kinds(self) -> dict[str, SuffixKind]:
        return _shipped_kinds() | self._extra_kinds

    # Read when a name is first asked for: names from a case file know their suffix.
    @cached_property
    def _all(self) -> PublicSuffixList:
        return PublicSuffixList(self._source, accept_unknown=False)

    @cached_property
    def _icann(self) -> PublicSuffixList:
        return PublicSuffixList(self._source, accept_unknown=False, only_icann=True)

    def find(self, name: str) -> tuple[str, SuffixKind]:
        """Return the public suffix of a name of A-labels, and who stands behind it.

        Under an unknown top-level domain the list's default rule holds: the suffix
        is the last label.
        """
        suffix = self._suffix_of(name)
        if suffix is None:
            return name.rpartition(".")[2], SuffixKind.UNKNOWN
        return suffix, self._kind_of(suffix)

    def _suffix_of(self, name: str) -> str | None:
        """Return what the list says of a name, asking it once for all names that are alike.

        Names are alike that have the same ending known to a rule, and more labels before it.
        """
        known, end = self._endings, ""
        rest = name
        while rest:
            rest, _, label = rest.rpartition(".")
            longer = f"{label}.{end}" if end else label
            if longer not in known:
                break
            end = longer
        else:
            return self._all.publicsuffix(name)  # the rules know the whole of it
        found = self._below(end)
        return longer if found == _ANY_LABEL else found

    def _find_below(self, end: str) -> str | None:
        """Return the suffix of names below an ending; ``_ANY_LABEL`` for label and ending."""
        name = f"{_ANY_LABEL}.{end}" if end else _ANY_LABEL
        found: str | None = self._all.publicsuffix(f"{_ANY_LABEL}.{name}")
        return _ANY_LABEL if found == name else found

    @cached_property
    def _endings(self) -> frozenset[str]:
        """What rules are about, and every ending of it."""
        endings: set[str] = set()
        for line in self._source.splitlines():
            rule = line.split(" ")[0].strip().lower()
            if not rule or rule.startswith("//"):
                continue
            end = _ascii(rule)
            while end and end not in endings:
                endings.add(end)
                end = end.partition(".")[2]
        return frozenset(endings)

    def _judge(self, suffix: str) -> SuffixKind:
        if self._icann.publicsuffix(suffix) == suffix:
            return SuffixKind.ICANN
        parent = suffix
        while parent:
            if kind := self._kinds.get(parent):
                return kind
            parent = parent.partition(".")[2]
        return SuffixKind.PLATFORM

    def _read_extra(self, path: Path) -> str:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SettingsError(
                f"The suffix list of names.extra_suffixes, {path}, cannot be read: {reason}."
            ) from error
        rules: dict[str, list[str]] = {_ICANN: [], _PRIVATE: []}
        section, kind = _ICANN, SuffixKind.PLATFORM
        for line in (line.strip() for line in lines):
            if line in {_BEGIN.format(_PRIVATE), _END.format(_PRIVATE)}:
                section = _PRIVATE if line == _BEGIN.format(_PRIVATE) else _ICANN
                kind = SuffixKind.PLATFORM
            elif line.startswith(_KIND) and section == _PRIVATE:
                kind = _kind(line.removeprefix(_KIND).strip(), path)
            elif line and not line.startswith("//"):
                rule = line.split()[0].lower()
                rules[section].append(rule)
                if section == _PRIVATE:
                    self._extra_kinds[_ascii(rule)] = kind
        return "\n".join(
            line
            for name, section_rules in rules.items()
            for line in (_BEGIN.format(name), *section_rules, _END.format(name))
        )


def _shipped_kinds() -> dict[str, SuffixKind]:
    text = (resources.files("abusetrack.resources") / "data/private_suffixes.toml").read_text(
        encoding="utf-8"
    )
    return {
        suffix: SuffixKind(kind)
        for kind, table in tomllib.loads(text).items()
        for suffix in table["suffixes"]
    }


def _kind(word: str, path: Path) -> SuffixKind:
    kinds: Iterable[SuffixKind] = (
        SuffixKind.PLATFORM,
        SuffixKind.DYNAMIC_DNS,
        SuffixKind.PRIVATE_REGISTRY,
    )
    for kind in kinds:
        if kind == word:
            return kind
    raise SettingsError(
        f"The suffix list {path} names the kind {word!r}; use one of: {', '.join(kinds)}."
    )


def _ascii(rule: str) -> str:
    """The rule's own suffix in A-labels, as the library turns them."""
    rule = rule.lstrip("!").removeprefix("*.")
    return rule if rule.isascii() else rule.encode("idna").decode("ascii")
