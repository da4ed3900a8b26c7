"""What a partner used; what is counted is put there by ``tests/services/limiting/test_count_usage.py``, through the services."""

from __future__ import annotations

from app.storage import usage
from app.storage.session import Database
from tests.factories.policy_values import NOW
from tests.storage.samples import READER


def test_who_was_given_and_sent_nothing_used_nothing(exchange: Database) -> None:
    with exchange.read() as connection:
        assert usage.versions_given(connection, READER, NOW) == 0
        assert usage.objects_sent(connection, READER, NOW) == 0
        assert usage.first_sent(connection, READER) is None
        assert usage.first_given(connection, READER) is None
