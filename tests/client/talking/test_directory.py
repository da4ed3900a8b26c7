"""The directory of keys in a file: held against the pin, then against the version before; what is refused changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakwater_client.errors import Code, StateFileError
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.directory import update_directory
from breakwater_client.verifying.steps import FailedStepError
from tests.cli.desk import Desk, lock_held_elsewhere
from tests.factories.exchanges import FakePartner


def test_the_first_is_held_against_the_pin_and_the_next_against_it(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    connection, keyid = Connection(Target(desk.url, hotline.token)), desk.running.exchange.keys.directory.public.keyid
    first = update_directory(connection, tmp_path / "directory.json", keyid)
    desk.running.enrol("A partner with a new key")
    second = update_directory(connection, tmp_path / "directory.json", "00" * 32)  # the pin is not looked at any more
    assert second.version >= first.version
    assert len(second.keys) > len(first.keys)


def test_a_directory_that_the_pin_did_not_sign_is_refused_and_nothing_is_kept(
    desk: Desk, hotline: FakePartner, tmp_path: Path
) -> None:
    with pytest.raises(FailedStepError) as caught:
        update_directory(Connection(Target(desk.url, hotline.token)), tmp_path / "directory.json", "00" * 32)
    assert caught.value.code is Code.DIRECTORY_CHAIN_BROKEN
    assert not (tmp_path / "directory.json").exists()


def test_one_process_at_a_time(desk: Desk, hotline: FakePartner, tmp_path: Path) -> None:
    with lock_held_elsewhere(tmp_path / ".directory.json.lock"), pytest.raises(StateFileError):
        update_directory(Connection(Target(desk.url, hotline.token)), tmp_path / "directory.json", "00" * 32)
