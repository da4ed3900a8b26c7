"""Keeps which credentials end soon; use and successors are told of by ``tests/services/membership/test_warn_of_expiry.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.domain.sign_in import Method
from app.services.signing_in.sessions import open_session
from app.storage import expiries
from tests.factories.members import Hub, started_hub


@pytest.fixture
def hub(database_url: str) -> Iterator[Hub]:
    with started_hub(database_url) as hub:
        yield hub


def test_what_ends_between_two_moments_is_given_and_staff_are_not(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    ends = member.principal.credential.expires_at
    with hub.exchange.database.read() as connection:
        found = expiries.ending(connection, ends - timedelta(days=1), ends)
        assert [one.credential_id for one in found] == [member.principal.credential.credential_id]
        assert expiries.ending(connection, ends, ends + timedelta(days=1)) == []


def test_a_warning_is_remembered(hub: Hub) -> None:
    credential_id = hub.enrol("Platform A").principal.credential.credential_id
    with hub.exchange.database.write() as connection:
        assert expiries.warned_days(connection, credential_id) == set()
        expiries.keep_warning(connection, credential_id, 7, hub.clock.now)
        assert expiries.warned_days(connection, credential_id) == {7}


def test_sessions_of_the_portal_are_not_warned_of(hub: Hub) -> None:
    administrator = hub.enrol("Platform A").administrator()
    assert administrator.person is not None
    with hub.exchange.database.write() as connection:
        open_session(connection, administrator.person, Method.PASSWORD, hub.clock.now)
        found = expiries.ending(connection, hub.clock.now, administrator.credential.expires_at)
    assert [one.credential_id for one in found] == [administrator.credential.credential_id]
