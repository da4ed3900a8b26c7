from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.services.signing_in.look_up_recoveries import get_recovery, list_recoveries, own_recoveries, recoverable
from app.services.signing_in.recover import agree_to_recovery
from tests.factories.members import Hub
from tests.services.signing_in.test_recover import Office, office_of, signed_in


@pytest.fixture
def office(quick_hub: Hub) -> Office:
    return office_of(quick_hub)


def test_the_second_administrator_can_agree_and_the_first_can_take_back(office: Office) -> None:
    exchange, proposed = office.hub.exchange, office.propose()
    first = get_recovery(exchange, office.administrator, proposed.recovery_id)
    second = get_recovery(exchange, signed_in(office.second), proposed.recovery_id)
    assert (first.can_agree, first.can_refuse) == (False, True)
    assert (second.can_agree, second.can_refuse) == (True, True)
    assert second.name == "Somebody else"


def test_operators_are_told_where_one_of_them_is_needed(office: Office) -> None:
    exchange, operator = office.hub.exchange, office.hub.operator
    office.propose()
    assert list_recoveries(exchange, operator) == []
    needed = office.propose(whom=office.second.person_id)
    [shown] = list_recoveries(exchange, operator)
    assert (shown.recovery, shown.can_agree) == (needed, True)
    assert len(list_recoveries(exchange, office.administrator)) == 2


def test_everybody_sees_their_own_and_who_decided(office: Office) -> None:
    exchange, proposed = office.hub.exchange, office.propose()
    agree_to_recovery(exchange, signed_in(office.second), proposed.recovery_id)
    [own] = own_recoveries(exchange, signed_in(office.analyst))
    assert (own.decided_by, own.can_refuse, own.can_agree) == ("Somebody else", True, False)
    assert own_recoveries(exchange, office.administrator) == []


def test_those_who_set_up_how_they_sign_in_can_be_proposed_but_oneself(office: Office) -> None:
    exchange = office.hub.exchange
    found = {one.person_id for one in recoverable(exchange, office.administrator)}
    assert found == {office.second.person_id, office.analyst.person_id}
    partner_id = str(office.administrator.credential.partner_id)
    for_operators = {one.person_id for one in recoverable(exchange, office.hub.operator, partner_id)}
    assert for_operators == {office.first.person_id, office.second.person_id}, "of others the two decide by themselves"
    with pytest.raises(NotFoundError):
        recoverable(exchange, office.administrator, "another")
