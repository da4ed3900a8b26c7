"""Whatever was decided is decided again, exactly, from what is kept: over random histories of policy, groups and objects.

While a world lives through its events, verdicts are taken down as they happen; at the end each is repeated. And for each row that
the ledger has by then, the repeated decision is that its reader saw each of its versions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.partner import Partner
from app.domain.vocabulary import Tlp
from app.services.explaining.repeat_decision import Asking, Decision, decide, decisions_at, decisions_of_row
from app.services.intake import narrow_later
from app.services.reading.visible_set import viewer_of
from app.services.working import do_batches
from app.storage import members, narrowings, objects
from app.storage.history import AsOf
from app.storage.ledger_search import Numbers, Sought, rows_sought
from app.storage.session import Connection
from app.storage.tables import object_version
from tests.factories.members import Hub, started_hub
from tests.promises.sharing_world import SharingWorld

STEPS = 40
_TICK = timedelta(milliseconds=1)  # dates of the order run ahead of the clock by a microsecond for each place given


@dataclass(frozen=True)
class TakenDown:
    """What was decided about the versions there were: who asked, what for, and as of when."""

    partner_id: str
    asking: Asking
    as_of: AsOf
    verdicts: dict[int, Decision]


class RecordedWorld(SharingWorld):
    """The world of sharing, in which no two things happen at one instant, and verdicts are taken down."""

    def __init__(self, hub: Hub, seed: int) -> None:
        super().__init__(hub, seed)
        self.taken_down: list[TakenDown] = []

    def step(self) -> None:
        super().step()
        self.hub.clock.pass_time(_TICK)
        for question in self.rng.sample(self.everybody(), 3):
            partner_id, asking = question
            with self.hub.exchange.database.read() as connection:
                verdicts = _verdicts_now(connection, self.hub, partner_id, asking)
            self.taken_down.append(TakenDown(partner_id, asking, AsOf(self.now), verdicts))
        self.hub.clock.pass_time(_TICK)

    def everybody(self) -> list[tuple[str, Asking]]:
        """Give all questions, those of suspended partners as well."""
        return [
            (partner.member.id, Asking(one.purpose, one.channel, one.ceiling))
            for one in self._questions()
            for partner in self.partners
        ]


def _verdicts_now(connection: Connection, hub: Hub, partner_id: str, asking: Asking) -> dict[int, Decision]:
    """Give the verdicts of the rule on what stands now, without a look at what is kept of the past."""
    now, partner = hub.clock.now, _partner(connection, partner_id)
    viewer = viewer_of(connection, partner, asking.tlp_ceiling, now)
    stored = [objects.StoredVersion(*row) for row in connection.execute(select(*objects.STORED))]
    classes = narrowings.classes_of(connection, stored)
    verdicts = {}
    for one in stored:
        late = one.visible_until <= now or (one.position is None and one.owner_id != partner_id)
        verdicts[one.version_id] = replace(decide(viewer, classes[one.version_id], asking, now), is_out_of_time=late)
    return verdicts


def _partner(connection: Connection, partner_id: str) -> Partner:
    found = members.partner_by_id(connection, partner_id)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let narrowing take as many batches as it can, so that much of what is decided is under way."""
    monkeypatch.setattr(do_batches, "BATCH", 2)
    monkeypatch.setattr(narrow_later, "_BATCH", 1)


def _play(url: str, seed: int, steps: int = STEPS) -> None:
    with started_hub(url) as hub:
        world = RecordedWorld(hub, seed)
        for _ in range(steps):
            world.step()
        with hub.exchange.database.read() as connection:
            _check_verdicts(connection, world)
            _check_ledger(connection)


def _check_verdicts(connection: Connection, world: RecordedWorld) -> None:
    everything = list(connection.execute(select(object_version.c.version_id)).scalars())
    told = 0
    for one in world.taken_down:
        repeated = decisions_at(connection, _partner(connection, one.partner_id), everything, one.asking, one.as_of)
        assert {each: repeated[each] for each in one.verdicts} == one.verdicts
        later = repeated.keys() - one.verdicts.keys()
        assert all(repeated[each].is_out_of_time for each in later), "seen before it was there"
        told += len(one.verdicts)
    assert told > 10, "hardly anything was decided"


def _check_ledger(connection: Connection) -> None:
    rows = rows_sought(connection, Sought(), Numbers(0, 2**40, 10_000))
    assert rows
    for row in rows:
        value = row.disclosure
        partner = _partner(connection, value.partner_id)
        repeated = decisions_of_row(connection, partner, value, value.version_ids, Tlp.RED)
        assert repeated.keys() == set(value.version_ids)
        assert all(each.was_seen for each in repeated.values()), (row.number, repeated)


def test_decisions_are_repeated_as_they_were(sqlite_url: str) -> None:
    _play(sqlite_url, 1)


def test_decisions_are_repeated_as_they_were_on_postgresql(postgres_url: str) -> None:
    _play(postgres_url, 100, 12)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000, 1200))
def test_decisions_are_repeated_as_they_were_for_long(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)
