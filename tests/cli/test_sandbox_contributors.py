"""The synthetic contributors, over public routes, and again; what releases then show, and how it moved."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cli.connection import open_api
from app.cli.sandbox_contributors import (
    COUNT,
    DECLARED,
    EXTORTION,
    LIMITS,
    LIVE,
    MESSAGES,
    RETURNING,
    ROOMS,
    STAGES,
    WARNINGS,
    make_release,
    say_stage,
)
from app.cli.sandbox_setup import Setup
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.policy.aggregates import MOST_NEED
from app.policy.prevention import LEAST_BETWEEN_RELEASES
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner


def test_whatever_is_drawn_a_release_shows_numbers_and_set_up_twice_is_set_up_once(
    desk: Desk, operator: Caller, platform: FakePartner, tmp_path_factory: Any
) -> None:
    tokens: dict[str, str] = {}
    second = desk.api(desk.running.staff(StaffRole.OPERATOR, Permission))
    keys = tmp_path_factory.mktemp("keys")
    setup = Setup(desk.api(operator), second, lambda token: open_api(desk.url, token), keys, tokens, tokens.__setitem__)
    done: list[int] = []
    for stage in (1, 1, 2, 3):
        say_stage(setup, stage, datetime.now(UTC), done.append)
    for _ in range(2):
        make_release(setup, 1)
    assert len(done) == 4 * COUNT
    names = [one["name"] for one in desk.api(operator).get("/partners")["partners"] if one["name"].startswith("synthetic-")]
    assert len(names) == len(set(names)) == COUNT
    told = desk.api(platform).get("/prevention/helped", behaviour=EXTORTION, surface=LIVE)["countermeasures"]
    numbers = {one["code"]: (one["adopted"]["organisations"], one["helped"]["organisations"]) for one in told}
    assert (numbers[WARNINGS], numbers[RETURNING]) == ((19, 12), (7, None))
    picture = desk.api(platform).get("/prevention/picture", surface=LIVE)
    reported = [(one["behaviour"], one["reported"]["organisations"]) for one in picture["behaviours"][:3]]
    assert (picture["on_surface"]["organisations"], reported) == (28, [(ROOMS, 13), ("OP-011", 8), (EXTORTION, 7)])
    here, *_ = desk.api(platform).get("/prevention/picture", surface=MESSAGES)["behaviours"]
    assert (here["behaviour"], here["reported"]["organisations"]) == (EXTORTION, 7)
    assert not [one for one in platform.pull_all() if one.get("name", "").startswith("Synthetic")]


def test_there_are_enough_of_them_for_the_largest_need_at_each_stage() -> None:
    everybody = set(range(COUNT))
    for stage in range(1, len(STAGES) + 1):
        said = [one for one in DECLARED if one.stage <= stage and one.surface == LIVE]
        here = {one.who for one in said}
        for code in (LIMITS, WARNINGS):
            adopted = {one.who for one in said if one.countermeasure == code}
            helped = {one.who for one in said if one.countermeasure == code and one.behaviour}
            for part, whole in ((here, everybody), (adopted, here), *([(helped, adopted)] if helped else ())):
                assert len(part) >= MOST_NEED
                assert len(whole - part) >= MOST_NEED


def test_the_stages_lie_as_far_apart_as_releases_must() -> None:
    apart = [timedelta(days=before - after) for before, after in itertools.pairwise(STAGES)]
    assert min(apart) > LEAST_BETWEEN_RELEASES
    assert STAGES[-1] == 0
