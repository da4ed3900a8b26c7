from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from app.domain.errors import ConflictError
from app.storage import submissions
from app.storage.session import Database
from app.storage.submissions import EarlierUse, KeptSubmission, KeyUse
from tests.factories.policy_values import NOW, SECOND
from tests.storage.samples import OWNER, READER, SUBMISSION

KEPT = KeptSubmission(SUBMISSION, OWNER, NOW, {"payload": "e30=", "payloadType": "t", "signatures": [{"keyid": "k", "sig": "s"}]})
USE = KeyUse("credential-1", "submissions", "key-1", hashlib.sha256(b"body").digest())


def test_a_submission_comes_back_to_its_partner_as_it_was(exchange: Database) -> None:
    with exchange.write() as connection:
        submissions.add_submission(connection, KEPT, "credential-1")
        assert submissions.find_submission(connection, OWNER, SUBMISSION) == KEPT


def test_what_came_by_taxii_comes_back_with_its_collection_and_the_names_of_what_was_refused(exchange: Database) -> None:
    kept = replace(KEPT, collection_id="collection-1", refused=(("indicator--1", "2026-01-05T10:00:00Z"), (None, None)))
    nothing_refused = replace(KEPT, submission_id="submission-2", collection_id="collection-1", refused=())
    with exchange.write() as connection:
        for one in (kept, nothing_refused):
            submissions.add_submission(connection, one, "credential-1")
            assert submissions.find_submission(connection, OWNER, one.submission_id) == one


def test_anothers_submission_is_not_found(exchange: Database) -> None:
    with exchange.write() as connection:
        submissions.add_submission(connection, KEPT, "credential-1")
        assert submissions.find_submission(connection, READER, SUBMISSION) is None
        assert submissions.find_submission(connection, OWNER, "another") is None


def test_a_key_that_was_never_used_has_no_earlier_use(exchange: Database) -> None:
    with exchange.read() as connection:
        assert submissions.find_key_use(connection, USE) is None


def test_an_earlier_use_gives_its_body_and_what_came_of_it(exchange: Database) -> None:
    with exchange.write() as connection:
        submissions.add_key_use(connection, USE, SUBMISSION, NOW)
        other_body = replace(USE, body_digest=bytes(32))
        assert submissions.find_key_use(connection, other_body) == EarlierUse(USE.body_digest, SUBMISSION)


@pytest.mark.parametrize("other", [{"principal_id": "credential-2"}, {"route": "agreements"}, {"key": "KEY-1"}])
def test_a_key_of_another_principal_route_or_name_is_another_key(exchange: Database, other: dict[str, str]) -> None:
    with exchange.write() as connection:
        submissions.add_key_use(connection, USE, SUBMISSION, NOW)
        assert submissions.find_key_use(connection, replace(USE, **other)) is None


def test_a_key_is_used_once(exchange: Database) -> None:
    with exchange.write() as connection:
        submissions.add_key_use(connection, USE, SUBMISSION, NOW)
    with pytest.raises(ConflictError), exchange.write() as connection:
        submissions.add_key_use(connection, replace(USE, body_digest=bytes(32)), "another", NOW)


def test_uses_older_than_a_time_are_forgotten(exchange: Database) -> None:
    later = replace(USE, key="key-2")
    with exchange.write() as connection:
        submissions.add_key_use(connection, USE, "a", NOW)
        submissions.add_key_use(connection, later, "b", NOW + SECOND)
        assert submissions.drop_key_uses(connection, NOW) == 0
        assert submissions.drop_key_uses(connection, NOW + SECOND) == 1
        assert submissions.find_key_use(connection, USE) is None
        assert submissions.find_key_use(connection, later) is not None
