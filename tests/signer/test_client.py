"""Keys whose private halves are a signer's."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.domain.errors import SignerRefusedError, UnavailableError
from app.domain.vocabulary import KeyUsage
from app.signer import client as asking
from app.signer.client import RemoteKey, SignerClient
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope, sign_envelope
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.signers import checkpoint, directory, directory_message, new_keys, receipt, signer_in_a_thread, statement

STATEMENT = KeyUsage.STATEMENT_SIGNING


def test_an_envelope_is_signed_as_with_a_key_of_ones_own(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer:
        key = RemoteKey(SignerClient(signer.path), STATEMENT)
        envelope = sign_envelope(PayloadType.RECEIPT, canonical_bytes(statement("submission-receipt")), key)
    public = signer.keys[STATEMENT].public
    assert open_envelope(envelope, PayloadType.RECEIPT, {public.keyid: public}).keyid == key.public.keyid


def test_what_the_signer_refuses_is_an_error_without_the_message(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer:
        key = RemoteKey(SignerClient(signer.path), STATEMENT)
        with pytest.raises(SignerRefusedError, match="document-of-another-key") as refusal:
            key.sign(directory_message(directory(new_keys())))
        assert "key-directory" not in str(refusal.value)
        key.sign(receipt())


def test_a_signer_without_its_memory_is_away(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer:
        (tmp_path / "checkpoint.signed").write_text("spoilt")
        with pytest.raises(UnavailableError):
            RemoteKey(SignerClient(signer.path), KeyUsage.CHECKPOINT_SIGNING).sign(checkpoint(1))


def test_without_a_signer_nothing_is_signed_and_afterwards_all_is(tmp_path: Path) -> None:
    keys = new_keys()
    key = RemoteKey(SignerClient(tmp_path / "signer.sock"), STATEMENT)
    for look in (lambda: key.public, key.check, lambda: key.sign(receipt())):
        with pytest.raises(UnavailableError):
            look()
    for _ in range(2):
        with signer_in_a_thread(tmp_path, keys):
            message = receipt()
            key.public.verify(key.sign(message), message)
            key.check()


def test_a_signer_with_another_key_is_noticed(tmp_path: Path) -> None:
    client = SignerClient(tmp_path / "signer.sock")
    key = RemoteKey(client, STATEMENT)
    with signer_in_a_thread(tmp_path):
        key.check()
    client.close()
    with signer_in_a_thread(tmp_path):
        for look in (key.check, lambda: key.sign(receipt())):
            with pytest.raises(UnavailableError, match="another key"):
                look()


def test_many_threads_share_one_client_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer:
        client = SignerClient(signer.path)
        key = RemoteKey(client, STATEMENT)
        wrong: list[BaseException] = []

        def sign_many(name: int) -> None:
            try:
                for turn in range(25):
                    message = canonical_bytes(statement("submission-receipt", objects=[{"by": name, "turn": turn}]))
                    envelope = sign_envelope(PayloadType.RECEIPT, message, key)
                    open_envelope(envelope, PayloadType.RECEIPT, {key.public.keyid: key.public})
            except BaseException as exc:  # noqa: BLE001  # told below, in the thread of the test
                wrong.append(exc)

        threads = [threading.Thread(target=sign_many, args=(name,)) for name in range(12)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert wrong == []
        assert 1 <= len(client._kept) <= asking._MOST_KEPT
        client.close()
        assert client._kept == []


def test_a_large_document_is_signed(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer:
        key = RemoteKey(SignerClient(signer.path), STATEMENT)
        envelope = sign_envelope(
            PayloadType.RECEIPT, canonical_bytes(statement("submission-receipt", objects=["x" * 3_000_000])), key
        )
        open_envelope(envelope, PayloadType.RECEIPT, {key.public.keyid: key.public})


def test_what_is_too_large_for_the_signer_is_not_signed(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer:
        key = RemoteKey(SignerClient(signer.path), STATEMENT)
        with pytest.raises(UnavailableError):
            key.sign(bytes((16 << 20) + 1))
        key.sign(receipt())
