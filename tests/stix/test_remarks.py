"""What is to be known before a form is sent."""

from __future__ import annotations

from typing import Any

import pytest

from app.stix.observation_documents import read_observation
from app.stix.remarks import remarks_on
from tests.factories.observation_forms import form
from tests.factories.policy_values import DAY, NOW

AUDIENCE = {"audience_id": "audience--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"}
HANDLE = {"kind": "handle", "value": "a1"}


def told(document: dict[str, Any], *notes: tuple[str, ...]) -> dict[str, str]:
    read = read_observation(document)
    return {one.pointer: one.sentence for one in remarks_on(read, notes or [()] * len(read.observables), NOW)}


def text(moment: Any) -> str:
    spelled: str = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return spelled


def test_of_an_ordinary_form_there_is_nothing_to_say() -> None:
    assert told(form(HANDLE, who_may_know=AUDIENCE)) == {}


def test_what_may_be_a_childs_is_told_with_what_everybody_reads() -> None:
    found = told(form(HANDLE, who_may_know=AUDIENCE, subject_status="may-be-child"))
    assert found.keys() == {"/what", "/observables/0"}
    assert "no indicator was made" in found["/observables/0"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"who_may_know": AUDIENCE | {"tlp": "red"}}, "/who_may_know/tlp"),
        ({"who_may_know": AUDIENCE | {"tlp": "green"}}, "/who_may_know/tlp"),
        ({"who_may_know": {}}, "/who_may_know"),
        ({"who_may_know": AUDIENCE | {"group_id": "2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"}}, "/who_may_know/group_id"),
        ({"who_may_know": AUDIENCE, "urgency": "imminent-risk"}, "/urgency"),
        ({"who_may_know": AUDIENCE, "review": "unreviewed"}, "/review"),
        ({"who_may_know": AUDIENCE, "review": None}, "/review"),
    ],
)
def test_each_thing_is_told_where_it_stands(changes: dict[str, Any], pointer: str) -> None:
    assert told(form(HANDLE, **changes)).keys() == {pointer}


def test_what_was_left_out_of_a_value_is_told() -> None:
    assert told(form(HANDLE, who_may_know=AUDIENCE), ("Left out.",)) == {"/observables/0/value": "Left out."}


def test_a_term_is_told_to_go_to_fewer() -> None:
    assert "narrower" in told(form({"kind": "keyword-term", "value": "term"}, who_may_know=AUDIENCE))["/observables/0"]


def test_what_is_too_old_to_detect_and_what_does_not_live_so_long_is_told() -> None:
    address = {"kind": "ip", "value": "192.0.2.17"}
    old = {"last": text(NOW - 20 * DAY)}
    assert "too long ago" in told(form(address, who_may_know=AUDIENCE, seen=old))["/observables/0"]
    assert told(form(address | {"role": "context"}, who_may_know=AUDIENCE, seen=old)) == {}
    assert "shorter" in told(form(address, who_may_know=AUDIENCE, valid_until=text(NOW + 90 * DAY)))["/observables/0"]
    assert told(form(address, who_may_know=AUDIENCE, valid_until=text(NOW + DAY))) == {}
