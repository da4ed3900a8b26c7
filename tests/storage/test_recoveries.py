from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.partner import Person
from app.domain.recovery import RECOVERY_LIVES, Recovery, RecoveryState
from app.storage import members, recoveries
from app.storage.session import Database
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import READER

FIRST = Recovery("r1", "a", READER, "A lost phone.", "In person.", RecoveryState.PROPOSED, "b", NOW, NOW + RECOVERY_LIVES)
LATER = replace(FIRST, recovery_id="r2", proposed_at=NOW + DAY, expires_at=NOW + DAY + RECOVERY_LIVES)


@pytest.fixture
def people(exchange: Database) -> Database:
    with exchange.write() as connection:
        members.add_person(connection, Person("a", "Somebody", READER))
        members.add_person(connection, Person("s", "Of the exchange", None))
    return exchange


def test_recoveries_are_listed_by_whose_they_are_and_the_newest_first(people: Database) -> None:
    own = replace(FIRST, recovery_id="r3", person_id="s", partner_id=None)
    with people.write() as connection:
        for one in (FIRST, LATER, own):
            recoveries.save_recovery(connection, one)
        assert recoveries.recoveries(connection, READER) == [LATER, FIRST]
        assert recoveries.recoveries(connection, None) == [own]
        assert len(recoveries.recoveries(connection, None, everybody=True)) == 3
        assert recoveries.recoveries_of(connection, "a") == [LATER, FIRST]
        assert recoveries.recovery_by_id(connection, "r9") is None


def test_the_open_one_and_the_agreed_one_are_found_until_they_are_used_or_lapse(people: Database) -> None:
    with people.write() as connection:
        recoveries.save_recovery(connection, FIRST)
        assert recoveries.open_recovery(connection, "a", NOW) == FIRST
        assert recoveries.agreed_of(connection, "a") is None
        agreed = replace(FIRST, state=RecoveryState.AGREED, decided_by="c", decided_at=NOW)
        recoveries.save_recovery(connection, agreed)
        assert recoveries.open_recovery(connection, "a", NOW) == recoveries.agreed_of(connection, "a") == agreed
        assert recoveries.open_recovery(connection, "a", NOW + RECOVERY_LIVES) is None
        recoveries.save_recovery(connection, replace(agreed, state=RecoveryState.USED, used_at=NOW))
        assert recoveries.open_recovery(connection, "a", NOW) is recoveries.agreed_of(connection, "a") is None


def test_old_texts_are_emptied_once(people: Database) -> None:
    with people.write() as connection:
        for one in (FIRST, LATER):
            recoveries.save_recovery(connection, one)
        assert [recoveries.wipe_texts(connection, NOW + DAY) for _ in range(2)] == [1, 0]
        assert recoveries.recovery_by_id(connection, "r1") == replace(FIRST, reason="", recognised="")
        assert recoveries.recovery_by_id(connection, "r2") == LATER
