"""The synthetic contributors, over public routes, and again; what a release then shows."""

from __future__ import annotations

from typing import Any

from app.cli.connection import open_api
from app.cli.sandbox_contributors import BEHAVIOUR, CONTRIBUTORS, HOSTS, LIMITS, SURFACE, set_up_contributors
from app.cli.sandbox_setup import Setup
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.policy.aggregates import MOST_NEED
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
    assert set_up_contributors(setup, done.append) == 1
    assert set_up_contributors(setup, done.append) == 1
    assert len(done) == 2 * len(CONTRIBUTORS)
    names = [one["name"] for one in desk.api(operator).get("/partners")["partners"] if one["name"].startswith("synthetic-")]
    assert len(names) == len(set(names)) == len(CONTRIBUTORS)
    told = desk.api(platform).get("/prevention/helped", behaviour=BEHAVIOUR, surface=SURFACE)["countermeasures"]
    numbers = {one["code"]: (one["adopted"]["organisations"], one["helped"]["organisations"]) for one in told}
    assert (numbers[LIMITS], numbers[HOSTS]) == ((15, 8), (12, None))
    picture = desk.api(platform).get("/prevention/picture", surface=SURFACE)
    [rooms] = [one for one in picture["behaviours"] if one["behaviour"] == BEHAVIOUR]
    assert rooms["reported"]["organisations"] == 8
    assert not [one for one in platform.pull_all() if one.get("name", "").startswith("Synthetic")]


def test_there_are_enough_of_them_for_the_largest_need() -> None:
    adopted = [one for one in CONTRIBUTORS if LIMITS in one.adopted]
    helped = [one for one in adopted if one.adopted[LIMITS]]
    reports = [one for one in CONTRIBUTORS if one.reports]
    for part, whole in ((adopted, CONTRIBUTORS), (helped, adopted), (reports, CONTRIBUTORS)):
        assert len(part) >= MOST_NEED
        assert len(whole) - len(part) >= MOST_NEED
