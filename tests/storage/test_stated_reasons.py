from __future__ import annotations

import sqlite3

import pytest

from app.domain.stated_reason import StatedReason, Stop
from app.storage.session import Database
from app.storage.stated_reasons import add_reasons, reasons_about, reasons_of
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OWNER, READER


def test_reasons_are_kept_and_the_newest_comes_first(exchange: Database) -> None:
    one, other = READER, OWNER
    first = StatedReason(Stop.PARTNER_SUSPENSION, one, one, "person", NOW, "First.")
    again = StatedReason(Stop.PARTNER_SUSPENSION, one, one, None, NOW + DAY, "Again.")
    theirs = StatedReason(Stop.CREDENTIAL_REVOCATION, "held", other, None, NOW, "Leaked.")
    own = StatedReason(Stop.CREDENTIAL_REVOCATION, "session", None, "person", NOW, "A lost phone.")
    with exchange.write() as connection:
        add_reasons(connection, [])
        add_reasons(connection, [first, theirs, own])
        add_reasons(connection, [again])
        assert reasons_of(connection, one) == [again, first]
        assert reasons_of(connection, other) == [theirs]
        assert reasons_of(connection, None) == [own]
        assert reasons_about(connection, Stop.PARTNER_SUSPENSION, [one, other]) == {one: again}
        assert reasons_about(connection, Stop.PARTNER_END, [one]) == {}


def test_on_sqlite_no_reason_is_changed_or_deleted(sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        row = "VALUES ('partner-end', 'a', '2026-01-01', 'Why')"
        connection.execute(f"INSERT INTO stated_reason (stop, subject, said_at, reason) {row}")
        for statement in ("UPDATE stated_reason SET reason = ''", "DELETE FROM stated_reason"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                connection.execute(statement)
