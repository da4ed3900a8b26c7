"""What somebody tries who wants to learn who looks into whom: a third agency, odd points, repeated requests."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Purpose
from app.services.answer_once import key_use
from app.services.overlapping.deconflict import list_interests, register_interests, withdraw_interest
from app.services.overlapping.evaluate import evaluate, evaluation_terms
from breakwater_client.trust.strict_base64 import encode_base64url
from tests.crypto.test_ristretto import HOSTILE
from tests.factories.agencies import agency, desk, interests_of, matches, register
from tests.factories.blinded import element
from tests.factories.members import Hub, Member

PHONE, OTHER = "15550100", "15550101"


@pytest.fixture
def agencies(quick_hub: Hub) -> list[Member]:
    return [agency(quick_hub, f"Agency {name}") for name in ("North", "South", "West")]


def test_a_third_that_registers_to_learn_is_learned_of_by_both_and_withdrawing_undoes_nothing(
    quick_hub: Hub, agencies: list[Member]
) -> None:
    north, south, third = agencies
    register(north, PHONE)
    register(south, PHONE)
    [probe] = register(third, PHONE)
    withdraw_interest(quick_hub.exchange, third.principal, probe.interest_id)
    assert {one.contact for one in matches(third)} == {desk(north), desk(south)}
    assert {one.contact for one in matches(north)} == {desk(south), desk(third)}
    assert {one.contact for one in matches(south)} == {desk(north), desk(third)}


def test_a_request_that_is_repeated_after_a_withdrawal_registers_nothing_anew(quick_hub: Hub, agencies: list[Member]) -> None:
    north, south, _ = agencies
    new = interests_of(north, PHONE)
    use = key_use(north.principal, "a-key-of-one-use", "deconfliction", b"")
    [made] = register_interests(quick_hub.exchange, north.principal, new, Purpose.INVESTIGATION, use)
    withdraw_interest(quick_hub.exchange, north.principal, made.interest_id)
    register_interests(quick_hub.exchange, north.principal, new, Purpose.INVESTIGATION, use)
    register(south, PHONE)
    assert matches(south) == []
    assert all(one.ended_at is not None for one in list_interests(quick_hub.exchange, north.principal))


@pytest.mark.parametrize("encoding", HOSTILE)
def test_points_that_are_none_cost_nothing(quick_hub: Hub, publisher: Member, encoding: str) -> None:
    terms = evaluation_terms(quick_hub.exchange, publisher.principal)
    sent = [element(), encode_base64url(bytes.fromhex(encoding))]
    with pytest.raises(MalformedInputError) as refusal:
        evaluate(quick_hub.exchange, publisher.principal, terms.epoch, sent, Purpose.INVESTIGATION)
    assert refusal.value.pointer == "/elements/1"
    assert evaluation_terms(quick_hub.exchange, publisher.principal) == terms


def test_the_same_element_twice_is_counted_twice_and_another_credential_spends_of_the_same_budget(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    terms = evaluation_terms(quick_hub.exchange, publisher.principal)
    evaluate(quick_hub.exchange, publisher.principal, terms.epoch, [element()] * 2, Purpose.INVESTIGATION)
    second = publisher.principal_with(scopes=publisher.principal.credential.scopes)
    evaluate(quick_hub.exchange, second, terms.epoch, [element()], Purpose.INVESTIGATION)
    left = [evaluation_terms(quick_hub.exchange, one).left_today for one in (publisher.principal, second, other.principal)]
    assert left == [terms.left_today - 3, terms.left_today - 3, terms.left_today]


def test_a_third_reads_by_the_same_statements_whether_two_others_met(quick_hub: Hub, agencies: list[Member]) -> None:
    north, south, third = agencies
    register(third, OTHER)
    register(north, PHONE)
    seen: list[str] = []
    engine = quick_hub.exchange.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))

    def statements() -> list[str]:
        seen.clear()
        matches(third)
        list_interests(quick_hub.exchange, third.principal)
        register(third, OTHER)
        return [*seen]

    apart = statements()
    register(south, PHONE)
    assert len(matches(north)) == 1, "they must have met"
    assert statements() == apart
