"""Replacing a key of the exchange: directory, log, checkpoints and readiness go along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import ConflictError, UnavailableError, UnfitKeyError
from app.domain.read_only import ReadOnlyReason
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.services.checking.check_log import check_log
from app.services.exchange import Exchange
from app.services.proving.checkpoints import make_or_alarm
from app.services.proving.kept_checkpoint import compare, follow_in_kept, is_signed_by
from app.services.proving.key_events import by_usage
from app.services.proving.rotate_own_keys import finish_rotation, held_keyid, list_own_keys, rotate_own_key
from app.services.start_exchange import why_not_ready
from app.storage import key_directory, members
from breakwater_client.trust.checkpoint import log_origin
from breakwater_client.trust.key_directory import Pinned, open_directory
from breakwater_client.trust.keys import PrivateKey
from tests.factories.members import Hub, started_hub
from tests.factories.stix_objects import indicator

USAGES = [KeyUsage.STATEMENT_SIGNING, KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING]
NAMES = dict(zip(USAGES, ("statements", "directory", "checkpoints"), strict=True))


@pytest.fixture
def hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """An exchange that keeps a checkpoint."""
    with started_hub(database_url) as hub:
        hub.exchange = replace(hub.exchange, checkpoint_file=tmp_path / "checkpoint")
        hub.enrol("Platform").store(indicator())
        compare(hub.exchange)
        checkpoint(hub.exchange)
        assert compare(hub.exchange) is None
        yield hub


def checkpoint(exchange: Exchange) -> None:
    with exchange.database.write() as connection:
        assert make_or_alarm(connection, exchange.keys.checkpoints, exchange.clock())


def holding(exchange: Exchange, usage: KeyUsage, new: PrivateKey) -> Exchange:
    """The exchange as a server is that was started with the new key."""
    return replace(exchange, keys=replace(exchange.keys, **{NAMES[usage]: new}))


def newest_envelope(exchange: Exchange) -> str:
    with exchange.database.read() as connection:
        newest = key_directory.newest_version(connection)
    assert newest is not None
    assert newest.envelope is not None
    return newest.envelope


@pytest.mark.parametrize("usage", USAGES)
def test_a_new_key_takes_the_old_ones_place_everywhere(hub: Hub, usage: KeyUsage) -> None:
    exchange, new = hub.exchange, PrivateKey.generate()
    old, pinned = by_usage(exchange.keys)[usage].public, exchange.keys.directory.public.keyid
    added = rotate_own_key(exchange, usage, new)
    assert (added.keyid, added.replaces, added.state) == (new.public.keyid, old.keyid, KeyState.ACTIVE)
    states = {one.keyid: one.state for one in list_own_keys(exchange) if one.usage is usage}
    assert states == {old.keyid: KeyState.RETIRED, new.public.keyid: KeyState.ACTIVE}

    # Whoever trusted the old directory key is led to this version, whichever key was replaced.
    directory = open_directory(json.loads(newest_envelope(exchange)), Pinned(frozenset({pinned})), hub.clock.now)
    listed = directory.find(new.public.keyid)
    assert listed is not None
    assert (listed.usage, listed.replaces) == (usage, old.keyid)
    assert directory.rotations == ((directory.version,) if usage is KeyUsage.DIRECTORY_SIGNING else ())

    # A server with the old key is not ready, one with the new key goes on, and the log is whole.
    server = holding(exchange, usage, new)
    assert (why_not_ready(exchange), why_not_ready(server)) == ("keys", None)
    assert held_keyid(server, usage) == new.public.keyid
    assert compare(server) is None
    hub.exchange = server
    hub.members[0].store(indicator())
    checkpoint(server)
    assert compare(server) is None
    assert check_log(server, lambda _count: None).findings == ()


def test_a_server_that_still_holds_the_old_checkpoint_key_signs_nothing_and_closes_the_exchange_for_nobody(hub: Hub) -> None:
    old, new = hub.exchange, PrivateKey.generate()
    rotate_own_key(old, KeyUsage.CHECKPOINT_SIGNING, new)
    with pytest.raises(UnavailableError):
        checkpoint(old)
    assert compare(old) is ReadOnlyReason.CHECKPOINT_UNREADABLE
    other = replace(old, checkpoint_file=old.checkpoint_file.with_name("other") if old.checkpoint_file else None)
    assert compare(other) is ReadOnlyReason.CHECKPOINT_MISSING
    assert compare(holding(old, KeyUsage.CHECKPOINT_SIGNING, new)) is None


def test_a_kept_checkpoint_follows_the_rotation_that_was_cut_off_behind_its_commit(hub: Hub) -> None:
    exchange, new = hub.exchange, PrivateKey.generate()
    path = exchange.checkpoint_file
    assert path is not None
    before = path.read_text()
    rotate_own_key(exchange, KeyUsage.CHECKPOINT_SIGNING, new)
    path.write_text(before)
    old, server = exchange.keys.checkpoints.public, holding(exchange, KeyUsage.CHECKPOINT_SIGNING, new)
    for _ in range(2):
        finish_rotation(exchange, KeyUsage.CHECKPOINT_SIGNING, old.keyid, new)
        with exchange.database.read() as connection:
            assert is_signed_by(path.read_text(), log_origin(members.this_exchange(connection).exchange_id), new.public)
    path.unlink()
    with pytest.raises(ConflictError):
        follow_in_kept(server, old)
    follow_in_kept(replace(server, checkpoint_file=None), old)


def test_only_the_key_in_force_is_replaced_and_by_one_that_is_new(hub: Hub) -> None:
    usage, first, second = KeyUsage.STATEMENT_SIGNING, PrivateKey.generate(), PrivateKey.generate()
    rotate_own_key(hub.exchange, usage, first)
    with pytest.raises(ConflictError):
        rotate_own_key(hub.exchange, usage, second)
    server = holding(hub.exchange, usage, first)
    for known in (first, hub.members[0].key):
        with pytest.raises(ConflictError):
            rotate_own_key(server, usage, known)
    before = newest_envelope(server)
    (server.checkpoint_file or Path()).unlink()
    with pytest.raises(ConflictError):
        rotate_own_key(server, usage, second)
    assert newest_envelope(server) == before


def test_nothing_is_replaced_while_the_directory_cannot_be_signed(hub: Hub) -> None:
    class Away(PrivateKey):
        def sign(self, _message: bytes) -> bytes:
            raise UnavailableError("The signer is away.")

    key = hub.exchange.keys.directory
    assert isinstance(key, PrivateKey)
    away = holding(hub.exchange, KeyUsage.DIRECTORY_SIGNING, Away.from_pem(key.to_pem()))
    before = list_own_keys(away)
    with pytest.raises(UnavailableError):
        rotate_own_key(away, KeyUsage.DIRECTORY_SIGNING, PrivateKey.generate())
    assert list_own_keys(away) == before


def test_checkpoints_are_signed_with_ed25519_alone(hub: Hub) -> None:
    before = list_own_keys(hub.exchange)
    with pytest.raises(UnfitKeyError):
        rotate_own_key(hub.exchange, KeyUsage.CHECKPOINT_SIGNING, PrivateKey.generate(KeyAlgorithm.P256))
    assert list_own_keys(hub.exchange) == before
    assert compare(hub.exchange) is None
