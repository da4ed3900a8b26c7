"""Submissions as they are looked up again, and idempotency keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import ConflictError
from app.storage import submissions
from app.storage.session import Database
from app.storage.submissions import EarlierUse, KeptSubmission, KeyUse
from tests.factories.policy_values import DAY, NOW
from tests.storage.samples import OTHER_OWNER, OWNER

KEPT = KeptSubmission("submission-1", OWNER, NOW, {"payload": "e30=", "signatures": [{"keyid": "k", "sig": "é"}]})
USE = KeyUse("credential-1", "submissions", "key-1", bytes(range(32)))


def _add_use(database: Database, use: KeyUse, reference: str = "submission-1") -> None:
    with database.write() as connection:
        submissions.add_key_use(connection, use, reference, NOW)


def test_a_partner_finds_its_submission_as_it_was(exchange: Database) -> None:
    with exchange.write() as connection:
        submissions.add_submission(connection, KEPT, "credential-1")

    with exchange.read() as connection:
        assert submissions.find_submission(connection, OWNER, "submission-1") == KEPT


@pytest.mark.parametrize(("partner_id", "submission_id"), [(OTHER_OWNER, "submission-1"), (OWNER, "submission-2")])
def test_the_submission_of_another_is_as_absent_as_none(exchange: Database, partner_id: str, submission_id: str) -> None:
    with exchange.write() as connection:
        submissions.add_submission(connection, KEPT, "credential-1")

    with exchange.read() as connection:
        assert submissions.find_submission(connection, partner_id, submission_id) is None


def test_a_submission_is_never_written_twice(exchange: Database) -> None:
    with exchange.write() as connection:
        submissions.add_submission(connection, KEPT, "credential-1")

    with pytest.raises(ConflictError), exchange.write() as connection:
        submissions.add_submission(connection, KEPT, "credential-1")


def test_a_key_leads_to_what_came_of_its_first_use(database: Database) -> None:
    _add_use(database, USE)

    with database.read() as connection:
        assert submissions.find_key_use(connection, USE) == EarlierUse(USE.body_digest, "submission-1")


def test_a_key_used_with_another_body_leads_to_the_body_it_is_bound_to(database: Database) -> None:
    _add_use(database, USE)

    with database.read() as connection:
        earlier = submissions.find_key_use(connection, replace(USE, body_digest=bytes(32)))
    assert earlier == EarlierUse(USE.body_digest, "submission-1")


@pytest.mark.parametrize("difference", [{"principal_id": "credential-2"}, {"route": "keys"}, {"key": "KEY-1"}])
def test_a_key_belongs_to_one_principal_on_one_route(database: Database, difference: dict[str, str]) -> None:
    other = replace(USE, **difference)
    _add_use(database, USE)
    _add_use(database, other, "submission-2")

    with database.read() as connection:
        found = [submissions.find_key_use(connection, use) for use in (USE, other)]
    assert [use.reference for use in found if use] == ["submission-1", "submission-2"]


def test_a_key_that_was_never_used_leads_nowhere(database: Database) -> None:
    with database.read() as connection:
        assert submissions.find_key_use(connection, USE) is None


def test_of_two_requests_with_one_key_the_second_is_a_conflict(database: Database) -> None:
    _add_use(database, USE)

    with pytest.raises(ConflictError):
        _add_use(database, USE, "submission-2")
    with database.read() as connection:
        assert submissions.find_key_use(connection, USE) == EarlierUse(USE.body_digest, "submission-1")


def test_uses_are_forgotten_once_they_are_older_than_a_day_given(database: Database) -> None:
    _add_use(database, USE)
    with database.write() as connection:
        submissions.add_key_use(connection, replace(USE, key="key-2"), "submission-2", NOW - DAY)
        dropped = submissions.drop_key_uses(connection, NOW)

    assert dropped == 1
    with database.read() as connection:
        assert submissions.find_key_use(connection, USE) is not None
        assert submissions.find_key_use(connection, replace(USE, key="key-2")) is None
