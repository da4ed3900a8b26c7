"""Names of refused objects: what a TAXII status calls them by, since it has no place for a pointer.

Owns which names are believed: ids and versions of STIX's own form and nothing else, for they are kept. Kept by
``tests/services/intake/test_name_refused.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.domain.stix_object import timestamp_key
from app.stix.identifiers import named_type
from breakwater_client.submission import ObjectResult

Name = tuple[str | None, str | None]


def names_of_refused(results: Sequence[ObjectResult], values: Sequence[Any]) -> tuple[Name, ...]:
    """Give id and version of each refused object, in order; ``values`` are what was submitted (unverified JSON).

    The version is ``modified``, or ``created`` where there is none. What has not its form is None, and without an id nothing is
    named.
    """
    return tuple(_name(value) for result, value in zip(results, values, strict=True) if result.refusal is not None)


def with_names(results: tuple[ObjectResult, ...], names: Sequence[Name]) -> tuple[ObjectResult, ...]:
    """Give the results with refused objects named; without ``names`` as they are."""
    if not names:
        return results
    left = iter(names)
    return tuple(_named(one, next(left)) if one.refusal is not None else one for one in results)


def _named(result: ObjectResult, name: Name) -> ObjectResult:
    return replace(result, stix_id=name[0], version=name[1])


def _name(value: Any) -> Name:
    if not isinstance(value, dict):
        return None, None
    stix_id, version = value.get("id"), value.get("modified", value.get("created"))
    if named_type(stix_id) is None:
        return None, None
    has_version = isinstance(version, str) and timestamp_key(version) is not None
    return str(stix_id), version if has_version else None
