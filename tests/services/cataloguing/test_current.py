"""An exchange begins with the founding release."""

from __future__ import annotations

from app.services.cataloguing.current import current_catalogue
from tests.factories.members import started_hub


def test_a_new_exchange_has_the_founding_release(database_url: str) -> None:
    with started_hub(database_url) as hub, hub.exchange.database.read() as connection:
        assert current_catalogue(connection).release == 1
