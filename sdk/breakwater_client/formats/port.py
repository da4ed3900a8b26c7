"""What a format is given and what it gives. Kept by ``tests/formats``.

A format writes a *unit*: one file, or several that belong together. Which of them is named by its *table*: ``MAIN`` where a
unit has one file, ``ATTESTATIONS`` for what the exchange attests of objects in the main one that nobody signed, and in CSV the
STIX type of the file's rows. Whoever may not read a version may read none of the files of its unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

MAIN = ""
"""The table of a unit's one file; its name does not say it."""

ATTESTATIONS = "attestations"
"""The table of a unit's second file in the forms that have no place for attestations within."""


class ExportedBodies(NamedTuple):
    """Some object versions for forms that write bodies alone, by column, since a large export has millions of them.

    ``bodies`` are what is stored: canonical JSON, with the publisher's signature in it. ``attestations`` are the exchange's
    (a DSSE envelope as JSON text) where nobody signed.
    """

    bodies: Sequence[bytes]
    attestations: Sequence[str | None]
    stix_types: Sequence[str]


class ExportedVersion(NamedTuple):
    """One object version with all that columns say of it.

    ``body`` and ``attestation`` are as in ``ExportedBodies``. ``content_sha256`` (hex) is that of ``body``: by it tombstones name
    what to take away. ``added_at`` is the reader's own date. ``publisher`` is its partner id.
    """

    body: bytes
    attestation: str | None
    stix_type: str
    content_sha256: str
    stix_id: str
    version: str
    publisher: str
    assurance: str
    keyid: str
    log_index: int
    added_at: datetime


class Out(Protocol):
    """Where a writer puts the bytes of one file."""

    def write(self, data: bytes, /) -> object:
        """Add bytes."""
        ...


class Outs(Protocol):
    """Where a writer puts the files of a unit."""

    def __call__(self, table: str, /) -> Out:
        """Begin the file of a table. Asked once for each, when its first bytes come. Closing is the business of who gave it."""
        ...


class FormatWriter(Protocol):
    """Writes one unit, in batches; memory does not grow with it. Closed once; what is left unclosed is not whole."""

    def add(self, versions: Any) -> None:
        """Write some versions, at least one, in order: each an ``ExportedVersion``; as ``ExportedBodies`` without columns."""
        ...

    def close(self) -> Mapping[str, Mapping[str, int]]:
        """Write what is left. Gives for each table that was written how many objects of each STIX type its file holds.

        There is at least one, also without any version.
        """
        ...
