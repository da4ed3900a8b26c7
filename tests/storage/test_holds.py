from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest

from app.domain.legal_hold import LegalHold
from app.domain.object_vocabulary import RecallAct, RecallReason
from app.domain.vocabulary import Harm
from app.storage import holds, objects, recalls
from app.storage.objects import StoredVersion
from app.storage.recalls import NewRecall
from app.storage.session import Connection, Database
from app.storage.stretches import Found, Stretch
from tests.factories.policy_values import NOW
from tests.storage import samples
from tests.storage.samples import OTHER_OWNER, OWNER

RECALL = str(uuid.uuid4())


def hold(**on: Any) -> LegalHold:
    empty = {"stix_id": None, "owner_id": None, "recall_id": None}
    return LegalHold(str(uuid.uuid4()), **empty | on, reference="court 1", placed_by="p", placed_at=NOW)


def stored(exchange: Database, owner_id: str = OWNER) -> StoredVersion:
    stix_id = samples.new_id()
    samples.publish(exchange, [Harm.CSAM], samples.checked(stix_id, owner_id=owner_id))
    with exchange.read() as connection:
        [version] = objects.own_versions(connection, owner_id, [stix_id])
    return version


def called_back(connection: Connection, version: StoredVersion) -> None:
    new = NewRecall(RECALL, version.owner_id, RecallReason.ERROR, RecallAct.DELETE, [version.version_id])
    recalls.add_recall(connection, new, NOW)


@pytest.mark.parametrize("on", ["stix_id", "owner_id", "recall_id"])
def test_what_a_hold_is_on_is_held_until_it_is_lifted(exchange: Database, on: str) -> None:
    one, another = stored(exchange), stored(exchange, OTHER_OWNER)
    placed = hold(**{on: {"stix_id": one.stix_id, "owner_id": one.owner_id, "recall_id": RECALL}[on]})
    with exchange.write() as connection:
        called_back(connection, one)
        assert holds.held_among(connection, [one, another]) == frozenset()
        holds.add_hold(connection, placed)
        assert holds.held_among(connection, [one, another]) == {one.version_id}
        holds.end_hold(connection, replace(placed, lifted_by="q", lifted_at=NOW, lifted_reason="over"))
        assert holds.held_among(connection, [one, another]) == frozenset()


def test_a_hold_that_was_lifted_names_no_object(exchange: Database) -> None:
    placed = hold(stix_id=samples.new_id())
    lifted = replace(placed, lifted_by="q", lifted_at=NOW, lifted_reason="over")
    with exchange.write() as connection:
        holds.add_hold(connection, placed)
        holds.end_hold(connection, lifted)
        assert holds.hold_by_id(connection, placed.hold_id) == replace(lifted, stix_id=None)
        assert holds.holds(connection) == [replace(lifted, stix_id=None)]
        assert holds.hold_by_id(connection, "another") is None


def test_holds_come_in_pages(exchange: Database) -> None:
    known = sorted((hold(owner_id=OWNER) for _ in range(3)), key=lambda one: one.hold_id)
    with exchange.write() as connection:
        for one in reversed(known):
            holds.add_hold(connection, one)
        assert holds.holds_listed(connection, Stretch(2)) == Found(known[:2], before=0, count=3)
        assert holds.holds_listed(connection, Stretch(2, holds.place_of(known[1]))) == Found(known[2:], before=2, count=3)
