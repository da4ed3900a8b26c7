"""MISP events, as MISP's own library writes them, and hostile ones."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Tlp
from app.services.importing.from_misp import read_misp
from app.services.importing.rows import Found, Left
from tests.factories.misp_conversion import bundle_of_event
from tests.factories.neighbours_files import misp_event

_OBSERVABLES = frozenset({"domain-name", "file", "ipv4-addr", "url", "user-account"})
URL = "https://a.example.org/x"


def taken(document: Any, tlp: Tlp = Tlp.AMBER_STRICT) -> dict[str, str]:
    return {one.place: one.observable["kind"] for one in read_misp(document, tlp) if isinstance(one, Found)}


def test_attributes_of_the_event_and_of_its_objects_are_taken() -> None:
    event = misp_event(("sha256", "ab" * 32), ("url", URL), ("ip-dst", "192.0.2.7"), ("phone-number", "+15550100"))
    assert taken(event) == {
        "/Event/Attribute/0": "sha256",
        "/Event/Attribute/1": "url",
        "/Event/Attribute/2": "ip",
        "/Event/Attribute/3": "phone",
        "/Event/Object/0/Attribute/0": "md5",
    }


def test_what_is_not_to_be_detected_is_context() -> None:
    event = misp_event(("url", URL))
    roles = {}
    for to_ids in (True, False):
        event["Event"]["Attribute"][0]["to_ids"] = to_ids
        [first, _] = read_misp(event, Tlp.AMBER)
        assert isinstance(first, Found)
        roles[to_ids] = first.observable.get("role")
    assert roles == {True: None, False: "context"}


@pytest.mark.parametrize(
    ("tag", "tlp", "count"),
    [
        ("tlp:amber", Tlp.AMBER_STRICT, 2),
        ("tlp:amber", Tlp.AMBER, 2),
        ("TLP:AMBER", Tlp.GREEN, 0),
        ("tlp:red", Tlp.AMBER_STRICT, 0),
        ("tlp:white", Tlp.CLEAR, 2),
        ("tlp:ex:chr", Tlp.RED, 0),
        ("kill-chain:delivery", Tlp.CLEAR, 2),
    ],
)
def test_nothing_is_shared_more_widely_than_its_tag_says(tag: str, tlp: Tlp, count: int) -> None:
    assert len(taken(misp_event(("url", URL), tags=(tag,)), tlp)) == count


def test_one_attributes_narrower_tag_counts_for_it_alone() -> None:
    event = misp_event(("url", URL), ("md5", "ab" * 16), tags=("tlp:green",))
    event["Event"]["Attribute"][0]["Tag"] = [{"name": "tlp:red"}]
    assert taken(event, Tlp.GREEN).keys() == {"/Event/Attribute/1", "/Event/Object/0/Attribute/0"}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "full-name"},
        {"type": "target-user"},
        {"type": "attachment"},
        {"type": "malware-sample"},
        {"type": "text"},
        {"type": "nonsense"},
        {"type": ["url"]},
        {"value": 7},
        {"value": ""},
        {"value": "a" * 9_000},
        {"data": "AAAA"},
    ],
    ids=str,
)
def test_persons_files_and_what_has_no_kind_are_left_with_their_place(changes: dict[str, Any]) -> None:
    event = misp_event(("url", URL))
    event["Event"]["Attribute"][0] |= changes
    [left, _] = read_misp(event, Tlp.AMBER)
    assert isinstance(left, Left)
    assert left.place == "/Event/Attribute/0"


@pytest.mark.parametrize(
    "document", [None, [], {}, {"Event": []}, {"Event": {"Attribute": 7}}, {"Event": {"Tag": "x"}}, {"Event": {"Object": {}}}]
)
def test_what_is_no_event_is_refused(document: Any) -> None:
    with pytest.raises(MalformedInputError):
        list(read_misp(document, Tlp.AMBER))


def test_entries_that_are_no_objects_are_left_or_passed_over() -> None:
    event = {"Event": {"Attribute": [7], "Object": [7], "Tag": [7, {"name": 7}]}}
    [left] = read_misp(event, Tlp.AMBER)
    assert isinstance(left, Left)


def test_what_mispstix_makes_observables_of_is_taken_with_the_same_values() -> None:
    """The oracle of decision 52; of what it has no type for, and puts into objects of its own, we take wallets and numbers."""
    stated = {
        "sha256": "ab" * 32,
        "url": URL,
        "domain": "rooms.example.org",
        "hostname": "chat.example.org",
        "ip-dst": "192.0.2.7",
        "github-username": "example-one",
        "btc": "bc1qsyntheticexampleaddress0117",
        "phone-number": "+15550100",
    }
    event = misp_event(*stated.items())
    converted = json.loads(bundle_of_event(event))["objects"]
    theirs: set[str] = set()
    for one in converted:
        theirs |= {str(one[name]) for name in ("value", "account_login") if name in one and one["type"] in _OBSERVABLES}
        theirs |= set(one.get("hashes", {}).values())
    ours = {one.observable["value"] for one in read_misp(event, Tlp.AMBER) if isinstance(one, Found)}
    own_objects = {one["x_misp_value"] for one in converted if one["type"] == "x-misp-attribute"}
    assert theirs <= ours
    assert len(theirs) >= 7
    assert ours - theirs == own_objects == {stated["btc"], stated["phone-number"]}
    ids = {one["id"] for one in converted if one["type"] in _OBSERVABLES}
    assert all(uuid.UUID(one.partition("--")[2]).version == 4 for one in ids), "not the ids of STIX 2.1 §2.9: nothing would meet"
