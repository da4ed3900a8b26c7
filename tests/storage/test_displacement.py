from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from app.domain.vocabulary import Harm
from app.storage import counter, displacement, feed, objects
from app.storage.displacement import Displaced, Place
from app.storage.session import Database
from app.storage.tables import object_version
from tests.factories.policy_values import DAY, NOW, SECOND
from tests.storage import samples
from tests.storage.samples import OWNER, READER

A, B, C = Harm.CSAM, Harm.LIVE_STREAMED_CSA, Harm.TRAFFICKING_RELATED


@dataclass(frozen=True)
class Case:
    """A version at position 1 in class 1 moves into class 2. ``since``: from where the viewpoint counts each, None: not seen.

    ``entry`` is (position, issued) of its own entry. ``keeps`` is the kept place, ``anew`` that it needs a new one.
    """

    name: str
    since: tuple[int | None, int | None]
    evaluated_to: int = 2
    entry: tuple[int, int] | None = None
    keeps: int | None = None
    anew: bool = False


CASES = [
    Case("sees both from the start", (0, 0)),
    Case("sees both from the start and has an entry", (0, 0), entry=(5, 5)),
    Case("sees neither", (None, None)),
    Case("loses it", (0, None)),
    Case("loses what it gained late", (3, None)),
    Case("was never asked about the new class", (0, None), evaluated_to=1),
    Case("gained both late and waits: the back-fill job will come to it", (4, 5)),
    Case("gained both late and waits in the same way", (4, 4)),
    Case("gained the new class late: it was read at its general place", (0, 4), keeps=1),
    Case("gained the old class late and waits: its general place was never read", (4, 0), anew=True),
    Case("gained the old class late, waits, and was never asked about the new one", (4, None), evaluated_to=1, anew=True),
    Case("gained the old class late and read it from an entry", (4, 0), entry=(5, 5)),
    Case("read it from an entry and was never asked about the new class", (4, None), evaluated_to=1, entry=(5, 5)),
    Case("read it from an entry that is older than the new class", (4, 6), entry=(5, 5), keeps=5),
    Case("has an entry of an access that was lost before it was gained again", (6, 0), entry=(5, 5), anew=True),
    Case("keeps a place by an entry that was issued later", (0, 4), entry=(1, 7)),
    Case("keeps a place by an entry, and gained the new class later still", (0, 8), entry=(1, 7), keeps=1),
    Case("was never asked about the old class and gained the new one late", (None, 4), evaluated_to=0, keeps=1),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_move_displaces_where_a_reader_would_lose_it_or_get_it_twice(exchange: Database, case: Case) -> None:
    one = samples.checked()
    [version_id] = samples.publish(exchange, [A], one)
    samples.publish(exchange, [B], samples.checked())
    gained = {class_id: since for class_id, since in enumerate(case.since, start=1) if since is not None}
    viewpoint = samples.evaluated(exchange, samples.look(exchange), gained, evaluated_to=case.evaluated_to)
    if case.entry is not None:
        position, issued = case.entry
        kept = Displaced(viewpoint.viewpoint_id, version_id, Place(position, NOW + position * SECOND))
        with exchange.write() as connection:
            order = replace(counter.take_order_lock(connection), position=issued - 1)
            feed.give_places(connection, order, [kept], NOW)
    with exchange.read() as connection:
        displaced = displacement.displaced_by(
            connection, objects.own_versions(connection, OWNER, {one.facts.stix_id}), to_class=2
        )
        added_at = connection.execute(select(object_version.c.added_at)).scalars().first()
    if case.keeps is None:
        assert displaced == [Displaced(viewpoint.viewpoint_id, version_id, None)] * case.anew
    else:
        at = NOW + case.keeps * SECOND if case.entry else added_at
        assert displaced == [Displaced(viewpoint.viewpoint_id, version_id, Place(case.keeps, at))]


def test_a_move_is_asked_about_for_each_version_and_each_viewpoint(exchange: Database) -> None:
    stored = [samples.checked() for _ in range(3)]
    ids = samples.publish(exchange, [A], *stored[:2]) + samples.publish(exchange, [C], stored[2])
    samples.publish(exchange, [B], samples.checked())
    late = samples.evaluated(exchange, samples.look(exchange), {1: 0, 2: 0, 3: 4})
    later = samples.evaluated(exchange, samples.look(exchange, samples.key_of(samples.OTHER_READER)), {1: 0, 3: 4})
    samples.evaluated(exchange, samples.look(exchange, samples.key_of(READER, samples.Purpose.AUDIT)), {1: 0, 2: 0, 3: 0})
    with exchange.read() as connection:
        moved = objects.own_versions(connection, OWNER, {one.facts.stix_id for one in stored})
        displaced = {(one.viewpoint_id, one.version_id) for one in displacement.displaced_by(connection, moved, to_class=3)}
    of_late = {(late.viewpoint_id, version_id) for version_id in ids}
    assert displaced == of_late | {(later.viewpoint_id, version_id) for version_id in ids[:2]}


def test_nothing_is_displaced_by_no_move_by_a_move_in_place_or_under_embargo(exchange: Database) -> None:
    embargoed = samples.checked()
    samples.publish(exchange, [A], embargoed, release_at=NOW + DAY)
    placed = samples.checked()
    samples.publish(exchange, [A], placed)
    samples.publish(exchange, [B], samples.checked())
    samples.evaluated(exchange, samples.look(exchange), {1: 5, 2: 0})
    with exchange.read() as connection:
        assert displacement.displaced_by(connection, [], to_class=2) == []
        in_place = objects.own_versions(connection, OWNER, {placed.facts.stix_id})
        assert displacement.displaced_by(connection, in_place, to_class=1) == []
        assert len(displacement.displaced_by(connection, in_place, to_class=2)) == 1
        without_place = objects.own_versions(connection, OWNER, {embargoed.facts.stix_id})
        assert displacement.displaced_by(connection, without_place, to_class=2) == []
