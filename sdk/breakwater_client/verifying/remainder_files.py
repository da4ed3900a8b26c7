"""What is left of a file once something withdrawn was taken out of it: where a mirror keeps it, and the list of what went.

Owns the two names and the list's form. Nobody signed either of them: what they are worth is shown by ``verify_remainders``. Kept
by ``tests/client/verifying/test_remainder_files.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from breakwater_client.documents.long_envelopes import member_of
from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import BreakwaterError, Code, UnprovenError

REMAINDERS = "remainder"
"""The folder beside an export's files in which remainders lie, each under the name of the file that it stands for."""

_GONE = ".gone"


def remainder_path(folder: Path, name: str) -> Path:
    """Give where what is left of a file of an export's folder lies."""
    return folder / REMAINDERS / name


def gone_path(folder: Path, name: str) -> Path:
    """Give where it stands what was taken out of a file."""
    return folder / REMAINDERS / f"{name}{_GONE}"


def gone_bytes(gone: Mapping[str, str]) -> bytes:
    """Give the list of what went: for the SHA-256 (hex) of each content the payload digest by which recalls name it."""
    lines = (json.dumps({"content_sha256": one, "payload_digest": digest}) for one, digest in sorted(gone.items()))
    return "".join(f"{line}\n" for line in lines).encode()


def read_gone(folder: Path, name: str) -> dict[str, str]:
    """Give what was taken out of a file (unverified); it may name what is still in it, where a run was killed. None: empty.

    Raises:
        UnprovenError: code ``export-different``: it is no such list.
    """
    path = gone_path(folder, name)
    try:
        found = {}
        for line in path.read_bytes().splitlines() if path.is_file() else ():
            value = parse(line)
            content, payload = member_of(value, "content_sha256"), member_of(value, "payload_digest")
            if not (isinstance(content, str) and isinstance(payload, str)):
                raise _different(name)
            found[content] = payload
    except BreakwaterError as fault:
        raise _different(name) from fault
    return found


def _different(name: str) -> UnprovenError:
    return UnprovenError(f"{name}: the list of what was taken out of it is damaged.", code=Code.EXPORT_DIFFERENT)
