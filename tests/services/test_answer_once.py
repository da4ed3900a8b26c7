from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from app.domain.errors import Code, ConflictError, MalformedInputError
from app.services.answer_once import KeyUse, earlier_outcome, key_use
from app.storage import submissions
from tests.factories.members import Hub, Member
from tests.factories.policy_values import NOW, partner_principal

PRINCIPAL = partner_principal()


def test_a_use_binds_credential_route_key_and_the_digest_of_the_body() -> None:
    kept = hashlib.sha256(b"key-1").hexdigest()
    expected = KeyUse("credential-1", "partners", kept, hmac.digest(b"key-1", b"body", hashlib.sha256))
    assert key_use(PRINCIPAL, "partners", "key-1", b"body") == expected


def test_without_a_key_nothing_is_remembered() -> None:
    assert key_use(PRINCIPAL, "partners", None, b"body") is None


@pytest.mark.parametrize("key", ["!", "~" * 255, "0-9a-f", '"quoted"'])
def test_printable_ascii_is_a_key(key: str) -> None:
    use = key_use(PRINCIPAL, "partners", key, b"")
    assert use is not None
    assert use.key == hashlib.sha256(key.encode()).hexdigest()


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "\x7f", "\x00", "é", "x" * 256])
def test_anything_else_is_no_key(key: str) -> None:
    with pytest.raises(MalformedInputError) as caught:
        key_use(PRINCIPAL, "partners", key, b"")
    assert caught.value.code is Code.IDEMPOTENCY_KEY_INVALID


def test_a_key_has_no_outcome_before_its_first_use_and_then_its_own(hub: Hub) -> None:
    use = key_use(PRINCIPAL, "partners", "key-1", b"body")
    assert use is not None
    with hub.exchange.database.write() as connection:
        assert earlier_outcome(connection, use) is None
        submissions.add_key_use(connection, use, "partner-1", NOW)
    with hub.exchange.database.read() as connection:
        assert earlier_outcome(connection, use) == "partner-1"
        assert earlier_outcome(connection, None) is None


@pytest.mark.parametrize("change", [{"principal_id": "other"}, {"route": "keys"}, {"key": "key-2"}])
def test_another_credential_route_or_key_is_another_use(quick_hub: Hub, change: dict[str, str]) -> None:
    use = key_use(PRINCIPAL, "partners", "key-1", b"body")
    assert use is not None
    with quick_hub.exchange.database.write() as connection:
        submissions.add_key_use(connection, use, "partner-1", NOW)
        assert earlier_outcome(connection, replace(use, **change)) is None


def test_the_same_key_with_another_body_is_a_conflict(quick_hub: Hub, publisher: Member) -> None:
    use = key_use(publisher.principal, "partners", "key-1", b"body")
    assert use is not None
    with quick_hub.exchange.database.write() as connection:
        submissions.add_key_use(connection, use, "partner-1", NOW)
        with pytest.raises(ConflictError) as caught:
            earlier_outcome(connection, key_use(publisher.principal, "partners", "key-1", b"other body"))
    assert caught.value.code is Code.IDEMPOTENCY_KEY_REUSED
