from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import UnauthenticatedError
from app.domain.events import Event
from app.domain.openid import OpenIdFault, OpenIdRefusedError
from app.domain.read_only import ReadOnlyReason
from app.domain.sign_in import Method
from app.services.signing_in.sessions import find_session
from app.storage import events, openid, sign_in_attempts
from tests.factories.members import Hub
from tests.factories.openid_hubs import OpenIdHub
from tests.factories.openid_providers import simulator
from tests.factories.sign_ins import SomebodySigningIn, set_up

NETWORK = "192.0.2.7"


@pytest.fixture
def offering(quick_hub: Hub, tmp_path: Path) -> Iterator[OpenIdHub]:
    with simulator(tmp_path / "provider") as known:
        yield OpenIdHub(quick_hub, known)


@pytest.fixture
def analyst(offering: OpenIdHub) -> SomebodySigningIn:
    somebody = set_up(offering.hub, offering.hub.enrol("Platform A").administrator())
    offering.add(somebody.signed_in())
    return somebody


def test_a_session_is_opened_that_is_not_fresh(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    found = find_session(offering.hub.exchange, offering.sign_in())
    assert found.principal.credential.person_id == analyst.person_id
    assert found.session.method is Method.OPENID
    assert not found.session.is_fresh(offering.hub.clock.now)
    with offering.hub.exchange.database.read() as connection:
        [own] = openid.accounts_of(connection, analyst.person_id)
    assert own.used_at == offering.hub.clock.now


def test_signing_in_goes_on_while_nothing_is_taken_in(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    offering.hub.exchange.database.read_only = ReadOnlyReason.LOG_BEHIND
    try:
        assert find_session(offering.hub.exchange, offering.sign_in()).principal.credential.person_id == analyst.person_id
    finally:
        offering.hub.exchange.database.read_only = None


def test_a_failure_counts_for_its_place_and_says_why_to_operators(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    offering.known.subject = "nobody"
    with pytest.raises(OpenIdRefusedError) as caught:
        offering.sign_in(NETWORK)
    assert caught.value.fault is OpenIdFault.UNBOUND
    with offering.hub.exchange.database.read() as connection:
        [last] = [one for _, one in events.events(connection, 0, 10_000) if one.event is Event.OPENID_FAIL]
        known = sign_in_attempts.attempts_from(connection, NETWORK)
    assert (last.subject, last.code, last.partner_id) == ("example", "unbound", None)
    assert known is not None
    assert known.failures == 1
    assert analyst.signed_in()


def test_from_a_place_that_waits_nobody_leaves(offering: OpenIdHub, analyst: SomebodySigningIn) -> None:
    offering.known.subject = "nobody"
    for _ in range(50):
        with pytest.raises(OpenIdRefusedError):
            offering.sign_in(NETWORK)
    offering.known.subject = "subject-1"
    given = len(offering.known.given)
    with pytest.raises(UnauthenticatedError):
        offering.sign_in(NETWORK)
    assert len(offering.known.given) == given
    assert find_session(offering.hub.exchange, offering.sign_in("192.0.2.8"))
    assert analyst.signed_in()
