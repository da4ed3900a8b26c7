"""The practice collections, over public routes, again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.cli.connection import open_api
from app.cli.sandbox_partners import SANDBOX_PARTNERS
from app.cli.sandbox_practice import GROUPS, NOBODY, READER, SEEDER, WRITER, Practice, practice_record, set_up_practice
from app.cli.sandbox_setup import Setup, set_up_partner
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller

Records = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def records(desk: Desk, operator: Caller, tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The partners that practise."""
    tokens: dict[str, str] = {}
    as_operator = desk.api(operator)
    connect: Callable[[str], Any] = lambda token: open_api(desk.url, token)  # noqa: E731  # one expression says it
    second = desk.api(desk.running.staff(StaffRole.OPERATOR, Permission))
    setup = Setup(as_operator, second, connect, tmp_path_factory.mktemp("keys"), tokens, tokens.__setitem__)
    wanted = [one for one in SANDBOX_PARTNERS if one.name in {WRITER, READER, NOBODY, SEEDER}]
    return {one.name: set_up_partner(setup, one) for one in wanted}


@pytest.fixture
def practice(desk: Desk, operator: Caller, records: Records) -> Practice:
    """What setting up needs, with nothing remembered."""
    return Practice(desk.api(operator), desk.url, records, {}, lambda: None)


def test_set_up_twice_is_set_up_once(practice: Practice) -> None:
    set_up_practice(practice)
    first = dict(practice.known)
    set_up_practice(practice)
    assert practice.known == first


def test_a_set_up_that_was_killed_before_the_seed_was_posted_goes_on_with_the_same_seed(practice: Practice) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        set_up_practice(replace(practice, remember=die))
    seed = practice.known["seed"]
    set_up_practice(practice)
    assert practice.known["seed"] == seed


def test_the_record_names_the_collections_by_what_may_be_done(practice: Practice) -> None:
    set_up_practice(practice)
    record = practice_record(practice.known)
    assert record.keys() == {"rw", "ro", "wo", "hidden", "seed_object", "writer", "reader", "noaccess"}
    assert len({*record["rw"], record["ro"], record["wo"], record["hidden"]}) == 6
    assert (record["writer"], record["reader"], record["noaccess"]) == ("legacy-a", "platform-b", "researcher-a")


def test_nobody_practises_nothing() -> None:
    members = {name for groups in GROUPS.values() for group in groups for name in group.rights}
    assert members == {WRITER, READER, SEEDER}


def test_the_seed_is_signed_by_its_publisher(practice: Practice, records: Records) -> None:
    set_up_practice(practice)
    assert practice.known["seed"]["created_by_ref"] == records[SEEDER]["identity_id"]
    assert "signatures" in str(practice.known["seed"]["extensions"])
