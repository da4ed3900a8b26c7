"""A witness's folder: its key, who it is, and what it keeps; and how it asks its exchange.

Owns the files ``key.pem`` and ``witness.json``; the others are ``witnessing.rounds``'. The private key is of this witness alone,
lies in its folder with mode 0600, and is never sent. Kept by ``tests/cli/test_witness.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.durable_files import PRIVATE, create_private, write_whole
from app.cli.faults import CommandFault, ExitCode, naming
from app.cli.folder_shelf import FolderShelf
from app.domain.errors import Code

if TYPE_CHECKING:
    from app.cli.api import Api
    from breakwater_client.trust.keys import PrivateKey

KEY, ABOUT = "key.pem", "witness.json"


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness as its folder has it: the name under which it cosigns, its key, and its exchange's id."""

    folder: Path
    name: str
    exchange: str
    key: PrivateKey

    @property
    def shelf(self) -> FolderShelf:
        """Give its files."""
        return FolderShelf(self.folder)


def witness_key(folder: Path) -> PrivateKey:
    """Give the witness's key, made if there is none yet."""
    from breakwater_client.signing.make_keys import new_key, read_private_key

    file = folder / KEY
    if not file.exists():
        create_private(file, new_key().private_pem)
    with naming(file):
        return read_private_key(file.read_bytes())


def keep_about(folder: Path, name: str, exchange: str, keyid: str) -> dict[str, Any]:
    """Keep who a witness is, and give that."""
    about = {"type": "witness", "name": name, "exchange": exchange, "keyid": keyid}
    write_whole(folder / ABOUT, (json.dumps(about, indent=2) + "\n").encode(), PRIVATE)
    return about


def open_witness(folder: Path) -> Witness:
    """Give the witness that was set up in a folder.

    Raises:
        CommandFault: none was, or its files do not fit each other.
    """
    from breakwater_client.signing.make_keys import read_private_key

    try:
        about = json.loads((folder / ABOUT).read_bytes())
        name, exchange, keyid = (str(about[member]) for member in ("name", "exchange", "keyid"))
        with naming(folder / KEY):
            key = read_private_key((folder / KEY).read_bytes())
    except FileNotFoundError:
        sentence = f"{folder} is no folder of a witness: begin with breakwater witness init."
        raise CommandFault(sentence, ExitCode.USAGE, code="no-witness") from None
    except (ValueError, KeyError, TypeError):
        raise CommandFault(f"{folder / ABOUT} is damaged: run breakwater witness init again.", code="file") from None
    if key.public.keyid != keyid:
        sentence = f"{folder / KEY} is not the key that was registered: bring that one back, or, if you rotated to this one,"
        raise CommandFault(f"{sentence} run breakwater witness init again.", code="file")
    return Witness(folder, name, exchange, key)


def read_published(file: Path) -> bytes:
    """Give what another witness published (unverified): another one's file is read as far as a checkpoint can be long.

    Raises:
        CommandFault: it is longer.
    """
    from breakwater_client.trust.signed_note import MAX_NOTE_CHARACTERS

    most = 4 * MAX_NOTE_CHARACTERS
    with file.open("rb") as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise CommandFault(f"{file} is longer than any checkpoint.", code="file")
    return content


class ApiExchange:
    """The exchange over REST, as a witness asks it."""

    def __init__(self, api: Api) -> None:
        """Take the connection."""
        self._api = api

    def fetch(self, path: str) -> bytes:
        """Give what is at a path; raises ``AbsentError`` where there is nothing, ``CommandFault`` where it cannot be asked."""
        from breakwater_client.witnessing.rounds import AbsentError, PendingError

        try:
            return self._api.fetch(path)
        except CommandFault as fault:
            if fault.details.get("status") == HTTPStatus.NOT_FOUND:
                raise AbsentError(fault.sentence) from fault
            if fault.details.get("code") == Code.CHECKPOINT_PENDING.value:
                raise PendingError(fault.sentence) from fault
            raise

    def deliver(self, note: str) -> None:
        """Hand a cosigned checkpoint in; raises ``DeniedError`` and ``NotTakenError`` as ``rounds`` has them."""
        from breakwater_client.witnessing.rounds import DeniedError, NotTakenError

        try:
            self._api.post("/log/cosignatures", {"note": note})
        except CommandFault as fault:
            if fault.details.get("code") == Code.STATE_CONFLICT.value:
                raise DeniedError(fault.sentence) from fault
            if fault.details.get("status") in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}:
                raise NotTakenError(fault.sentence) from fault
            raise
