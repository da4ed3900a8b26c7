from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError
from app.domain.openid import EXCHANGE, MOST_ACCOUNTS
from app.services.signing_in.own_accounts import add_account, offered_to, own_accounts, remove_account
from app.services.signing_in.sessions import end_session, find_session
from tests.factories.members import Hub
from tests.factories.openid_hubs import OpenIdHub
from tests.factories.openid_providers import simulator
from tests.factories.sign_ins import SomebodySigningIn, set_up


@pytest.fixture
def offering(quick_hub: Hub, tmp_path: Path) -> Iterator[OpenIdHub]:
    with simulator(tmp_path / "provider") as known:
        yield OpenIdHub(quick_hub, known)


@pytest.fixture
def analyst(offering: OpenIdHub) -> SomebodySigningIn:
    return set_up(offering.hub, offering.hub.enrol("Platform A").administrator())


def test_one_sees_ones_own_with_what_is_offered(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    hub = offering.hub
    assert own_accounts(hub.exchange, analyst.signed_in()) == []
    offering.add(analyst.signed_in())
    [own] = own_accounts(hub.exchange, analyst.signed_in())
    assert (own.account.issuer, own.account.subject) == (offering.known.issuer, "subject-1")
    assert own.provider == hub.exchange.providers[0]
    hub.exchange = replace(hub.exchange, providers=(offering.known.provider(serves=EXCHANGE),))
    [own] = own_accounts(hub.exchange, analyst.signed_in())
    assert own.provider is None
    assert offered_to(hub.exchange, analyst.signed_in().principal.person) == []
    assert offered_to(hub.exchange, None) == []


def test_a_person_has_a_few_at_most(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    for number in range(MOST_ACCOUNTS):
        offering.known.subject = f"subject-{number}"
        offering.add(analyst.signed_in())
    offering.known.subject = "one-more"
    with pytest.raises(ConflictError, match="at most"):
        offering.add(analyst.signed_in())


def test_a_session_that_ended_while_the_provider_was_asked_adds_nothing(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    signed_in = analyst.signed_in()
    came = offering.away_to_add(signed_in)
    end_session(offering.hub.exchange, signed_in)
    with pytest.raises(UnauthenticatedError):
        add_account(offering.hub.exchange, signed_in, *came)
    again = find_session(offering.hub.exchange, analyst.sign_in())
    assert own_accounts(offering.hub.exchange, again) == []


def test_what_began_in_another_session_adds_nothing(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    came = offering.away_to_add(analyst.signed_in())
    other = find_session(offering.hub.exchange, analyst.sign_in())
    with pytest.raises(ForbiddenError):
        add_account(offering.hub.exchange, other, *came)
    assert offering.known.given == []


def test_another_persons_account_is_not_there(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    offering.add(analyst.signed_in())
    [own] = own_accounts(offering.hub.exchange, analyst.signed_in())
    other = set_up(offering.hub, offering.hub.enrol("Platform B").administrator(), "analyst.b")
    for account_id in (own.account.account_id, "nothing"):
        with pytest.raises(NotFoundError):
            remove_account(offering.hub.exchange, other.signed_in(), account_id)
    remove_account(offering.hub.exchange, analyst.signed_in(), own.account.account_id)
    assert own_accounts(offering.hub.exchange, analyst.signed_in()) == []


def test_removing_one_ends_the_sessions_that_such_opened_and_no_others(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    offering.add(analyst.signed_in())
    opened, by_password = offering.sign_in(), analyst.sign_in()
    [own] = own_accounts(offering.hub.exchange, analyst.signed_in())
    remove_account(offering.hub.exchange, analyst.signed_in(), own.account.account_id)
    with pytest.raises(UnauthenticatedError):
        find_session(offering.hub.exchange, opened)
    assert find_session(offering.hub.exchange, by_password)
