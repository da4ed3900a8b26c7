from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.agreement import Agreement
from app.domain.errors import ConflictError, ForbiddenError
from app.domain.vocabulary import Purpose
from app.services.answer_once import key_use
from app.services.approval.decide import Decision
from app.services.carry_out import approve
from app.services.membership.change_policy import list_agreements, own_terms
from app.services.membership.suspend_agreement import end_agreement, propose_resumption, suspend_agreement
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY, NOW

STOPS = [suspend_agreement, end_agreement]


def test_a_suspended_agreement_has_its_terms_and_allows_nothing(quick_hub: Hub, publisher: Member) -> None:
    first = publisher.agree(purposes=frozenset({Purpose.AUDIT}))
    publisher.agree(starts_at=NOW + DAY)
    quick_hub.clock.pass_time(DAY / 2)
    made = suspend_agreement(quick_hub.exchange, quick_hub.operator, publisher.id)
    now = quick_hub.clock.now
    who = quick_hub.operator.credential.credential_id
    assert made == replace(first, version=4, starts_at=now, created_at=now, created_by=who, is_suspended=True)
    quick_hub.clock.pass_time(DAY)
    assert own_terms(quick_hub.exchange, publisher.principal).agreement is None, "what was to come is stopped too"


def test_what_is_only_to_come_is_stopped_as_well(quick_hub: Hub, publisher: Member) -> None:
    publisher.agree(ends_at=NOW + DAY)
    publisher.agree(starts_at=NOW + 3 * DAY)
    quick_hub.clock.pass_time(2 * DAY)
    suspend_agreement(quick_hub.exchange, quick_hub.operator, publisher.id)
    quick_hub.clock.pass_time(2 * DAY)
    assert own_terms(quick_hub.exchange, publisher.principal).agreement is None


def test_two_persons_let_it_live_again_as_it_was(quick_hub: Hub, publisher: Member) -> None:
    before = list_agreements(quick_hub.exchange, publisher.principal, None)[-1]
    suspend_agreement(quick_hub.exchange, quick_hub.operator, publisher.id)
    proposed = propose_resumption(quick_hub.exchange, quick_hub.operator, publisher.id, "It was looked into.")
    second = quick_hub.another_operator()
    approve(quick_hub.exchange, second, Decision(proposed.approval_id, "Agreed.", proposed.digest))
    after = own_terms(quick_hub.exchange, publisher.principal).agreement
    assert after == replace(before, version=3, created_by=second.credential.credential_id)


@pytest.mark.parametrize("stop", STOPS)
def test_only_operators_stop_agreements(quick_hub: Hub, publisher: Member, stop: Callable[..., Agreement]) -> None:
    with pytest.raises(ForbiddenError):
        stop(quick_hub.exchange, publisher.principal, publisher.id)


@pytest.mark.parametrize("stop", STOPS)
def test_a_repeated_request_stops_once(quick_hub: Hub, publisher: Member, stop: Callable[..., Agreement]) -> None:
    use = key_use(quick_hub.operator, "agreements/x", "key-1", b"body")
    first = stop(quick_hub.exchange, quick_hub.operator, publisher.id, use)
    assert stop(quick_hub.exchange, quick_hub.operator, publisher.id, use) == first
    assert len(list_agreements(quick_hub.exchange, publisher.principal, None)) == 2


def test_a_repeated_request_proposes_once(quick_hub: Hub, publisher: Member) -> None:
    use = key_use(quick_hub.operator, "agreements/x", "key-1", b"body")
    suspend_agreement(quick_hub.exchange, quick_hub.operator, publisher.id)
    first = propose_resumption(quick_hub.exchange, quick_hub.operator, publisher.id, "Once.", use)
    assert propose_resumption(quick_hub.exchange, quick_hub.operator, publisher.id, "Once.", use) == first


def test_what_has_ended_is_neither_ended_nor_suspended(quick_hub: Hub, publisher: Member) -> None:
    end_agreement(quick_hub.exchange, quick_hub.operator, publisher.id)
    for stop in STOPS:
        with pytest.raises(ConflictError, match="has ended"):
            stop(quick_hub.exchange, quick_hub.operator, publisher.id)
