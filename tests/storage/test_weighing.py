"""What is read for weighing goes through the visible set (``tests/services/weighing``): who sees nothing is given nothing."""

from __future__ import annotations

from app.services.reading.visible_set import looking
from app.storage import weighing
from tests.factories.members import started_hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import indicator


def test_a_viewpoint_that_sees_nothing_is_given_nothing(database_url: str) -> None:
    with started_hub(database_url) as hub:
        owner, other = hub.enrol("Owner"), hub.enrol("Other")
        value = indicator(object_marking_refs=[owner.mark_for(owner)])
        owner.store(value)
        with looking(hub.exchange, other.reader().key, NOW) as look:
            connection, nobody = look.connection, look.viewpoint
            assert weighing.seen_about(connection, nobody, value["id"], NOW, 10) == []
            assert weighing.seen_feedback(connection, nobody, weighing.FeedbackSought(), NOW, 10) == []
            assert weighing.behaviours_of(connection, nobody, [(owner.id, value["id"])], NOW) == {}
            assert weighing.seen_among(connection, nobody, [1, 2, 3], NOW) == {}
