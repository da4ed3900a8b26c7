"""One page of an object: one look, one question, one row of the ledger, and no way to guess what others list."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.services.limiting.ask import look_ups_left
from app.services.showing.look_around import ObjectInContext, look_around
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, report, stix_id, user_account


def seen(member: Member, stix_id: str) -> ObjectInContext:
    """Look at an object as a person of a partner does."""
    return look_around(member.hub.exchange, member.reader(), stix_id)


def test_what_stands_around_it_is_given_from_both_sides(hub: Hub) -> None:
    one, another = hub.enrol("A"), hub.enrol("B")
    value = indicator()
    told = report([value["id"]])
    one.store(value, told)
    found = seen(another, value["id"])
    assert [each.value["name"] for each in found.stated] == [value["name"]]
    assert {each.stix_id for each in found.said.found} == {value["id"], told["id"]}
    assert set(seen(another, told["id"]).around) == {value["id"]}
    assert len(found.version_ids) == 2


def test_absent_is_not_found(hub: Hub) -> None:
    member = hub.enrol("A")
    with pytest.raises(NotFoundError):
        seen(member, stix_id("indicator"))


def test_of_observables_its_own_publishers_statements_are_given_and_each_page_is_one_question(hub: Hub) -> None:
    one, another = hub.enrol("A"), hub.enrol("B")
    account = user_account()
    one.store(account)
    told, guess = report([account["id"]]), report([account["id"]])
    one.store(told)
    another.store(guess)
    assert set(seen(one, told["id"]).around) == {account["id"]}
    assert seen(another, guess["id"]).around == {}
    before = look_ups_left(one.hub.exchange, one.principal)
    seen(one, account["id"])
    assert look_ups_left(one.hub.exchange, one.principal) == before - 1
