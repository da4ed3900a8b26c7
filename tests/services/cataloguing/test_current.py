"""The release in force is the newest one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.catalogue_release import Changes, following_release
from app.services.cataloguing.current import current_catalogue
from app.services.cataloguing.founding import founding
from app.services.cataloguing.publish import publish
from app.storage.counter import save_order, take_order_lock
from tests.factories.members import Clock, serving, started_hub
from tests.factories.policy_values import NOW


def test_an_exchange_begins_with_the_founding_release_and_goes_on_with_the_newest(database_url: str) -> None:
    with started_hub(database_url) as hub:
        with hub.exchange.database.read() as connection:
            assert current_catalogue(connection) == founding()
        changed = replace(founding().behaviours[0], name="Said otherwise")
        second = following_release(founding(), Changes(behaviours=(changed,)), founding().released_at + timedelta(days=1))
        with hub.exchange.database.write() as connection:
            order = take_order_lock(connection)
            publish(connection, order, hub.exchange.keys.statements, second, (None, hub.clock.now))
            save_order(connection, order)
        with hub.exchange.database.read() as connection:
            assert current_catalogue(connection) == second


def test_where_none_is_installed_yet_the_founding_release_is_in_force(database_url: str) -> None:
    with serving(database_url, Clock(NOW)) as exchange, exchange.database.read() as connection:
        assert current_catalogue(connection) is founding()
