"""Keeps who counts as a person of the exchange."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.partner import ExchangeKey, PartnerKey, Person, Principal, ServiceAccount
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage, StaffRole
from tests.factories.policy_values import NOW, SECOND, VIEWER_ID, credential, partner

OPERATOR = Person(person_id="person-operator-a", name="Operator A", partner_id=None, staff_roles=frozenset({StaffRole.OPERATOR}))
MEMBER = replace(OPERATOR, person_id="person-analyst-a", partner_id=VIEWER_ID)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        pytest.param(Principal(credential(), None, OPERATOR), True, id="a person of the exchange"),
        pytest.param(Principal(credential(), None, replace(OPERATOR, staff_roles=frozenset())), True, id="even without a role"),
        pytest.param(Principal(credential(), partner(), None), False, id="a partner's service"),
        pytest.param(Principal(credential(), partner(), MEMBER), False, id="a partner's person"),
        pytest.param(Principal(credential(), None, MEMBER), False, id="a partner's person whose partner was not loaded"),
        pytest.param(Principal(credential(), partner(), OPERATOR), False, id="a person of the exchange acting for a partner"),
        pytest.param(Principal(credential(), None, None), False, id="nobody"),
    ],
)
def test_staff_is_a_person_of_the_exchange_and_no_partners(principal: Principal, *, expected: bool) -> None:
    assert principal.is_staff is expected


def test_a_person_has_no_staff_role_unless_given() -> None:
    assert Person(person_id="person-1", name="A", partner_id=VIEWER_ID).staff_roles == frozenset()


def test_a_key_is_open_ended_and_uncompromised_unless_stated() -> None:
    key = PartnerKey("00", VIEWER_ID, KeyUsage.OBJECT_SIGNING, KeyAlgorithm.ED25519, b"", KeyState.PENDING, NOW, NOW)
    assert (key.not_before, key.not_after, key.compromised_since) == (None, None, None)


def test_a_credential_is_not_revoked_unless_stated() -> None:
    assert credential().revoked_at is None


def test_partners_and_accounts_are_values() -> None:
    assert partner() == partner()
    assert hash(partner()) == hash(partner())
    assert ServiceAccount("account-1", "feed reader", VIEWER_ID) == ServiceAccount("account-1", "feed reader", VIEWER_ID)


ACTIVE_KEY = PartnerKey("00", VIEWER_ID, KeyUsage.OBJECT_SIGNING, KeyAlgorithm.ED25519, b"", KeyState.ACTIVE, NOW, NOW)


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        pytest.param({}, True, id="open-ended"),
        pytest.param({"not_before": NOW}, True, id="from now on"),
        pytest.param({"not_before": NOW + SECOND}, False, id="from a second on"),
        pytest.param({"not_after": NOW}, False, id="until now"),
        pytest.param({"not_after": NOW + SECOND}, True, id="for another second"),
        pytest.param({"state": KeyState.PENDING}, False, id="not active"),
    ],
)
def test_a_key_counts_while_it_is_active_and_its_time_lasts(differences: dict[str, Any], *, expected: bool) -> None:
    assert replace(ACTIVE_KEY, **differences).counts(NOW) is expected


@pytest.mark.parametrize(
    ("differences", "expected"),
    [
        pytest.param({}, KeyState.ACTIVE, id="open-ended"),
        pytest.param({"not_after": NOW + SECOND}, KeyState.ACTIVE, id="for another second"),
        pytest.param({"not_after": NOW}, KeyState.RETIRED, id="until now"),
        pytest.param({"not_after": NOW, "state": KeyState.COMPROMISED}, KeyState.COMPROMISED, id="stolen, until now"),
        pytest.param({"not_after": NOW, "state": KeyState.PENDING}, KeyState.PENDING, id="pending, until now"),
    ],
)
def test_an_active_key_whose_time_is_over_is_retired(differences: dict[str, Any], expected: KeyState) -> None:
    exchange_key = ExchangeKey("00", KeyUsage.CHECKPOINT_SIGNING, KeyAlgorithm.ED25519, b"", KeyState.ACTIVE, NOW, NOW)
    assert replace(ACTIVE_KEY, **differences).state_at(NOW) is expected
    assert replace(exchange_key, **differences).state_at(NOW) is expected
