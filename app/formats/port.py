"""What a format is given and what it gives. Kept by ``tests/formats``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ExportedVersion:
    """One object version as it is exported. ``body`` is what is stored: canonical JSON, with the publisher's signature in it.

    ``attestation`` is the exchange's (a DSSE envelope as JSON text) where nobody signed. ``content_sha256`` (hex) is that of
    ``body``: by it tombstones name what to take away. ``added_at`` is the reader's own date. ``publisher`` is its partner id.
    """

    body: bytes
    attestation: str | None
    content_sha256: str
    stix_id: str
    stix_type: str
    version: str
    publisher: str
    assurance: str
    keyid: str
    log_index: int
    added_at: datetime


class Out(Protocol):
    """Where a writer puts bytes."""

    def write(self, data: bytes, /) -> None:
        """Add bytes."""
        ...


class FormatWriter(Protocol):
    """Writes one file, in batches; memory does not grow with the file. Made with its ``Out``, closed once."""

    def add(self, versions: Sequence[ExportedVersion]) -> None:
        """Write some versions, in order."""
        ...

    def close(self) -> Mapping[str, int]:
        """Write what is left. Gives how many objects of each STIX type the file holds."""
        ...
