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
    """Bring the schemas in line with the specification's text where they refuse what it allows, or allow what it forbids."""
    # §7.2.3.1: a granular marking has a marking or a language; the schema always demands a marking.
    granular_marking = documents["common/granular-marking.json"]
    granular_marking["required"] = ["selectors"]
    granular_marking["oneOf"] = [{"required": ["marking_ref"]}, {"required": ["lang"]}]
    # §2.5: names of hash algorithms; the schema's expression has no anchors, so that any name around one would pass.
    cited = documents["common/external-reference.json"]["properties"]["hashes"]
    cited["allOf"][1]["propertyNames"] = {"enum": _HASH_NAMES}
    _correct_hashes(documents["common/hashes-type.json"]["patternProperties"])
    _correct_observables(documents)
    # §4.14: what these hold is checked one by one, as the objects they are: a choice of eighteen schemas says not what is wrong.
    observed = documents["sdos/observed-data.json"]["allOf"][1]["properties"]
    observed["objects"]["patternProperties"] = {"": {"type": "object"}}
    observed["object_refs"]["items"] = {"type": "string"}


def _correct_hashes(forms: dict[str, Any]) -> None:
    """§10.6 gives no lengths; a ssdeep value has up to 148 characters, and a TLSH value may begin with its version, T1."""
    forms["^SSDEEP$"]["pattern"] = "^[a-zA-Z0-9/+:.]{1,148}$"
    forms["^TLSH$"]["pattern"] = "^(T1)?[a-zA-Z0-9]{70}$"


def _correct_observables(documents: dict[str, dict[str, Any]]) -> None:
    def properties(name: str) -> dict[str, Any]:
        found: dict[str, Any] = documents[f"observables/{name}.json"]["allOf"][1]["properties"]
        return found

    # §6.6: a header field may stand there once, in a list of one; and the names of other properties are no harm in it.
    headers = documents["observables/email-message.json"]["definitions"]["email-additional-header-fields"]
    del headers["not"]
    headers["patternProperties"] = {"": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}
    # §6.10: addresses that end as IPv4 does; the expression has lost its backslashes. ``type_rules`` reads the address.
    properties("ipv6-addr")["value"] = {"type": "string"}
    # §6.12: counts are no negative numbers.
    for name in ("src_byte_count", "dst_byte_count", "src_packets", "dst_packets"):
        properties("network-traffic")[name]["minimum"] = 0
    # §6.13: properties of STIX 2.0 are none any more. ``type_rules`` counts.
    del documents["observables/process.json"]["anyOf"]
    # §6.14: any language tag (RFC 5646); the expression knows no script in its usual spelling.
    properties("software")["languages"]["items"] = {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"}
    properties("software")["cpe"]["pattern"] = f"^{properties('software')['cpe']['pattern']}$"
    # §6.17: short names of hives only where the hive stands; and the time is modified_time.
    properties("windows-registry-key")["key"]["not"] = {"pattern": r"^(?i:HKLM|HKCC|HKCR|HKCU|HKU)(\\|$)"}
    key = documents["observables/windows-registry-key.json"]
    key["anyOf"] = [{"required": [name]} for name in ("key", "values", "modified_time", "creator_user_ref", "number_of_subkeys")]
    # §6.7.3: a stream is an object. §6.7.5: names of EXIF tags have no prescribed spelling.
    file_extensions = documents["observables/file.json"]["definitions"]["file-extensions-dictionary"]["patternProperties"]
    file_extensions["^ntfs-ext$"]["allOf"][0]["properties"]["alternate_data_streams"]["items"]["type"] = "object"
    tags = file_extensions["^raster-image-ext$"]["allOf"][0]["properties"]["exif_tags"]
    tags["patternProperties"] = {"^[a-zA-Z0-9_-]{1,250}$": {"type": ["string", "integer"]}}


def _folder() -> Path:
    # The package's own import would load a validator, an HTTP client and a grammar, for a folder's name.
    found = importlib.util.find_spec("stix2validator")
    if found is None or not found.submodule_search_locations:
        raise BreakwaterError("The package stix2-validator, which carries the STIX schemas, is not installed.")
    return Path(found.submodule_search_locations[0]) / "schemas-2.1" / "schemas"
