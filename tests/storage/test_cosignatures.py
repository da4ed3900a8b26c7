"""Lines of witnesses: one of a partner for a size, in the order in which they came."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import ConflictError
from app.domain.partner import PartnerKey
from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.storage import checkpoints, cosignatures, credentials, members
from app.storage.cosignatures import MOST_LINES, Cosignature
from app.storage.session import Connection, Database
from tests.factories.policy_values import NOW, SECOND, partner
from tests.storage.test_checkpoints import kept

SIZES = (7, 12, 20)


def prepare(connection: Connection, witnesses: int = 3) -> None:
    """Add checkpoints, and partners with a witness's key each; the last one's is compromised."""
    for size in SIZES:
        checkpoints.add_checkpoint(connection, kept(size))
    for number in range(witnesses):
        named = {"partner_id": f"p{number}", "name": f"Witness {number}", "identity_id": f"identity--{number}"}
        members.add_partner(connection, partner(**named))
        state = KeyState.COMPROMISED if number == witnesses - 1 else KeyState.ACTIVE
        usage, kind = KeyUsage.CHECKPOINT_COSIGNING, KeyAlgorithm.ED25519
        credentials.add_key(connection, PartnerKey(f"k{number}", f"p{number}", usage, kind, b"%d" % number, state, NOW, NOW))


def line(size: int, number: int) -> Cosignature:
    return Cosignature(size, f"p{number}", f"k{number}", f"line {number}\n", NOW, NOW + number * SECOND)


def test_lines_are_given_as_they_came(database: Database) -> None:
    with database.write() as connection:
        prepare(connection)
        cosignatures.add_cosignature(connection, replace(line(7, 1), received_at=NOW))
        cosignatures.add_cosignature(connection, line(7, 0))
        cosignatures.add_cosignature(connection, line(7, 2))
        assert cosignatures.lines_below(connection, 7) == ["line 0\n", "line 1\n", "line 2\n"]
        assert cosignatures.lines_below(connection, 12) == []
        assert cosignatures.find_cosignature(connection, 7, "p0") == line(7, 0)
        assert cosignatures.find_cosignature(connection, 12, "p0") is None


def test_a_partner_cosigns_a_size_once(database: Database) -> None:
    with database.write() as connection:
        prepare(connection)
        cosignatures.add_cosignature(connection, line(7, 0))
    with pytest.raises(ConflictError), database.write() as connection:
        cosignatures.add_cosignature(connection, line(7, 0))


def test_the_newest_that_so_many_cosigned_counts_no_stolen_key(database: Database) -> None:
    with database.write() as connection:
        prepare(connection)
        assert cosignatures.newest_size(connection, 1) is None
        for size, number in ((7, 0), (7, 1), (12, 0), (12, 2), (20, 2)):
            cosignatures.add_cosignature(connection, line(size, number))
        assert [cosignatures.newest_size(connection, needed) for needed in (1, 2, 3)] == [12, 7, None]


def test_only_the_keys_that_are_named_count_and_stolen_ones_not_even_then(database: Database) -> None:
    with database.write() as connection:
        prepare(connection, 5)
        for size, number in ((7, 0), (7, 1), (12, 0), (12, 4), (20, 2), (20, 3)):
            cosignatures.add_cosignature(connection, line(size, number))
        assert [cosignatures.newest_size(connection, 2, among) for among in ((), ("k0", "k1"), ("k0", "k4"))] == [20, 7, None]
        assert [cosignatures.newest_size(connection, 1, among) for among in (["k0"], ["k1", "k4"], ["k9"])] == [12, 7, None]


def test_lines_of_keys_that_are_named_come_first_and_nobody_takes_their_place(database: Database) -> None:
    with database.write() as connection:
        prepare(connection, MOST_LINES + 3)
        for number in range(MOST_LINES + 2):
            cosignatures.add_cosignature(connection, line(7, number))
        last = MOST_LINES + 1
        told = cosignatures.lines_below(connection, 7, [f"k{last}", "k9"])
        assert told[:3] == ["line 9\n", f"line {last}\n", "line 0\n"]
        assert len(told) == MOST_LINES


def test_a_note_is_given_no_more_lines_than_it_can_have(database: Database) -> None:
    with database.write() as connection:
        prepare(connection, MOST_LINES + 3)
        for number in range(MOST_LINES + 2):
            cosignatures.add_cosignature(connection, line(7, number))
        assert len(cosignatures.lines_below(connection, 7)) == MOST_LINES
