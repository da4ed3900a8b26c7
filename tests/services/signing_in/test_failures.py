from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in_attempts import MOST_FAILURES, WAITS_FOR
from app.services.signing_in.failures import count_from, refuse_after_many
from tests.factories.members import Hub

NETWORK = "192.0.2.7"


def test_after_many_failures_a_place_waits_and_others_do_not(hub: Hub) -> None:
    now = hub.clock.now
    refuse_after_many(hub.exchange, NETWORK, now)
    for number in range(1, MOST_FAILURES + 1):
        with hub.exchange.database.write() as connection:
            assert count_from(connection, NETWORK, now) == number
    with pytest.raises(UnauthenticatedError):
        refuse_after_many(hub.exchange, NETWORK, now + WAITS_FOR - timedelta(seconds=1))
    refuse_after_many(hub.exchange, NETWORK, now + WAITS_FOR)
    refuse_after_many(hub.exchange, "192.0.2.8", now)
    refuse_after_many(hub.exchange, None, now)
