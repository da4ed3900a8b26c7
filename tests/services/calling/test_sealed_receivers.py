"""What is kept of a receiver is sealed, and good for its own webhook alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.crypto.seal import CursorSealer
from app.services.calling.sealed_receivers import SealedReceiver, seal, unseal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECEIVER = SealedReceiver("https://hooks.example.org/in?token=a", "whsec_new", "whsec_old", NOW)
NEW, OLD = b"n" * 64, b"o" * 64


def test_what_was_sealed_comes_back_and_shows_nothing() -> None:
    for receiver in (RECEIVER, SealedReceiver("https://hooks.example.org/", "whsec_new")):
        sealed = seal(CursorSealer([NEW]), "1", receiver)
        assert unseal(CursorSealer([NEW]), "1", sealed) == receiver
        assert "hooks" not in sealed
        assert "whsec" not in repr(receiver)
        assert "token" not in repr(receiver)


def test_it_is_good_for_its_own_webhook_and_while_its_key_is_known() -> None:
    sealed = seal(CursorSealer([OLD]), "1", RECEIVER)
    assert unseal(CursorSealer([NEW, OLD]), "1", sealed) == RECEIVER
    assert unseal(CursorSealer([NEW, OLD]), "2", sealed) is None
    assert unseal(CursorSealer([NEW]), "1", sealed) is None
    assert seal(CursorSealer([NEW, OLD]), "1", RECEIVER) != sealed


def test_the_longest_url_fits() -> None:
    receiver = SealedReceiver("https://hooks.example.org/" + "a" * 1_000, "s" * 60, "s" * 60, NOW)
    assert unseal(CursorSealer([NEW]), "1", seal(CursorSealer([NEW]), "1", receiver)) == receiver


def test_the_old_secret_counts_until_its_end_and_the_one_before_it_no_more() -> None:
    assert RECEIVER.secrets_at(NOW - HOUR) == ["whsec_new", "whsec_old"]
    assert RECEIVER.secrets_at(NOW) == ["whsec_new"]
    rotated = RECEIVER.rotated(NOW + HOUR)
    assert rotated.secrets_at(NOW) == [rotated.secret, "whsec_new"]
    assert rotated.url == RECEIVER.url
    assert RECEIVER.rotated(NOW).secrets_at(NOW) != RECEIVER.secrets_at(NOW)
