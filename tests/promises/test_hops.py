"""``docs/hops.md`` says what survives the hop through other programs: each row is measured here, with the programs themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import stix2

from app.domain.errors import BreakwaterError
from app.stix.object_types import OBSERVABLE_TYPES
from breakwater_client.signing.hub_stable import hub_stable
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import read_signature, sign_object, verify_object
from tests.factories.hops import HOPS, Objects
from tests.factories.stix_objects import indicator
from tests.stix.authored_objects import PUBLISHER, authored_objects

DOCUMENT = Path(__file__).parents[2] / "docs" / "hops.md"
KEY = PrivateKey.generate()
ROW = re.compile(r"^\| (`.+?) \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Facts:
    """What of the objects survives, as the table's cells say it."""

    back: str
    stable: str
    as_it_is: str
    values: str
    unknown: str
    times: str


def rows() -> dict[str, Facts]:
    return {name: Facts(*cells.split(" | ")) for name, cells in ROW.findall(DOCUMENT.read_text())}


@cache
def hub_stable_objects() -> Objects:
    """One object of each type in the form that authors sign, signed."""
    return [signed(hub_stable(value)) for value in authored_objects().values()]


@cache
def plain_objects() -> Objects:
    """The same objects as a program without the stix2 library may spell them, signed as they are."""
    return [signed(spelled_otherwise(value)) for value in authored_objects().values()]


def spelled_otherwise(value: dict[str, Any]) -> dict[str, Any]:
    changed = {name: member for name, member in value.items() if name != "pattern_version"}
    if "created" in value:
        changed["created"] = value["created"].replace("Z", "000Z")
    elif value["type"] in OBSERVABLE_TYPES:
        del changed["spec_version"]
    if "modified" in value:
        changed |= {"modified": value["modified"].replace("Z", "000Z"), "revoked": False}
    return changed


def signed(value: dict[str, Any]) -> dict[str, Any]:
    creator = {"created_by_ref": PUBLISHER} if "created_by_ref" in value else {}
    return sign_object(value | creator, KEY, signer=PUBLISHER, signed_at=datetime.now(UTC))


def measured(name: str) -> Facts:
    hop = HOPS[name]
    stable, plain = after(hop(hub_stable_objects())), after(hop(plain_objects()))
    dated = [value for value in plain_objects() if "created" in value]
    return Facts(
        back=share(plain_objects(), plain, lambda *_: True),
        stable=share(hub_stable_objects(), stable, lambda _, now: verifies(now)),
        as_it_is=share(plain_objects(), plain, lambda _, now: verifies(now)),
        values=share(plain_objects(), plain, lambda before, now: spelled(before) == spelled(now)),
        unknown=share(plain_objects(), plain, lambda before, now: spelled(unknown(before)) == spelled(unknown(now))),
        times=share(dated, plain, lambda before, now: times(before) == times(now)),
    )


def after(objects: Objects) -> dict[str, dict[str, Any]]:
    return {value["id"]: value for value in objects}


def share(before: Objects, now: dict[str, dict[str, Any]], holds: Callable[[dict[str, Any], dict[str, Any]], bool]) -> str:
    kept = sum(value["id"] in now and holds(value, now[value["id"]]) for value in before)
    return {0: "none", len(before): "all"}.get(kept, f"{kept} of {len(before)}")


def verifies(value: dict[str, Any]) -> bool:
    try:
        verify_object(value, read_signature(value), KEY.public)
    except BreakwaterError:
        return False
    return True


def spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def unknown(value: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in value.items() if name.startswith("x_")}


def times(value: dict[str, Any]) -> dict[str, str]:
    return {name: value[name] for name in ("created", "modified") if name in value}


def test_the_table_has_a_row_for_each_hop() -> None:
    assert list(rows()) == list(HOPS)


def test_the_document_names_the_number_of_types() -> None:
    assert f"each of the {len(authored_objects())} types" in DOCUMENT.read_text()


def test_the_library_refuses_unknown_properties_unless_told_otherwise() -> None:
    with pytest.raises(stix2.exceptions.ExtraPropertiesError):
        stix2.parse(authored_objects()["tool"])


@pytest.mark.parametrize("name", HOPS)
def test_what_the_table_says_of_a_hop_is_what_is_measured(name: str) -> None:
    assert measured(name) == rows()[name]


def test_what_stix2_cannot_read_is_what_its_page_says() -> None:
    page = (DOCUMENT.parent / "interop" / "stix2.md").read_text()
    assert "more than six\n  digits of fraction" in page
    value = indicator(modified="2026-01-05T10:00:00.1234567Z")
    with pytest.raises(stix2.exceptions.InvalidValueError):
        stix2.parse(value, allow_custom=True)
    assert stix2.parse(value | {"modified": "2026-01-05T10:00:00.123456Z"})["id"] == value["id"]
    with pytest.raises(stix2.exceptions.STIXError):
        stix2.parse(value | {"modified": "2026-01-05T10:00:00Z", "x_seen_on": "a"})
