"""A child or victim described inside a member is found however deep; trees, organisations and statistics are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import ForbiddenContentError
from app.stix.child_holders import MOST_MEMBERS, Budget, holds_description, is_role
from app.stix.person_data import check_person_data
from tests.factories.runaway import no_runaway

DESCRIBED: list[dict[str, Any]] = [
    {"x_child": {"name": "Ann Example", "age": 9}},
    {"child": {"name": "Ann"}},
    {"child": {"first_name": "Ann"}},
    {"child": {"photo": "a"}},
    {"child": {"phone": "a"}},
    {"x_victim": {"name": "Ann", "age": 9}},
    {"victim": {"surname": "Example"}},
    {"victim": {"gender": "f", "age": 9}},
    {"x_minor": {"first_name": "Ann"}},
    {"x_kid": {"nickname": "A"}},
    {"x_girl": {"name": "Ann"}},
    {"minors": [{"user": "a", "city": "b", "age": 9}]},
    {"x_case": {"child": {"age": 9}}},
    {"x_case": {"children": [[{"details": {"age": 9}}]]}},
    {"x_victims": {"1": {"age": 9}}},
    {"x_victim": "Ann Example, aged 9"},
    {"x_victims": ["Ann, 9 years old"]},
    {"x_victim": "Ann (9)"},
    {"x_child": "Ann Example"},
    {"x_person": {"name": "Ann", "age": 9, "role": "victim"}},
    {"x_people": [{"name": "Bob", "role": "host"}, {"first_name": "Ann", "type": "child"}]},
    {"extensions": {"extension-definition--9b2b6c3e-2a44-4f0c-8d11-6a3f5b7c9d01": {"child": {"name": "Ann", "age": 9}}}},
    {"x_opfer": {"vorname": "A"}},
    {"x_enfant": {"âge": 9}},
    {"x_ребёнок": {"имя": "a"}},
    {"x_niña": {"edad": 9}},
    {"x_child": {"name": "Ann", "age": 9, "size": 120}},
    {"x_victim": {"name": "Ann", "age": 9, "company": "a"}},
    {"x_process_tree": {"child": {"first_name": "Ann"}}},
]
LEFT_ALONE: list[dict[str, Any]] = [
    {"x_parent_child": {"name": "proc"}},
    {"x_parentChild": [{"name": "proc"}]},
    {"x_child_process": {"name": "cmd.exe", "image": "C:/cmd.exe"}},
    {"x_process": {"name": "explorer.exe", "child": {"name": "cmd.exe"}}},
    {"x_run": {"parent": {"name": "explorer.exe"}, "child": {"name": "cmd.exe"}}},
    {"x_run": {"child": {"name": "cmd.exe", "pid": 4711, "username": "root"}}},
    {"x_taxonomy": {"name": "all", "children": [{"name": "a", "children": [{"name": "b"}]}, {"name": "c"}]}},
    {"x_nodes": [{"id": 1, "children": [{"id": 2, "name": "b"}]}]},
    {"x_node": {"type": "child", "name": "b", "path": "/a/b"}},
    {"x_version": {"major": {"name": "12"}, "minor": {"name": "3"}}},
    {"x_victim": {"name": "Example Bank (synthetic)", "sector": "finance", "country": "ZZ"}},
    {"x_victims": [{"name": "Example Bank (synthetic)", "industry": "finance", "website": "https://example.org"}]},
    {"x_victim": "Example Bank (synthetic)"},
    {"x_victims": {"count": 12, "by_country": {"ZZ": 12}}},
    {"x_victims": {"age": {"8-11": 4, "12-15": 8}, "gender": {"f": 9, "m": 3}}},
    {"x_victims": "12, aged 8 to 11"},
    {"x_child_age_range": {"min": 8, "name": "primary"}},
    {"x_child_accounts": {"default": "private", "name": "policy 7"}},
    {"x_child_safety_contact": {"name": "Desk"}},
    {"x_victim_support": {"name": "Example Helpline"}},
    {"x_child": {"name": True, "age": False}},
    {"x_child": "process--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"},
    {"x_minor": 3},
    {"x_child_ref": "a", "x_children": ["a", "b"]},
    {"x_offer": {"name": "a", "age": 3}},
    {"kill_chain_phases": [{"kill_chain_name": "a", "phase_name": "victim"}]},
    {"x_people": [{"name": "Bob", "role": "host"}]},
]


@pytest.mark.parametrize("value", DESCRIBED, ids=str)
def test_a_described_child_is_found(value: dict[str, Any]) -> None:
    for told in (value, {"type": "note", "object_refs": [], "size": 1, **value}, {"type": "note", "x_a": [{"b": value}]}):
        with pytest.raises(ForbiddenContentError):
            check_person_data(told)


@pytest.mark.parametrize("value", LEFT_ALONE, ids=str)
def test_it_is_left_alone(value: dict[str, Any]) -> None:
    check_person_data(value)
    check_person_data({"type": "note", "x_a": [{"b": value}]})


def test_a_role_says_nothing_of_the_name_that_stix_gives_an_object() -> None:
    check_person_data({"type": "campaign", "name": "A", "x_kind": "victim"})


def test_a_tree_of_many_branches_is_left_alone() -> None:
    check_person_data(
        {"x_tree": {"name": "r", "children": [{"name": f"n{at}", "children": [{"name": "l"}]} for at in range(2_000)]}}
    )


@pytest.mark.parametrize(
    ("name", "text", "expected"), [("role", "Victim", True), ("x_type", "child", True), ("role", "host", False)]
)
def test_a_role_is_told_by_its_word(name: str, text: str, *, expected: bool) -> None:
    assert is_role(name, text) is expected
    assert not is_role("content", text)


def test_more_members_than_are_looked_at_are_too_many() -> None:
    member = [{"a": 1}] * MOST_MEMBERS
    assert holds_description("x_child", member, {}, (), Budget())
    assert not holds_description("x_child", member[:1_000], {}, (), Budget())


@pytest.mark.parametrize(
    "value",
    [
        {f"x_child_{at}": {"name": "a", "pid": 1} for at in range(4_900)},
        {"x": [{"child": {"name": "a", "pid": 1}} for _ in range(20_000)]},
        {"x": [{"role": "child", "name": "a", "pid": 1} for _ in range(20_000)]},
        {"x_child": ["a" * 400] * 2_000},
    ],
    ids=["many holders", "many lists", "many roles", "many texts"],
)
def test_a_hostile_object_takes_little_time(value: dict[str, Any]) -> None:
    with no_runaway():
        try:
            check_person_data(value)
        except ForbiddenContentError:
            return
