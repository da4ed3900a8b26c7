"""STIX objects with one to three things changed, for comparing verdicts: a hypothesis strategy over all object types."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from tests.stix.authored_objects import A_UUID, CREATED, FOREIGN_EXTENSION, TLP_AMBER, authored_objects

ADDRESS = {"type": "email-addr", "id": f"email-addr--{A_UUID}", "value": "synthetic@example.org"}

_COMMON = {"spec_version": "2.1", "created": CREATED, "modified": CREATED}
_CUSTOM: list[dict[str, Any]] = [
    *(
        {"type": name, "id": f"{name}--{A_UUID}", "extensions": {FOREIGN_EXTENSION: {"extension_type": word}}, **properties}
        for name, word, properties in (
            ("case-file", "new-sdo", _COMMON),
            ("phone-number", "new-sco", {"value": "555-0117"}),
            ("case-link", "new-sro", {**_COMMON, "source_ref": f"case-file--{A_UUID}", "target_ref": f"url--{A_UUID}"}),
        )
    ),
    {"type": "x-case", "id": f"x-case--{A_UUID}", **_COMMON},
    {"type": "x-phone", "id": f"x-phone--{A_UUID}", "value": "555-0117"},
    {
        "type": "observed-data",
        "id": f"observed-data--{A_UUID}",
        **_COMMON,
        "first_observed": CREATED,
        "last_observed": CREATED,
        "number_observed": 1,
        "objects": {"0": ADDRESS},
    },
]

VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        70,
        101,
        1.5,
        999_999_999,
        1_000_000_000,
        "",
        "a",
        "übung",
        "A b",
        "de",
        "de_DE",
        "zh-Hans",
        [],
        {},
    ),
    *(CREATED, "2026-11-02T09:30:00Z", "2026-02-30T09:30:00.000Z", "2026-11-02T24:00:00.000Z", "2020-01-01T00:00:00.000Z"),
    *("2026-11-02T09:30:60.000Z", "2026-11-02T09:30:00.123456789Z", "2026-11-02 09:30:00Z", "2030-01-01T00:00:00.000Z"),
    *(f"{name}--{A_UUID}" for name in ("identity", "file", "url", "indicator", "relationship", "bundle", "software", "own-type")),
    *(f"identity--{A_UUID.upper()}", "identity--5f4a7a24-c134-1e3c-a90f-2f12d5c7da95", TLP_AMBER),
    *([f"file--{A_UUID}"], [f"tool--{A_UUID}"], [f"email-addr--{A_UUID}"], ["a"], ["a", "a"], [5], [None], [""], [CREATED]),
    *({"a": "b"}, {"MD5": "098f6bcd4621d373cade4e832627b4f6"}, {"MD5": "a"}, {"PDQ": "a" * 64}, {"SHA-256": "g" * 64}),
    *({"de": {"name": "a"}}, {"de": "a"}, {"0": ADDRESS}, {"0": {"type": "mutex"}}, {"x": None}),
    *("HKEY_USERS\\HKCU", "HKLM\\a", "2001:db8::1", "::ffff:192.0.2.1", "192.0.2.0/24", "https://example.org", "a@example.org"),
    *([{"selectors": ["id"], "lang": "de"}], [{"selectors": ["type"], "marking_ref": TLP_AMBER}], [{"selectors": ["absent"]}]),
    [{"selectors": ["absent"], "marking_ref": TLP_AMBER}],
    [{"source_name": "a", "url": "https://example.org"}],
    [{"source_name": "cve", "external_id": "CVE-2026-0117"}],
    [{"source_name": "a"}],
    [{"kill_chain_name": "a", "phase_name": "b"}],
    {FOREIGN_EXTENSION: {"extension_type": "property-extension", "stage": 1}},
    {FOREIGN_EXTENSION: {"stage": 1}},
    {"pdf-ext": {"version": "1.7"}},
    {"unix-account-ext": {"gid": 5}},
    {"own-ext": {"anything": 1}},
    {"own": {"anything": 1}},
    *("[url:value = 'a']", "[url:value = ]", "0.5", "cpe:2.3:a:example:beispiel:1.0:*:*:*:*:*:*:*", "x cpe:2.3:a"),
]
"""What may come to stand in a property's place: values that are right in some places and wrong in most."""

NAMES = [
    *("x_own", "severity", "Own", "ab", "name", "value", "lang", "revoked", "defanged", "confidence", "external_references"),
    *("granular_markings", "object_marking_refs", "created_by_ref", "created", "modified", "extensions", "labels", "objects"),
    *("first_seen", "last_seen", "start_time", "stop_time", "valid_until", "kill_chain_phases", "hashes", "contains_refs"),
]
"""Names that are given to properties: common ones, some of single types, some of none."""


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """Give an object of some type, as it was authored but for one to three changes at any depth."""
    value = copy.deepcopy(draw(st.sampled_from([*authored_objects().values(), *_CUSTOM])))
    for _ in range(draw(st.integers(1, 3))):
        if _holders(value):
            _change(draw, value)
    return value


def _change(draw: st.DrawFn, value: dict[str, Any]) -> None:
    holder = draw(st.sampled_from(_holders(value)))
    act = draw(st.sampled_from(["replace", "replace", "replace", "delete", "add"]))
    if isinstance(holder, list):
        place: Any = draw(st.integers(0, len(holder) - 1))
    elif act == "add":
        place = draw(st.sampled_from(NAMES))
    else:
        place = draw(st.sampled_from(sorted(name for name in holder if name != "type" or holder is not value)))
    if act == "delete" and not isinstance(holder, list):
        del holder[place]
    else:
        holder[place] = copy.deepcopy(draw(st.sampled_from(VALUES)))  # it may be changed in turn


def _holders(value: Any) -> list[Any]:
    """Give all objects and lists in a value that hold anything which may be changed, the outermost first."""
    if not isinstance(value, dict | list) or not (value.keys() - {"type"} if isinstance(value, dict) else value):
        return []
    members = value.values() if isinstance(value, dict) else value
    return [value, *(inner for member in members for inner in _holders(member))]
