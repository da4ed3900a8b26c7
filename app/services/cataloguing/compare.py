"""What changed from one release of the catalogue to another: entries added, changed (and in what), and retired.

Owns the comparison and its words. Kept by ``tests/services/cataloguing/test_compare.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.domain.catalogue import Catalogue, Entry

_FOLLOWS = frozenset({"added_at", "changed_at", "retired_in", "replaced_by"})  # what a release sets by itself


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that reads otherwise, and which of its parts do."""

    code: str
    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retired:
    """An entry that a later release retired, and what stands for it."""

    code: str
    name: str
    replaced_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two releases: what the later has, has otherwise and has retired. Phases and surfaces whose words changed, by name.

    ``missing`` are codes that the later release has not, which no release of ours brings about.
    """

    before: int
    after: int
    added: tuple[tuple[str, str], ...]
    changed: tuple[Changed, ...]
    retired: tuple[Retired, ...]
    redefined: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.changed or self.retired or self.redefined or self.missing)

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "added": [{"code": code, "name": name} for code, name in self.added],
            "changed": [{"code": one.code, "name": one.name, "parts": list(one.parts)} for one in self.changed],
            "retired": [{"code": one.code, "name": one.name, "replaced_by": list(one.replaced_by)} for one in self.retired],
            "redefined": list(self.redefined),
            "missing": list(self.missing),
        }

    def sentences(self) -> Iterator[str]:
        """Give it in words, a line each."""
        yield from (f"added    {code}  {name}" for code, name in self.added)
        yield from (f"changed  {one.code}  {one.name}: {', '.join(one.parts)}" for one in self.changed)
        for one in self.retired:
            yield f"retired  {one.code}  {one.name}" + (f"; instead: {', '.join(one.replaced_by)}" if one.replaced_by else "")
        yield from (f"defined otherwise: {name}" for name in self.redefined)
        yield from (f"missing  {code}: a code is never taken away" for code in self.missing)


def compare(before: Catalogue, after: Catalogue) -> Comparison:
    """Give what changed from one release to a later one, not needing to be the next."""
    old, new = _by_code(before), _by_code(after)
    common = [(old[code], one) for code, one in new.items() if code in old]
    return Comparison(
        before=before.release,
        after=after.release,
        added=tuple((code, one.name) for code, one in new.items() if code not in old),
        changed=tuple(
            Changed(one.code, one.name, parts) for was, one in common if not _ended(was, one) and (parts := _parts(was, one))
        ),
        retired=tuple(Retired(one.code, one.name, one.replaced_by) for was, one in common if _ended(was, one)),
        redefined=(*_redefined(before.phases, after.phases), *_redefined(before.surfaces, after.surfaces)),
        missing=tuple(code for code in old if code not in new),
    )


def _by_code(catalogue: Catalogue) -> dict[str, Entry]:
    return {one.code: one for one in catalogue.entries}


def _ended(was: Entry, one: Entry) -> bool:
    return was.retired_in is None and one.retired_in is not None


def _parts(was: Entry, one: Entry) -> tuple[str, ...]:
    names = [each.name for each in fields(one) if each.name not in _FOLLOWS]
    return tuple(name for name in names if getattr(was, name) != getattr(one, name))


def _redefined(before: Mapping[Any, str], after: Mapping[Any, str]) -> list[str]:
    return [str(name) for name in after if before.get(name) != after[name]]
