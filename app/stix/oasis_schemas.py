"""The JSON Schemas of STIX 2.1 by OASIS, compiled.

Owns finding them in the installed ``stix2-validator`` wheel, the few corrections they need, and that nothing is ever fetched.
Says only yes or no; ``violations`` finds the words. Kept by ``tests/stix/test_oasis_schemas.py``.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from app.domain.errors import BreakwaterError

_GRANULAR_MARKING = "common/granular-marking.json"
_EXTERNAL_REFERENCE = "common/external-reference.json"
_HASH_NAMES = ["MD5", "SHA-1", "SHA-256", "SHA-512", "SHA3-256", "SHA3-512", "SSDEEP", "TLSH"]  # STIX 2.1 §10.6


def validator(place: str) -> jsonschema_rs.Validator:
    """Give the compiled schema at ``place`` (such as ``sdos/indicator.json``); the first call compiles for some milliseconds.

    Formats (URI, e-mail address, host name) are asserted. Regular expressions run in linear time.
    """
    return _compiled(place)


def compile_schema(document: dict[str, Any]) -> jsonschema_rs.Validator:
    """Compile a JSON Schema that stands alone or refers to those of OASIS by their ``$id``; nothing is ever fetched."""
    return jsonschema_rs.validator_for(
        document,
        registry=_registry(),
        offline=True,
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(),
        email_options=jsonschema_rs.EmailOptions(allow_display_text=False),
    )


def documents() -> Iterable[dict[str, Any]]:
    """Give the schemas themselves, with our corrections; not to be changed."""
    return _documents().values()


@cache
def _compiled(place: str) -> jsonschema_rs.Validator:
    return compile_schema(_documents()[place])


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry((document["$id"], document) for document in _documents().values())


@cache
def _documents() -> dict[str, dict[str, Any]]:
    folder = _folder()
    documents = {
        path.relative_to(folder).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.json"))
    }
    _correct(documents)
    return documents


def _correct(documents: dict[str, dict[str, Any]]) -> None:
    """Bring two schemas in line with the specification's text."""
    # §7.2.3.1: a granular marking has a marking or a language; the schema always demands a marking.
    granular_marking = documents[_GRANULAR_MARKING]
    granular_marking["required"] = ["selectors"]
    granular_marking["oneOf"] = [{"required": ["marking_ref"]}, {"required": ["lang"]}]
    # §2.6: names of hash algorithms; the schema's expression has no anchors, so that any name around one would pass.
    documents[_EXTERNAL_REFERENCE]["properties"]["hashes"]["allOf"][1]["propertyNames"] = {"enum": _HASH_NAMES}


def _folder() -> Path:
    # The package's own import would load a validator, an HTTP client and a grammar, for a folder's name.
    found = importlib.util.find_spec("stix2validator")
    if found is None or not found.submodule_search_locations:
        raise BreakwaterError("The package stix2-validator, which carries the STIX schemas, is not installed.")
    return Path(found.submodule_search_locations[0]) / "schemas-2.1" / "schemas"
