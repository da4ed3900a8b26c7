from __future__ import annotations

import json

from app.domain.object_vocabulary import RecallAct, RecallKind, RecallReason
from app.services.intake.call_back import NOTIFY_RECALL, call_back
from app.storage import log, recalls, work
from app.storage.counter import save_order, take_order_lock
from app.storage.recalls import NewRecall
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator


def test_what_is_called_back_is_kept_logged_and_told(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(indicator())
    for kind, at in ((RecallKind.WITHDRAWAL, "withdrawn_at"), (RecallKind.CORRECTION, "called_back_at")):
        new = NewRecall(f"recall-{kind}", publisher.id, RecallReason.CONTESTED, RecallAct.REVIEW, [1], kind)
        with quick_hub.exchange.database.write() as connection:
            order = take_order_lock(connection)
            number = call_back(connection, order, new, [7, 3], quick_hub.clock.now)
            save_order(connection, order)
            assert recalls.recall_by_number(connection, number).kind is kind
            [statement] = log.statements(connection, LeafKind.RECALL, new.public_id)
            assert work.has_waiting(connection, NOTIFY_RECALL)
        said = json.loads(statement.document)
        assert (said["log_indexes"], at in said, said.get("kind")) == (
            [3, 7],
            True,
            None if at == "withdrawn_at" else "correction",
        )
