"""The name of a protected account stands in nothing that goes to more people, however it is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.composed import Tier
from app.stix.compose import compose
from app.stix.disguises import letters_alone
from app.stix.observation_documents import read_observation
from tests.factories.observation_forms import form, writing

HANDLE = {"kind": "handle", "value": "zqrose_77"}
ADULT = {"subject_status": "adult-believed"}
NAME = "zqrose77"


def refused(*observables: dict[str, Any], title: str = "Rooms", **changes: Any) -> set[str | None]:
    what = {"title": title, "harm_types": ["csam"]}
    found = compose(read_observation(form(*observables, what=what, subject_status="may-be-child", **changes)), writing())
    assert not any(NAME in letters_alone(one.sentence) for one in found.refusals)
    return {one.pointer for one in found.refusals}


@pytest.mark.parametrize(
    "text",
    [
        "zqrose 77",
        "zqrose77",
        "z.qrose_77",
        "zqrose_77s",
        "zq\u200brose_77",
        "zqr\u043ese_77",
        "zqro\u0301se_77",
        "zqrose\u203f77",
        "zqr0se_77",
        "zqro5e_77",
        "zqrose and then 77",
        "enFyb3NlXzc3",
        "zqr&#111;se_77",
        "xn--zqrse77-c1a",
    ],
)
def test_no_spelling_of_it_stands_in_the_title(text: str) -> None:
    assert refused(HANDLE, title=f"Threats to {text}") == {"/what/title"}


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "url", "value": "https://chat.example.org/u/zqrose_77"} | ADULT,
        {"kind": "url", "value": "https://chat.example.org/u/zqr%6Fse_77"} | ADULT,
        {"kind": "url", "value": "https://chat.example.org/u/zqr%25256Fse_77"} | ADULT,
        {"kind": "url", "value": "https://zqrose_77@chat.example.org/u"} | ADULT,
        {"kind": "url", "value": "https://chat.example.org/u?a=zqrose&b=77"} | ADULT,
        {"kind": "url", "value": "https://xn--zqrse77-cjg.example.org/u"} | ADULT,
        {"kind": "invite-link", "value": "https://chat.example.org/join/zq-rose-77"} | ADULT,
        {"kind": "domain", "value": "xn--zqrse77-c1a.example.org"} | ADULT,
        {"kind": "handle", "value": "zqr\u00f8se_77"} | ADULT,
        {"kind": "account-id", "value": "zqr0se_77"} | ADULT,
        {"kind": "text-rule", "value": r"\x7aqrose_77"},
        {"kind": "text-rule", "value": r"zq\W*rose\W{0,2}77"},
        {"kind": "account-id", "value": "zqrose_77"} | ADULT,
        {"kind": "room-or-stream-id", "value": "room-zqrose_77"} | ADULT,
        {"kind": "domain", "value": "zqrose-77.example.org"} | ADULT,
        {"kind": "keyword-term", "value": "zqrose_77"},
        {"kind": "text-rule", "value": "zqrose_[0-9]7"},
    ],
)
def test_nothing_else_carries_it(other: dict[str, Any]) -> None:
    assert refused(HANDLE, other) == {"/observables/1/value"}


def test_services_and_reports_do_not_carry_it() -> None:
    report = {"body": "Police", "reported_at": "2026-01-01T00:00:00Z", "reference": "zqrose-77"}
    assert refused(HANDLE, already_reported_to=[report]) == {"/already_reported_to/0/reference"}
    assert refused(HANDLE, {"kind": "handle", "value": "other_1", "service": "zqrose 77"} | ADULT) == {"/observables/1/service"}


def test_a_short_name_is_found_by_itself_alone() -> None:
    short = HANDLE | {"value": "zq"}
    assert refused(short, {"kind": "account-id", "value": "zq1"} | ADULT) == set()
    assert refused(short, {"kind": "account-id", "value": "ZQ"} | ADULT) == {"/observables/1/value"}


_NEAR = st.lists(st.sampled_from(["zqrose", "77", "_", ".", "\u200b", "a", "7", " "]), min_size=1, max_size=5).map("".join)


@settings(max_examples=60, deadline=None)
@given(_NEAR, st.sampled_from(["url", "account-id", "room-or-stream-id", "keyword-term", "text-rule"]), _NEAR)
def test_no_object_for_others_holds_a_protected_name(value: str, kind: str, title: str) -> None:
    text = f"https://chat.example.org/{value}" if kind == "url" else value
    other = {"kind": kind, "value": text} | (ADULT if kind in ("url", "account-id", "room-or-stream-id") else {})
    what = {"title": f"Rooms {title}", "harm_types": ["csam"]}
    found = compose(read_observation(form(HANDLE, other, what=what, subject_status="may-be-child")), writing())
    for one in found.made:
        if one.tier is not Tier.PROTECTED:
            assert NAME not in letters_alone(json.dumps(one.value, ensure_ascii=False))
