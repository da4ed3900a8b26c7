"""The form of an object that survives the hop through tools built on the stix2 library.

Owns that form: what ``stix2.parse`` and ``serialize`` make of an object, which they then leave as it is. Authors sign it, so that
their signature outlives such a tool; the exchange asks nobody for it. Only signing needs this module: it loads the library, which
takes a second. Kept by ``tests/client/signing/test_hub_stable.py``, for every type of the specification.
"""

from __future__ import annotations

import json
import warnings
from typing import Any

import stix2
from stix2.serialization import serialize

from breakwater_client.documents.pointers import pointer
from breakwater_client.errors import Code, ProfileError
from breakwater_client.stix_values import JsonObject, timestamp_key

_ADDED = frozenset({"pattern_version", "spec_version"})
_DROPPED_WHERE_FALSE = frozenset({"defanged", "revoked", "summary"})
_Path = tuple[str | int, ...]


def hub_stable(value: JsonObject) -> dict[str, Any]:
    """Give a new object that says the same as ``value`` (schema-checked, unsigned) in the spelling that stix2 keeps.

    Times are respelled; ``pattern_version`` is added to STIX patterns and ``spec_version`` to observables, those in observed-data
    too; ``revoked``, ``defanged`` and ``summary`` are left out where they are false. Sign afterwards: a signature over another
    spelling does not verify any more.

    Raises:
        ProfileError: code ``profile-violation`` if the library refuses the object (times finer than a microsecond among others),
            or changes more than that and would break the signature; the pointer names the first such place.
    """
    stable = _through_the_library(value)
    if _through_the_library(stable) != stable:
        raise _refusal("The stix2 library does not leave this object alone; sign it as it is.", ())
    _check_kept(value, stable, ())
    return stable


def _through_the_library(value: JsonObject) -> dict[str, Any]:
    result = _respelled(value)
    if result is None:  # outside the handler: the library's exceptions hold values
        raise _refusal("The stix2 library cannot read this object: mend what it would refuse, or sign the object as it is.", ())
    return result


def _respelled(value: JsonObject) -> dict[str, Any] | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # what is deprecated is still valid
            result: dict[str, Any] = json.loads(serialize(stix2.parse(json.loads(json.dumps(value)), allow_custom=True)))
    except Exception:  # noqa: BLE001  # the library raises its own errors, ValueError, TypeError, KeyError and AttributeError
        return None
    return result


def _check_kept(before: Any, after: Any, path: _Path) -> None:
    """Refuse unless ``after`` says what ``before`` says, but for the changes that ``hub_stable`` allows."""
    if isinstance(before, dict) and isinstance(after, dict):
        _check_members_kept(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for position, (old, new) in enumerate(zip(before, after, strict=True)):
            _check_kept(old, new, (*path, position))
    elif isinstance(before, bool) is not isinstance(after, bool) or (before != after and not _is_same_time(before, after)):
        raise _refusal("The stix2 library would change this value.", path)


def _check_members_kept(before: dict[str, Any], after: dict[str, Any], path: _Path) -> None:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            if path or name not in _DROPPED_WHERE_FALSE or before[name] is not False:
                raise _refusal("The stix2 library would drop this property.", (*path, name))
        elif name not in before:
            if not _may_be_added(name, path):
                raise _refusal("The stix2 library would add this property.", (*path, name))
        else:
            _check_kept(before[name], after[name], (*path, name))


def _may_be_added(name: str, path: _Path) -> bool:
    """Whether the library may add a property: to the object, or to an observable that observed-data holds."""
    is_held = path[:1] == ("objects",) and len(path) == 2  # noqa: PLR2004  # objects, and a name in it
    return name in _ADDED if not path else is_held and name == "spec_version"


def _is_same_time(before: object, after: object) -> bool:
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    key = timestamp_key(before)
    return key is not None and key == timestamp_key(after)


def _refusal(sentence: str, path: _Path) -> ProfileError:
    return ProfileError(sentence, code=Code.PROFILE_VIOLATION, pointer=pointer(path))
