"""Giving files of exports: whole or a range, as long as everything in them may still be given.

Owns the questions before a file leaves and while it does. That it was given stands in the ledger since it was written, for the
partner, whoever of it fetches the file and how often. What is not asked is whether something merely expired meanwhile: a file is
as of one instant. Kept by ``tests/services/exporting/test_give_file.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.depot.port import Depot
from app.domain.errors import ForbiddenError, GoneError, NotFoundError, RangeError
from app.domain.export import ExportDefinition
from app.domain.partner import Principal
from app.services.exchange import Exchange
from app.services.exporting.look_up import downloading
from app.services.reading.look_again import is_good
from app.services.reading.readers import Reader
from app.services.reading.visible_set import Look, looking
from app.storage import feed, restrictions, written_exports
from app.storage.written_exports import WrittenFile

BETWEEN_LOOKS = 8 * 1024 * 1024
"""After so many bytes it is asked again whether the rest may leave."""
_GONE = "What this file holds may not be given any more; the next export holds everything anew."

Standing = tuple[int, int, datetime, int]
"""What is seen of a whole file rests on this; what is restricted for a person does not, and is asked each time."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that may be given now: ``sha256`` (hex) and ``size`` are those of the whole, as the manifest has them."""

    name: str
    size: int
    sha256: str
    giving: _Giving

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Give the bytes from ``start`` up to ``stop``, in pieces.

        Raises before the first piece, or between two:
            DepotError: the place where it lies cannot be reached.
            ForbiddenError: the caller is no longer good.
            GoneError: something in it may not be given any more.
            RangeError: there is no such stretch.
        """
        if not 0 <= start <= stop <= self.size:
            raise RangeError("The file is shorter than that.", size=self.size)
        return self.giving.pieces(start, stop)


def give_file(exchange: Exchange, principal: Principal, definition_id: str, name: str) -> GivenFile:
    """Give a file of a published export of the caller's own organisation; ``name`` may be anything.

    Raises:
        ForbiddenError: the credential does not read as far as the export.
        GoneError: something in it may not be given any more, or it was kept long enough.
        NotFoundError: there is no such file, or the caller's organisation has no such export.
    """
    with exchange.database.read() as connection:
        definition, reading = downloading(connection, principal, definition_id)
        found = written_exports.find_file(connection, definition_id, name)
        if found is None:
            raise NotFoundError
        versions = () if found.is_gone else written_exports.versions_in(connection, found.file_id)
    if found.is_gone or definition.target not in exchange.depots:
        raise GoneError(_GONE)
    giving = _Giving(exchange, reading, _Place(exchange.depots[definition.target], _path(definition, found)), found, versions)
    giving.look()
    return GivenFile(found.name, found.size, found.sha256, giving)


def _path(definition: ExportDefinition, found: WrittenFile) -> str:
    return f"{definition.partner_id}/{definition.definition_id}/{found.number:08d}/{found.name}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a file lies."""

    depot: Depot
    path: str


class _Giving:
    """A file on its way to a reader, and as of which standing all of it was looked through."""

    def __init__(self, exchange: Exchange, reading: Reader, place: _Place, found: WrittenFile, versions: tuple[int, ...]) -> None:
        self._exchange = exchange
        self._reading = reading
        self._place = place
        self._file = found
        self._versions = versions
        self._looked: Standing | None = None

    def look(self) -> None:
        """Ask whether all of the file may be given now; raises as ``GivenFile.read``."""
        with self._looking() as look:
            standing = (look.viewpoint.epoch, look.viewpoint.judged_to, look.viewpoint.valid_until, look.newest_recall)
            if restrictions.restricts_any(look.connection, self._versions):
                raise GoneError(_GONE)
            if standing != self._looked and not feed.sees_all(look.connection, look.viewpoint, self._versions):
                raise GoneError(_GONE)
            self._looked = standing

    @contextmanager
    def _looking(self) -> Iterator[Look]:
        with looking(self._exchange, self._reading.key, self._exchange.clock()) as look:
            if not is_good(look, self._reading):
                raise ForbiddenError("What you may see has changed while it was given.")
            if written_exports.is_barred(look.connection, self._file.file_id):
                raise GoneError(_GONE)
            yield look

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Give the bytes of a stretch, and ask again before each ``BETWEEN_LOOKS`` of them but the first."""
        pieces = self._stretches(start, stop)
        first = next(pieces, b"")  # so that what cannot be read is refused, and not broken off
        return _joined(first, pieces)

    def _stretches(self, start: int, stop: int) -> Iterator[bytes]:
        for begin in range(start, stop, BETWEEN_LOOKS):
            if begin > start:
                self.look()
            try:
                yield from self._place.depot.read(self._place.path, begin, min(stop, begin + BETWEEN_LOOKS))
            except NotFoundError:
                raise GoneError(_GONE) from None


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
