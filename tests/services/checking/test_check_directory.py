"""Versions of the directory that are owed, and after a rotation; tampered ones are in ``test_check_log``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.vocabulary import KeyUsage
from app.services.checking.check_directory import check_directories
from app.services.checking.check_log import check_log
from app.services.checking.findings import Findings
from app.services.checking.known_keys import known_keys
from app.services.proving.issue_directory import owe_directory
from app.services.proving.rotate_own_keys import rotate_own_key
from app.storage import members
from app.storage.counter import take_order_lock
from breakwater_client.trust.keys import PrivateKey
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator

OWN = {
    KeyUsage.STATEMENT_SIGNING: "statements",
    KeyUsage.DIRECTORY_SIGNING: "directory",
    KeyUsage.CHECKPOINT_SIGNING: "checkpoints",
}


def test_a_version_that_is_owed_has_nothing_to_look_at(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform")
    with quick_hub.exchange.database.write() as connection:
        take_order_lock(connection)
        owe_directory(connection, quick_hub.clock.now)
    quick_hub.enrol("Hotline", jurisdiction="GB")
    with quick_hub.exchange.database.read() as connection:
        findings = Findings()
        known = known_keys(connection, quick_hub.exchange.keys, findings, members.this_exchange(connection).exchange_id)
        assert check_directories(connection, findings, known) >= 3
        assert findings.found == []


@pytest.mark.parametrize("usage", OWN)
def test_what_keys_signed_that_were_replaced_since_fits(quick_hub: Hub, usage: KeyUsage) -> None:
    member, key = quick_hub.enrol("Platform"), PrivateKey.generate()
    for turn in range(2):
        member.store(indicator())
        assert member.pull()[0]
        make_checkpoint(quick_hub.exchange)
        if not turn:
            rotate_own_key(quick_hub.exchange, usage, key)
            quick_hub.exchange = replace(quick_hub.exchange, keys=replace(quick_hub.exchange.keys, **{OWN[usage]: key}))
            quick_hub.enrol("Hotline", jurisdiction="GB")
    assert check_log(quick_hub.exchange).findings == ()
