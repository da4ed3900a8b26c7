"""From a schema's violation to a sentence that tells an author what to mend, and never what was written.

Owns the choice of the most useful violation and its words. Kept by ``tests/stix/test_violations.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs

from app.domain.errors import Code, ProfileError
from app.domain.stix_object import JsonObject
from breakwater_client.documents.pointers import is_known_name, pointer

_Details = Mapping[str, Any]

_MOST = 100  # a hostile object can have a violation per byte; the first ones serve
_FEW_VALUES = 1_000  # above, only the first violation is asked for: to list all takes the square of their number
_MOST_OPTIONS = 40
_COMPOSITE = frozenset({"anyOf", "oneOf", "not"})  # they say least, so any other violation goes before

_FORMATS = {
    "uri": "Write a URI (RFC 3986): with its scheme, without spaces, other than ASCII characters percent-encoded.",
    "email": "Write one plain e-mail address (RFC 5322, addr-spec), without a display name.",
    "idn-hostname": "Write one domain name: labels of letters, digits and hyphens, no wildcard, no final dot.",
}
_SENTENCES = {  # keyword -> sentence, with the names that jsonschema_rs gives the keyword's details
    "additionalProperties": "This member does not belong here, or its name is misspelt: names have 3 to 250 lower-case "
    "letters, digits and underscores.",
    "falseSchema": "Nothing may stand here.",
    "const": "Another word is prescribed here.",
    "maxItems": "The list has at most {limit} members.",
    "maxLength": "The text has at most {limit} characters.",
    "maximum": "The number is at most {limit}.",
    "minItems": "A list may not be empty; leave the property out, or, if it is required, name something.",
    "minLength": "The text has at least {limit} characters.",
    "minProperties": "An object may not be empty; leave the property out, or, if it is required, name something.",
    "minimum": "The number is at least {limit}.",
    "propertyNames": "A name in this object is not among those that the specification has.",
    "required": "The property {property} is missing here.",
    "uniqueItems": "The list says something twice.",
}
_ALTERNATIVES_OF = {  # type -> what the alternatives of its object amount to, where the type has some of its own
    "artifact": "An artifact has either payload_bin, or url and hashes; a decryption_key needs its encryption_algorithm.",
    "email-message": "An email-message has is_multipart: with true body_multipart and no body, with false no body_multipart.",
    "file": "A file has hashes or name.",
    "location": "A location has region, country, or latitude with longitude; precision needs both of the latter.",
    "malware": "Malware says in is_family, with true or false, whether it is a family; one that is has a name.",
    "malware-analysis": "A malware-analysis has result or analysis_sco_refs.",
    "network-traffic": "Network-traffic has src_ref or dst_ref; while it is active, it has no end.",
    "marking-definition": "A marking-definition has extensions, or definition_type and definition; the TLP markings stand as "
    "published.",
    "observed-data": "Observed-data has either object_refs, or (deprecated) objects.",
    "payment-handle": "A payment-handle is a wallet with its value, or has token, scheme and epoch.",
}
_PHOTODNA = "^([A-Za-z0-9+/]{192}|[0-9a-f]{288}|((25[0-5]|2[0-4][0-9]|1?[0-9]{1,2}),){143}(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2}))$"
_FORMS = {  # regular expression of a schema -> what it asks for
    "^OP-[0-9]{3}$": "the code of a behaviour of the catalogue, such as OP-012",
    r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$": "base64 (RFC 4648 §4), padded",
    r"^([a-z0-9_-]{3,249}(\.(\[\d+\]|[a-z0-9_-]{1,250}))*|id)$": "a selector (STIX 2.1 §7.2.3), such as labels.[0]",
    r"^([a-z][a-z0-9]*)+(-[a-z0-9]+)*\-?$": "a name of lower-case letters, digits and single hyphens",
    "^[a-fA-F0-9]{32}$": "32 hexadecimal digits",
    "^[a-fA-F0-9]{40}$": "40 hexadecimal digits",
    "^[a-fA-F0-9]{64}$": "64 hexadecimal digits",
    "^[a-fA-F0-9]{128}$": "128 hexadecimal digits",
    "^[a-zA-Z0-9/+:.]{1,148}$": "a ssdeep value: up to 148 letters, digits and / + : .",
    "^(T1)?[a-zA-Z0-9]{70}$": "a TLSH value: 70 hexadecimal digits, with T1 before them or not",
    "^([a-fA-F0-9]{2})+$": "an even number of hexadecimal digits",
    "^(application|audio|font|image|message|model|multipart|text|video)/[a-zA-Z0-9.+_-]+": "a media type, such as text/html",
    r"^[a-zA-Z0-9/\.+_:-]{2,250}$": "the name of a character set (IANA), such as UTF-8",
    r"^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
    r"(\/(3[0-2]|[1-2][0-9]|[0-9]))?$": "one IPv4 address, such as 192.0.2.1, or a CIDR block, such as 192.0.2.0/24",
    "^([0-9a-f]{2}[:]){5}([0-9a-f]{2})$": "a MAC address: six pairs of lower-case hexadecimal digits with colons between them",
    "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$": "a language tag (RFC 5646), such as de or pt-BR",
    r"^[a-z0-9\-]+$": "lower-case letters, digits and hyphens",
    "^[0-9a-f]{64}$": "64 lower-case hexadecimal digits",
    "^[A-Za-z0-9+/=_:,.-]{1,1024}$": "up to 1024 letters, digits and + / = _ : , . -",
    "^[a-z0-9][a-z0-9-]{1,63}$": "a name of 2 to 64 lower-case letters, digits and hyphens",
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": "a name of up to 64 letters, digits and . _ -, with a letter or digit first",
    "^([A-Za-z0-9_-]{43}|[0-9a-f]{64})$": "43 characters of base64url without padding, or 64 lower-case hexadecimal digits",
    "^[A-Za-z0-9+/]{85}[AQgw]==$": "64 bytes in base64 (RFC 4648 §4), padded",
    "^[A-Za-z0-9:._-]{10,200}$": "10 to 200 letters, digits and : . _ -",
    _PHOTODNA: "192 characters of base64, 288 lower-case hexadecimal digits, or 144 numbers up to 255 with commas between",
}
_NOTHING = "A property may be neither null nor an empty list; leave it out, or, if it is required, give it a value."
_VAGUE = "The value has not the form that belongs here."
_ALTERNATIVES = {  # keyword and property (or "" for the object itself) -> what its alternatives amount to
    ("oneOf", "external_references"): "An external reference has source_name and one of external_id, description and url; "
    "those of cve and capec have an external_id of their form.",
    ("oneOf", "granular_markings"): "A granular marking has either marking_ref or lang, and selectors.",
    ("not", "sighting_of_ref"): "This type of object cannot be sighted.",
    ("not", "source_ref"): "A relationship cannot begin at this type of object.",
    ("not", "target_ref"): "A relationship cannot end at this type of object.",
    ("not", ""): "Here is a property that this object may not have: STIX reserves severity, action, username and phone_numbers, "
    "and extension_properties go with a toplevel-property-extension.",
    ("anyOf", ""): "This type needs at least one property of its own.",
}


def schema_violation(sentence: str, *path: str | int) -> ProfileError:
    """Give the error, of code ``schema-violation``, for a rule that no schema says; ``path`` leads to the place in the object."""
    return ProfileError(sentence, code=Code.SCHEMA_VIOLATION, pointer=pointer(path))


def check_against(validator: jsonschema_rs.Validator, value: JsonObject, *, within: tuple[str | int, ...] = ()) -> None:
    """Refuse a value (strictly parsed JSON, unverified) that its schema does not allow; a refusal costs little, too.

    ``within`` is as in ``violation``. Of a value that holds more than a thousand others, any violation may be told.

    Raises:
        ProfileError: as ``violation`` gives it.
    """
    if not validator.is_valid(value):
        raise violation(_errors(validator, value), within=within, type_name=value.get("type"))


def _errors(validator: jsonschema_rs.Validator, value: JsonObject) -> Iterable[jsonschema_rs.ValidationError]:
    if _has_many_values(value):
        try:
            validator.validate(value)
        except jsonschema_rs.ValidationError as first:
            return [first]
    return validator.iter_errors(value)


def _has_many_values(value: JsonObject) -> bool:
    count = 0
    containers: list[Any] = [value]
    while containers and count <= _FEW_VALUES:
        container = containers.pop()
        count += len(container)
        members = container.values() if isinstance(container, dict) else container
        containers.extend(member for member in members if isinstance(member, dict | list))
    return count > _FEW_VALUES


def violation(
    errors: Iterable[jsonschema_rs.ValidationError], *, within: tuple[str | int, ...] = (), type_name: object = None
) -> ProfileError:
    """Give the most useful of a value's violations as an error of code ``schema-violation``.

    ``within`` is the path of the checked value in its object; the error's pointer is relative to the object. ``type_name``, the
    object's unverified type, helps to word some.
    """
    seen = list(islice(errors, _MOST))
    chosen = next((error for error in seen if error.kind.name not in _COMPOSITE), seen[0])
    path = (*within, *chosen.instance_path)
    return ProfileError(_sentence(chosen, path, type_name), code=Code.SCHEMA_VIOLATION, pointer=pointer(_place(chosen, path)))


def violations(validator: jsonschema_rs.Validator, value: JsonObject) -> list[ProfileError]:
    """Give what a schema does not allow of a small document that people write, each place once, in the document's order.

    What is missing has the place at which it should stand. Of a value that holds more than a thousand others, one is told.
    """
    if validator.is_valid(value):
        return []
    seen = list(islice(_errors(validator, value), _MOST))
    plain = [error for error in seen if error.kind.name not in _COMPOSITE]
    told = [error for error in seen if error in plain or not any(_is_within(one, error) for one in plain)]
    found: dict[str, ProfileError] = {}
    for error in told:
        missing = error.kind.as_dict().get("property") if error.kind.name == "required" else None
        path = (*error.instance_path, *([missing] if isinstance(missing, str) else []))
        place = pointer(_place(error, path))
        fault = ProfileError(_sentence(error, tuple(error.instance_path), None), code=Code.SCHEMA_VIOLATION, pointer=place)
        found.setdefault(place, fault)
    return list(found.values())


def _is_within(inner: jsonschema_rs.ValidationError, outer: jsonschema_rs.ValidationError) -> bool:
    return inner.instance_path[: len(outer.instance_path)] == outer.instance_path


def _place(error: jsonschema_rs.ValidationError, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    unexpected: list[str] = error.kind.as_dict().get("unexpected", [])
    return (*path, unexpected[0]) if unexpected else path


def _sentence(error: jsonschema_rs.ValidationError, path: tuple[str | int, ...], type_name: object) -> str:
    kind = error.kind.name
    details = error.kind.as_dict()
    if kind in _COMPOSITE:
        return _alternatives(error, path, type_name)
    explain = _EXPLANATIONS.get(kind)
    return explain(details) if explain else _SENTENCES.get(kind, _VAGUE).format_map(details)


def _types(details: _Details) -> str:
    return f"Here belongs a value of type {' or '.join(details['types'])}."


def _options(details: _Details) -> str:
    options = details["options"]
    if len(options) > _MOST_OPTIONS:
        return "The word is not one of those that the vocabulary has here."
    return f"Here belongs one of: {', '.join(map(str, options))}."


def _format(details: _Details) -> str:
    return _FORMATS.get(details["format"], _VAGUE)


def _pattern(details: _Details) -> str:
    """Explain a regular expression of a schema, which is no secret but no help either."""
    expression = str(details["pattern"])
    if "{8}-[0-9a-f" in expression:
        return "Write a STIX id: an object type, two hyphens and a UUID."
    if r"\d{2}:\d{2}" in expression or "[0-9]{4}-(0[1-9]" in expression:
        return "Write the time in UTC, to the millisecond: 2026-01-31T23:59:59.000Z."
    if expression.startswith("[^\0"):
        return "Write a text that has letters or digits."
    if expression.startswith("^") and expression.endswith("--"):
        return f"The id here begins with {expression[1:]}."
    if expression.startswith("^cpe:2"):
        return "Write a CPE name of version 2.3, formatted string: cpe:2.3:a:vendor:product and so on."
    return f"Write {_FORMS[expression]}." if expression in _FORMS else _VAGUE


def _alternatives(error: jsonschema_rs.ValidationError, path: tuple[str | int, ...], type_name: object) -> str:
    if "patternProperties" in error.schema_path:
        return _NOTHING + _whose(error, path)
    place = str(path[0]) if path else ""
    if not path and error.kind.name != "not" and isinstance(type_name, str) and type_name in _ALTERNATIVES_OF:
        return _ALTERNATIVES_OF[type_name]
    return _ALTERNATIVES.get((error.kind.name, place), "The value is none of those that the specification has here.")


def _whose(error: jsonschema_rs.ValidationError, path: tuple[str | int, ...]) -> str:
    """Help to find a property whose name the pointer may not give: somebody's own name may be a value in disguise."""
    if all(isinstance(step, int) or is_known_name(step) for step in path):
        return ""
    what = "null" if error.instance is None else "an empty list" if error.instance == [] else "such a value"
    holder = pointer(path) or "the object itself"
    return f" Look for {what} in a property with a name of your own, in {holder}."


_EXPLANATIONS: dict[str, Callable[[_Details], str]] = {"enum": _options, "format": _format, "pattern": _pattern, "type": _types}
