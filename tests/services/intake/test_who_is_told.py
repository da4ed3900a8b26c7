from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.object_vocabulary import RecallAct, RecallKind, RecallReason
from app.services.intake.who_is_told import who_is_told
from app.storage import recalls
from app.storage.recalls import NewRecall
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer


@pytest.fixture
def recall_id(quick_hub: Hub, publisher: Member, other: Member) -> int:
    """A correction that was looked up in the ledger: ``other`` had the older version, and sees the newer one."""
    one = indicator()
    publisher.store(one, newer(one))
    with quick_hub.exchange.database.write() as connection:
        new = NewRecall("r", publisher.id, RecallReason.ERROR, RecallAct.STOP_USING, [1], RecallKind.CORRECTION, successor_id=2)
        number = recalls.add_recall(connection, new, quick_hub.clock.now)
        recalls.keep_look(connection, number, {(other.id, 0): [1]}, 1)
    return number


def told(hub: Hub, recall_id: int, **changes: object) -> list[str]:
    with hub.exchange.database.read() as connection:
        recall = recalls.recall_by_number(connection, recall_id)
        found = who_is_told(connection, replace(recall, **changes))  # type: ignore[arg-type]  # by name
    return [one.partner_id for one in found]


def test_whoever_had_the_older_version_is_told_of_its_correction(quick_hub: Hub, other: Member, recall_id: int) -> None:
    assert told(quick_hub, recall_id) == [other.id]


def test_a_withdrawal_is_told_to_all_and_a_contest_to_the_publisher_too(
    quick_hub: Hub, publisher: Member, other: Member, recall_id: int
) -> None:
    assert told(quick_hub, recall_id, kind=RecallKind.WITHDRAWAL) == [other.id]
    assert told(quick_hub, recall_id, kind=RecallKind.CONTEST) == [other.id, publisher.id]
