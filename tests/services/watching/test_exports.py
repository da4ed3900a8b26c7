from __future__ import annotations

from app.domain.export import Trouble
from app.services.watching.exports import of_exports
from tests.factories.members import Hub


def test_all_troubles_are_told_before_there_is_any(hub: Hub) -> None:
    now = hub.exchange.clock()
    with hub.exchange.database.read() as connection:
        found = {one.name: one for one in of_exports(connection, now)}
    expected = {("writing", ""): 0, ("waiting", ""): 0} | {("waiting", trouble): 0 for trouble in Trouble}
    assert found["breakwater_exports_open"].values == expected
    assert found["breakwater_exports_oldest_seconds"].values == {(): 0}
