"""The exchange's directory of keys: the version accepted last, in a file, and the newest that it leads to.

Owns the file, one process at a time; what is refused, and why, is ``verifying.follow_directory``'s. The file is what ``breakwater
verify --accepted-directory`` reads. Kept by ``tests/client/talking/test_directory.py``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breakwater_client.durable_files import held_alone, write_whole
from breakwater_client.talking.connection import Connection
from breakwater_client.verifying.directory_keys import Directory, DirectoryTrust, accepted_before, pin
from breakwater_client.verifying.follow_directory import follow


def update_directory(connection: Connection, file: Path, directory_keyid: str) -> Directory:
    """Give the newest directory, which takes the place of the version in ``file`` if that leads to it.

    ``directory_keyid`` is the id (64 hex digits) of the key that signs the directory, which the operators told you by another
    way; it counts the first time, when there is no file yet.

    Raises:
        FailedStepError: nothing that you trust leads to it, it is older, expired, or another exchange's; the file stays.
        StateFileError: another process is at work on the file.
        ExchangeError: the exchange refuses or stays away.
    """
    with held_alone(file.with_name(f".{file.name}.lock")):
        newest = envelope_bytes(connection.get("/key-directory"))
        trusted = accepted_before(file.read_bytes()) if file.exists() else pin(directory_keyid)
        trust = DirectoryTrust(trusted, datetime.now(UTC))
        accepted = follow(newest, trust, lambda number: envelope_bytes(connection.get(f"/key-directory/versions/{number}")))
        write_whole(file, newest)
    return accepted


def envelope_bytes(envelope: Any) -> bytes:
    """Give the content of the file that holds an envelope."""
    return json.dumps(envelope, separators=(",", ":")).encode()
