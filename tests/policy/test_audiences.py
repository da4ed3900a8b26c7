"""Keeps whom one audience reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.handling import GroupShare
from app.domain.vocabulary import Role
from app.policy.audiences import admits, excludes, is_nobody, may_admit, names, reaches_only, stands_in
from tests.factories.policy_values import VIEWER_ID, empty_audience, viewer

ANYBODY: dict[str, Any] = {"roles": frozenset({"any"}), "jurisdictions": frozenset({"any"})}


@pytest.mark.parametrize(
    ("says", "admitted"),
    [
        pytest.param({}, False, id="empty is nobody"),
        pytest.param({"roles": {"platform"}}, False, id="a role alone is not enough"),
        pytest.param({"roles": {"any"}}, False, id="any role alone is not enough"),
        pytest.param({"jurisdictions": {"GB"}}, False, id="a jurisdiction alone is not enough"),
        pytest.param({"jurisdictions": {"any"}}, False, id="any jurisdiction alone is not enough"),
        pytest.param({"roles": {"platform"}, "jurisdictions": {"GB"}}, True, id="role and jurisdiction"),
        pytest.param({"roles": {"hotline", "platform"}, "jurisdictions": {"IE", "GB"}}, True, id="among several"),
        pytest.param({"roles": {"hotline"}, "jurisdictions": {"GB"}}, False, id="another role"),
        pytest.param({"roles": {"platform"}, "jurisdictions": {"IE"}}, False, id="another jurisdiction"),
        pytest.param({"roles": {"any"}, "jurisdictions": {"GB"}}, True, id="any role in the jurisdiction"),
        pytest.param({"roles": {"any"}, "jurisdictions": {"IE"}}, False, id="any role, another jurisdiction"),
        pytest.param({"roles": {"platform"}, "jurisdictions": {"any"}}, True, id="the role in any jurisdiction"),
        pytest.param({"roles": {"hotline"}, "jurisdictions": {"any"}}, False, id="another role in any jurisdiction"),
        pytest.param({"roles": {"platform"}, "jurisdictions": {"gb"}}, False, id="codes are compared exactly"),
        pytest.param({"partners_in": {VIEWER_ID}}, True, id="named"),
        pytest.param({"partners_in": {"partner-platform-c"}}, False, id="another is named"),
        pytest.param({"partners_in": {"any"}}, False, id="any is no partner"),
        pytest.param({"partners_in": {VIEWER_ID}, "roles": {"hotline"}, "jurisdictions": {"IE"}}, True, id="named beside a list"),
        pytest.param({"partners_out": {VIEWER_ID}}, False, id="kept out of nothing"),
        pytest.param({"partners_in": {VIEWER_ID}, "partners_out": {VIEWER_ID}}, False, id="kept out though named"),
        pytest.param(ANYBODY | {"partners_out": {VIEWER_ID}}, False, id="kept out of anybody"),
        pytest.param(ANYBODY | {"partners_out": {"partner-platform-c"}}, True, id="another is kept out"),
        pytest.param(ANYBODY | {"partners_out": {"any"}}, True, id="any keeps nobody out"),
    ],
)
def test_an_audience_admits_by_name_or_by_role_and_jurisdiction(says: dict[str, set[str]], *, admitted: bool) -> None:
    stated = empty_audience(**{field: frozenset(words) for field, words in says.items()})
    assert admits(stated, viewer(role=Role.PLATFORM, jurisdiction="GB")) is admitted


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ({}, False),
        (ANYBODY, False),
        ({"partners_in": frozenset({VIEWER_ID})}, True),
        ({"partners_in": frozenset({"partner-platform-c"})}, False),
        ({"partners_in": frozenset({VIEWER_ID}), "partners_out": frozenset({VIEWER_ID})}, False),
    ],
)
def test_only_a_name_names(says: dict[str, frozenset[str]], *, named: bool) -> None:
    assert names(empty_audience(**says), viewer()) is named


SHARE = GroupShare("group-a", 2)


@pytest.mark.parametrize(
    ("reads", "says", "named"),
    [
        pytest.param({"group-a": 0}, {}, True, id="who reads the group from its start"),
        pytest.param({"group-a": 2}, {}, True, id="who joined just before"),
        pytest.param({"group-a": 3}, {}, False, id="who joined later"),
        pytest.param({"group-b": 0}, {}, False, id="who reads another group"),
        pytest.param({}, {}, False, id="who reads none"),
        pytest.param({"group-a": 0}, {"partners_out": frozenset({VIEWER_ID})}, False, id="who is kept out"),
        pytest.param({"group-b": 0}, {"groups": frozenset({SHARE, GroupShare("group-b", 0)})}, True, id="one of two is enough"),
    ],
)
def test_a_group_admits_and_names_who_reads_it(reads: dict[str, int], says: dict[str, Any], *, named: bool) -> None:
    stated = empty_audience(**{"groups": frozenset({SHARE})} | says)
    assert names(stated, viewer(groups=reads)) is named
    assert admits(stated, viewer(groups=reads)) is named


def test_a_group_reaches_not_only_law_enforcement() -> None:
    stated = empty_audience(roles=frozenset({"law-enforcement"}), groups=frozenset({SHARE}))
    assert not reaches_only(stated, Role.LAW_ENFORCEMENT, frozenset())


def test_exclusion_is_by_name() -> None:
    assert excludes(empty_audience(partners_out=frozenset({VIEWER_ID})), VIEWER_ID)
    assert not excludes(empty_audience(partners_out=frozenset({"partner-platform-c"})), VIEWER_ID)


def test_an_empty_list_has_no_word() -> None:
    assert not stands_in("platform", frozenset())
    assert stands_in("platform", frozenset({"platform"}))
    assert stands_in("platform", frozenset({"any"}))


@pytest.mark.parametrize(
    ("says", "only"),
    [
        pytest.param({}, False, id="nobody is not law enforcement"),
        pytest.param({"roles": {"law-enforcement"}, "jurisdictions": {"any"}}, True, id="the role"),
        pytest.param({"roles": {"law-enforcement", "hotline"}}, False, id="another role beside it"),
        pytest.param({"roles": {"any"}}, False, id="any role"),
        pytest.param({"partners_in": {"agency"}}, True, id="one that has the role, by name"),
        pytest.param({"partners_in": {"agency", "platform"}}, False, id="one that has another, by name"),
        pytest.param({"partners_in": {"agency", "platform"}, "partners_out": {"platform"}}, True, id="named and kept out"),
        pytest.param({"partners_in": {"platform"}, "partners_out": {"platform"}}, False, id="all that are named kept out"),
        pytest.param({"roles": {"law-enforcement"}, "partners_in": {"platform"}}, False, id="the role, and another by name"),
    ],
)
def test_an_audience_reaches_only_a_role(says: dict[str, Any], *, only: bool) -> None:
    lists = {name: frozenset(words) for name, words in says.items()}
    assert reaches_only(replace(empty_audience(), **lists), Role.LAW_ENFORCEMENT, frozenset({"agency"})) is only


@pytest.mark.parametrize(
    ("says", "room", "nobody"),
    [
        pytest.param({}, False, True, id="empty"),
        pytest.param({"roles": {"hotline"}}, False, True, id="a role alone"),
        pytest.param({"jurisdictions": {"GB"}}, False, True, id="a jurisdiction alone"),
        pytest.param({"roles": {"hotline"}, "jurisdictions": {"IE"}}, True, False, id="a role that it has or has not"),
        pytest.param({**ANYBODY, "partners_out": {VIEWER_ID}}, False, False, id="kept out by name"),
        pytest.param({"partners_in": {VIEWER_ID}}, True, False, id="named"),
        pytest.param({"partners_in": {"partner-platform-c"}}, False, False, id="another is named"),
        pytest.param({"partners_in": {VIEWER_ID}, "partners_out": {VIEWER_ID}}, False, True, id="named and kept out"),
        pytest.param({"groups": {GroupShare("group-a", 0)}}, False, False, id="a group"),
    ],
)
def test_an_audience_may_admit_a_partner_of_which_the_id_alone_is_known(
    says: dict[str, Any], *, room: bool, nobody: bool
) -> None:
    lists = {name: frozenset(words) for name, words in says.items()}
    one = replace(empty_audience(), **lists)
    assert (may_admit(one, VIEWER_ID), is_nobody(one)) == (room, nobody)
