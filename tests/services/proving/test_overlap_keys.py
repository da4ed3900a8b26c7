"""The key of overlap checks is logged before the directory lists it, and listed as it was logged."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

from app.services.do_work import ensure_periodic_work
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.overlap_keys import ensure_overlap_key, listed_overlap_key
from app.services.proving.prove import entry_proof
from app.services.proving.read_directory import newest_directory
from app.storage import log
from app.storage.counter import take_order_lock
from breakwater_client.trust.key_directory import Pinned, open_directory
from breakwater_client.trust.log_leaf import LeafKind
from tests.factories.evaluators import AwayEvaluator, PassingEvaluations
from tests.factories.members import Hub, Member


def listed(hub: Hub) -> tuple[bytes | None, str | None]:
    """Start a server, and give what the directory then lists."""
    ensure_periodic_work(hub.exchange)
    pinned = Pinned(frozenset({hub.exchange.keys.directory.public.keyid}))
    envelope = json.loads(newest_directory(hub.exchange, hub.operator))
    directory = open_directory(envelope, pinned, hub.clock.now)
    return (None, None) if directory.overlap is None else (directory.overlap.public_key, directory.overlap.epoch)


def test_a_server_that_starts_logs_its_key_and_the_directory_lists_it_once(hub: Hub) -> None:
    evaluator = hub.exchange.keys.overlap
    assert evaluator is not None
    epoch = hashlib.sha256(evaluator.public).hexdigest()
    assert listed(hub) == listed(hub) == (evaluator.public, epoch)
    with hub.exchange.database.read() as connection:
        [logged] = log.statements(connection, LeafKind.OVERLAP_KEY, epoch)
    said = json.loads(logged.document)["overlap_key"]
    assert (said["epoch"], said["since"]) == (epoch, json.loads(logged.document)["recorded_at"])


def test_a_new_key_takes_the_place_of_the_one_before(quick_hub: Hub) -> None:
    listed(quick_hub)
    quick_hub.clock.now += timedelta(hours=1)
    new = PassingEvaluations()
    quick_hub.exchange = replace(quick_hub.exchange, keys=replace(quick_hub.exchange.keys, overlap=new))
    assert listed(quick_hub)[0] == new.public


def test_without_a_key_or_a_signer_nothing_is_logged_and_what_was_listed_stays(quick_hub: Hub) -> None:
    before = listed(quick_hub)
    for other in (None, AwayEvaluator()):
        keys = replace(quick_hub.exchange.keys, overlap=other)
        with quick_hub.exchange.database.write() as connection:
            assert not ensure_overlap_key(connection, take_order_lock(connection), keys, quick_hub.clock.now)
            assert listed_overlap_key(connection) is not None
    assert listed(quick_hub) == before


def test_everybody_who_reads_the_log_can_have_it_proved(quick_hub: Hub, publisher: Member) -> None:
    _, epoch = listed(quick_hub)
    checkpoint_now(quick_hub.exchange, quick_hub.operator)
    with quick_hub.exchange.database.read() as connection:
        [logged] = log.statements(connection, LeafKind.OVERLAP_KEY, str(epoch))
    proved = entry_proof(quick_hub.exchange, publisher.principal, logged.log_index)
    assert proved["document"]["overlap_key"]["epoch"] == epoch
