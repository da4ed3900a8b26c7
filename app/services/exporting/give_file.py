"""Giving files of exports: whole or a range, as long as everything in them may still be given.

Owns the questions before a file leaves and while it does. That it was given stands in the ledger since it was written, for the
partner, whoever of it fetches the file and how often. What is not asked is whether something merely expired meanwhile: a file is
as of one instant. Kept by ``tests/services/exporting/test_give_file.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NoReturn

from app.domain.errors import ForbiddenError, GoneError, NotFoundError, RangeError, UnavailableError
from app.domain.export import ExportDefinition
from app.domain.partner import Principal
from app.services.exchange import Exchange
from app.services.exporting.clear import depot_of
from app.services.exporting.due import put_sooner
from app.services.exporting.forget import bar
from app.services.exporting.look_up import downloading
from app.services.exporting.standing import may_all_be_given, standing_of
from app.services.reading.look_again import is_good
from app.services.reading.readers import Reader
from app.services.reading.visible_set import looking
from app.storage import export_files, exports, written_exports
from app.storage.written_exports import WrittenFile

BETWEEN_LOOKS = 8 * 1024 * 1024
"""After so many bytes it is asked again whether the rest may leave."""
_NOT_NOW = "It is being looked into just now what you may still see; try again shortly."
_GONE = "What this file holds may not be given any more; the next export holds everything anew."


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
            UnavailableError: it is not known yet what a narrowing takes away.
            ForbiddenError: the caller is no longer good.
            GoneError: something in it may not be given any more.
            RangeError: there is no such stretch.
        """
        if not 0 <= start <= stop <= self.size:
            raise RangeError("The file is shorter than that.", size=self.size)
        return self.giving.pieces(start, stop)


def give_file(exchange: Exchange, principal: Principal, definition_id: str, name: str) -> GivenFile:
    """Give a file of a published export of the caller's own organisation; ``name`` may be anything.

    One that may not be given is barred for good, and has the next export hold everything and be due soon (``due.put_sooner``),
    unless a later one does.

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
    giving = _Giving(exchange, reading, definition, found)
    giving.look()
    return GivenFile(found.name, found.size, found.sha256, giving)


class _Giving:
    """A file on its way to a reader, and as of which standing all of it was looked through."""

    def __init__(self, exchange: Exchange, reading: Reader, definition: ExportDefinition, found: WrittenFile) -> None:
        self._exchange = exchange
        self._reading = reading
        self._definition = definition
        self._file = found
        self._looked = found.standing

    def look(self) -> None:
        """Ask whether all of the file may be given now; raises as ``GivenFile.read``."""
        with looking(self._exchange, self._reading.key, self._exchange.clock()) as look:
            if not is_good(look, self._reading):
                raise ForbiddenError("What you may see has changed while it was given.")
            standing = standing_of(look)
            is_gone = written_exports.is_barred(look.connection, self._file.file_id)
            if look.viewpoint.stands_still:
                raise UnavailableError(_NOT_NOW)
            if not is_gone and standing != self._looked:
                is_gone = not may_all_be_given(look, written_exports.versions_in(look.connection, self._file.file_id))
        if is_gone:
            self._bar()
        if standing != self._looked:
            with self._exchange.database.write(while_read_only=True) as connection:
                export_files.keep_standing(connection, [self._file.file_id], standing)
            self._looked = standing

    def _bar(self) -> NoReturn:
        """Let the file be given to nobody any more, and whoever needed it start anew."""
        of, now = self._definition.definition_id, self._exchange.clock()
        with self._exchange.database.write(while_read_only=True) as connection:
            this = export_files.files_of(connection, of, self._file.number, with_versions=False)
            bar(connection, [one for one in this if one.name == self._file.name and one.barred_at is None], now)
            if not written_exports.has_later_snapshot(connection, of, self._file.number):
                exports.want_snapshot(connection, of)
                put_sooner(connection, self._definition, now)
        raise GoneError(_GONE)

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Give the bytes of a stretch, and ask again before each ``BETWEEN_LOOKS`` of them but the first."""
        pieces = self._stretches(start, stop)
        first = next(pieces, b"")  # so that what cannot be read is refused, and not broken off
        return chain((first,), pieces)

    def _stretches(self, start: int, stop: int) -> Iterator[bytes]:
        depot = depot_of(self._exchange.depots, self._file.target)
        path = f"{self._definition.partner_id}/{self._definition.definition_id}/{self._file.number:08d}/{self._file.name}"
        for begin in range(start, stop, BETWEEN_LOOKS):
            if begin > start:
                self.look()
            try:
                yield from depot.read(path, begin, min(stop, begin + BETWEEN_LOOKS))
            except NotFoundError:
                self._bar()
