"""What a column is, and how its values are taken out of object versions: the same for Parquet and CSV.

Owns the kinds and the reading. A value that is not of its column's kind is null: the schemas have refused most of that before,
and ``content`` has the object as it is. Which columns there are is ``column_table``'s. Kept by
``tests/client/formats/test_columns.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson

from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from breakwater_client.formats.port import ExportedVersion
from breakwater_client.tlp_markings import TLP_MARKINGS
from breakwater_client.vocabulary import Tlp

_NOTHING: Mapping[str, Any] = {}
_RANKED = tuple(Tlp)


class Kind(Enum):
    """What a column's values are: in Parquet, and in CSV."""

    BYTES = "binary; base64 in CSV"
    INSTANT = "timestamp in UTC, to the microsecond; in CSV the text of the object"
    JSON = "JSON text"
    REAL = "double"
    TEXT = "text"
    TEXTS = "list of texts; a JSON array in CSV"
    TRUTH = "boolean; true or false in CSV"
    WHOLE = "64-bit integer"


class Source(Enum):
    """Where a column's values stand."""

    CONTEXT = OCSEA_CONTEXT
    OBJECT = "object"
    SIGNATURE = SIGNATURE
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, where its values stand under which name, and what they say.

    ``types`` are the STIX types whose tables have it in CSV; none: all. In Parquet it is there for every row.
    """

    name: str
    kind: Kind
    says: str
    source: Source = Source.OBJECT
    member: str = ""
    types: frozenset[str] = frozenset()

    def applies_to(self, stix_type: str) -> bool:
        """Whether the table of a type has this column."""
        return not self.types or stix_type in self.types


class Rows:
    """Some versions, each parsed once, from which columns are taken."""

    __slots__ = ("_kinds", "_members", "_sources", "versions")

    def __init__(self, versions: Sequence[ExportedVersion]) -> None:
        """Parse the bodies, which are canonical JSON objects: stored, and therefore checked."""
        self.versions = versions
        self._kinds = frozenset(one.stix_type for one in versions)
        objects = [orjson.loads(one.body) for one in versions]
        extensions = [_mapping(one.get("extensions")) for one in objects]
        self._sources: dict[Source, Sequence[Mapping[str, Any]]] = {
            Source.OBJECT: objects,
            Source.CONTEXT: [_mapping(one.get(OCSEA_CONTEXT)) for one in extensions],
            Source.SIGNATURE: [_signature(one.get(SIGNATURE)) for one in extensions],
        }
        self._members = {source: frozenset[str]().union(*values) for source, values in self._sources.items()}

    def column(self, column: Column) -> Sequence[Any] | None:
        """Give a column's value for each version, None for one that has none; None instead of all if none has any.

        Instants of objects are given as ``(text, time)``: their own text, and an aware time, cut to microseconds.
        """
        name = column.member or column.name
        if column.source is Source.VERSION:
            return [getattr(one, name) for one in self.versions]
        sources = self._of_types(column)
        if sources is None:
            return None
        if column.name in _MADE:
            return [_MADE[column.name](one) for one in sources]
        if name not in self._members[column.source]:
            return None
        if column.kind is Kind.TEXT:  # the usual case, without a call for each value
            return [found if type(found := one.get(name)) is str else None for one in sources]
        read = _READ[column.kind]
        return [None if (found := one.get(name)) is None else read(found) for one in sources]

    def _of_types(self, column: Column) -> Sequence[Mapping[str, Any]] | None:
        """Give where a column's values stand: nothing for rows of types that do not have it."""
        sources = self._sources[column.source]
        if not column.types or self._kinds <= column.types:
            return sources
        if self._kinds.isdisjoint(column.types):
            return None
        pairs = zip(self.versions, sources, strict=True)
        return [source if version.stix_type in column.types else _NOTHING for version, source in pairs]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def _signature(extension: object) -> Mapping[str, Any]:
    entries = _mapping(extension).get("signatures")
    return _mapping(entries[0]) if isinstance(entries, list) and entries else _NOTHING


def _instant(value: object) -> tuple[str, datetime] | None:
    if type(value) is not str or not value.endswith("Z"):
        return None
    try:
        return value, datetime.fromisoformat(value)
    except ValueError:  # the year 0, a 60th second: written in STIX, and no time for anybody's tables
        return None


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _real(value: object) -> float | None:
    return float(value) if type(value) in (int, float) else None  # type: ignore[arg-type]  # one of both


def _texts(value: object) -> list[str] | None:
    return value if type(value) is list and all(type(one) is str for one in value) else None


def _truth(value: object) -> bool | None:
    return value if type(value) is bool else None


def _whole(value: object) -> int | None:
    return value if type(value) is int else None


def _tlp(value: Mapping[str, Any]) -> str | None:
    """Give the narrowest TLP marking that an object names itself."""
    named = [TLP_MARKINGS[ref] for ref in _texts(value.get("object_marking_refs")) or () if ref in TLP_MARKINGS]
    return max(named, key=_RANKED.index).value if named else None


def _phases(value: Mapping[str, Any]) -> list[str] | None:
    """Give the phases as ``chain:phase``."""
    phases = value.get("kill_chain_phases")
    if type(phases) is not list:
        return None
    return [f"{_mapping(one).get('kill_chain_name')}:{_mapping(one).get('phase_name')}" for one in phases]


def _handling(value: Mapping[str, Any]) -> str | None:
    found = _mapping(value.get("extensions")).get(HANDLING)
    return None if found is None else _json(found)


_MADE: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {"handling": _handling, "kill_chain_phases": _phases, "tlp": _tlp}
_READ: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.INSTANT: _instant,
    Kind.JSON: _json,
    Kind.REAL: _real,
    Kind.TEXTS: _texts,
    Kind.TRUTH: _truth,
    Kind.WHOLE: _whole,
}
