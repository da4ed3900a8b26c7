"""Signers for tests: one in this process, and ``breakwater signer`` as a process of its own."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.vocabulary import KeyState, KeyUsage
from app.signer.evaluations import Evaluations
from app.signer.places import listen
from app.signer.server import SignerServer, open_signer
from breakwater_client.instant import instant_text
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.key_directory import LIFE, Directory, DirectoryKey, directory_payload
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.payload_type import PayloadType

EXCHANGE = "7c1f0c1e-3f52-4d3c-9a57-0e1a3b8f4a11"
ORIGIN = f"breakwater-exchange/{EXCHANGE}"
HOME = "identity--2f6b7a6d-5c4b-4e7e-9d7e-9f5a7e2b7c6d"


def statement(kind: str, at: datetime | None = None, **changes: Any) -> dict[str, Any]:
    """Give what the exchange says of a submission or an object that it received ``at`` (now), with ``changes``."""
    of_object = {"id": "indicator--x", "version": "1", "payload_digest": "ab"}
    more: dict[str, dict[str, Any]] = {
        "submission-receipt": {"submission": "s", "objects": []},
        "object-receipt": {**of_object, "submission": "s", "decision": "stored", "log_index": 7},
        "object-attestation": {**of_object, "identity": HOME, "assurance": "channel-attested"},
    }
    now = instant_text(at or datetime.now(UTC))
    if kind == "agreement":
        terms = {name: {} for name in ("read", "write", "default_handling", "recall")}
        dated = {"starts_at": now, "ends_at": None, "created_at": now, "approval_id": None}
        flags = {"is_listed": False, "is_suspended": False}
        said: dict[str, Any] = {"type": kind, "exchange": EXCHANGE, "partner_id": "p", "version": 1, **terms, **dated, **flags}
        return said | changes
    if kind == "catalogue-release":
        return {"type": kind, "exchange": EXCHANGE, "release": 2, "digest": "ab", "previous": None, "created_at": now} | changes
    return {"type": kind, "exchange": EXCHANGE, "partner": "p", "received_at": now} | more[kind] | changes


def receipt() -> bytes:
    """Give what is signed of a receipt of now."""
    return pae(PayloadType.RECEIPT, canonical_bytes(statement("submission-receipt")))


def checkpoint(size: int, root: bytes = bytes(32), origin: str = ORIGIN) -> bytes:
    """Give the text of a checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def directory(held: Mapping[KeyUsage, PrivateKey], version: int = 1, **changes: Any) -> Directory:
    """Give a directory of now that lists the exchange's own keys, and with ``changes``."""
    now = datetime.now(UTC)
    value = Directory(EXCHANGE, version, now, now + LIFE, ORIGIN, (), tuple(own_entry(held[one], one) for one in held))
    return replace(value, **changes)


def own_entry(key: PrivateKey, usage: KeyUsage, **changes: Any) -> DirectoryKey:
    """Give the entry of one of the exchange's own keys."""
    since = datetime.now(UTC) - timedelta(days=1)
    return replace(DirectoryKey(key.public, usage, HOME, KeyState.ACTIVE, since, since), **changes)


def directory_message(value: Directory) -> bytes:
    """Give what is signed of a directory."""
    return pae(PayloadType.KEY_DIRECTORY, directory_payload(value))


def new_keys() -> dict[KeyUsage, PrivateKey]:
    """Give a key for each use."""
    uses = (KeyUsage.STATEMENT_SIGNING, KeyUsage.DIRECTORY_SIGNING, KeyUsage.CHECKPOINT_SIGNING)
    return {usage: PrivateKey.generate() for usage in uses}


def pems(keys: Mapping[KeyUsage, PrivateKey]) -> dict[KeyUsage, bytes]:
    """Give them as files hold them."""
    return {usage: key.to_pem() for usage, key in keys.items()}


@dataclass(frozen=True)
class RunningSigner:
    """A signer in a thread of this process, at a socket."""

    path: Path
    keys: Mapping[KeyUsage, PrivateKey]
    server: SignerServer


@contextmanager
def signer_in_a_thread(
    folder: Path, keys: Mapping[KeyUsage, PrivateKey] | None = None, evaluations: Evaluations | None = None
) -> Iterator[RunningSigner]:
    """Give a signer that answers this user; its memory of checkpoints lies in ``folder``."""
    keys = keys or new_keys()
    path = folder / "signer.sock"
    server = open_signer(pems(keys), folder / "checkpoint.signed", {os.getuid()}, dict, evaluations)
    listening = listen(path)
    thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
    thread.start()
    try:
        yield RunningSigner(path, keys, server)
    finally:
        listening.shutdown(2)
        listening.close()
        thread.join()


@contextmanager
def signer_process(home: Path, socket: Path, *arguments: str, user: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run ``breakwater signer`` on an initialised home until the block ends, listening at ``socket``."""
    settings = {"HOME": str(home), "SIGNER_SOCKET": str(socket)}
    environment = os.environ | {f"BREAKWATER_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "app", "signer", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, user=user) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"ready: {socket}\n"
            yield process
        finally:
            process.kill()
