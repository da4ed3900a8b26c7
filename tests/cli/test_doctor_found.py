"""What the doctor saw, as its checks ask for it: two objects of one id are two, and who waits is known."""

from __future__ import annotations

import json
from typing import Any

from app.cli.doctor_found import Found, is_waiting
from app.cli.doctor_hop import Hindrance, Seen
from app.cli.doctor_practice import Namesake

_ID = "indicator--11111111-1111-4111-8111-111111111111"
_NAMESAKE = Namesake(_ID, "identity--2")


def seen(method: str, path: str, answer: Any = None, hindrance: Hindrance | None = None) -> Seen:
    one = Seen(method, f"/api/v1{path}", {}, b"", 0.0, hindrance, 200, json.dumps(answer).encode())
    assert one.path == path
    return one


def page(*owners: str) -> Seen:
    return seen("GET", "/objects", {"objects": [{"id": _ID, "created_by_ref": one} for one in owners], "more": False})


def test_two_objects_of_one_id_are_served_once_both_were() -> None:
    practised = [_ID, _NAMESAKE.name]
    assert Found([page("identity--1")], practised=practised, namesake=_NAMESAKE).unserved() == {_NAMESAKE.name}
    assert Found([page("identity--2")], practised=practised, namesake=_NAMESAKE).unserved() == {_ID}
    assert Found([page("identity--1", "identity--2")], practised=practised, namesake=_NAMESAKE).unserved() == set()


def test_of_two_objects_of_one_id_the_namesake_is_the_one_that_is_answered_for() -> None:
    answer = seen("POST", "/notices/n/acknowledgements", {"versions": [{"stix_id": _ID, "outcome": "deleted"}]})
    assert Found([answer], recalled=[_NAMESAKE.name], namesake=_NAMESAKE).words() == {_NAMESAKE.name: "deleted"}
    assert Found([answer], recalled=[_ID]).words() == {_ID: "deleted"}
    assert Found([answer], recalled=[]).words() == {}


def test_somebody_waits_until_the_same_was_asked_again() -> None:
    busy = seen("GET", "/objects", hindrance=Hindrance.BUSY)
    assert not is_waiting([])
    assert is_waiting([busy, seen("GET", "/notices"), seen("POST", "/objects")])
    assert not is_waiting([busy, seen("GET", "/objects")])
