"""What storage says of disputes is kept by what they bring about: ``tests/services/intake``. Here is what is left."""

from __future__ import annotations

from app.storage import disputed
from app.storage.session import Database
from tests.factories.policy_values import NOW


def test_where_nothing_is_disputed_nothing_is_found(database: Database) -> None:
    with database.read() as connection:
        assert disputed.standing(connection, ["indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"], NOW) == {}
        assert disputed.giver_of(connection, None) is None
        assert disputed.count_since(connection, "nobody", NOW) == 0
        assert not disputed.called_about(connection, "nobody", "nothing")
        assert disputed.open_calls(connection, [1]) == []
        assert not disputed.is_called_for(connection, 1, NOW)
        assert disputed.notices_of(connection, 1) == []
