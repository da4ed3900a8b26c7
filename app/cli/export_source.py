"""An exchange as ``services.mirroring`` asks it for exports, over REST. Kept by ``tests/cli/test_export_source.py``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli.api import segment
from app.cli.faults import CommandFault, ExitCode
from app.cli.listings import all_of
from app.domain.errors import Code, GoneError

if TYPE_CHECKING:
    from app.cli.api import Api

_GONE = {Code.EXPORT_FILE_GONE.value, Code.NOT_FOUND.value}
_PAGE = 100
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ExportSource:
    """One export's definition at an exchange."""

    def __init__(self, api: Api, definition_id: str) -> None:
        """Take the connection, and the definition's id."""
        self._api, self._path = api, f"/exports/{segment(definition_id)}"

    def newest(self) -> bytes | None:
        """Give the envelope of the newest manifest, None before the first."""
        return self._envelope("/manifest")

    def manifest(self, number: int) -> bytes | None:
        """Give the envelope of the manifest of a number, None if there is none."""
        return self._envelope(f"/manifests/{number}")

    def snapshots(self) -> Iterator[int]:
        """Give the numbers of the exports that hold everything, the newest first."""
        before: int | None = None
        while True:
            page = self._api.get(f"{self._path}/runs", before=before, limit=_PAGE)
            yield from (one["number"] for one in page["runs"] if one["has_snapshot"] and one["published_at"])
            before = page["next"]
            if before is None:
                return

    def file(self, name: str, start: int) -> tuple[int, Iterator[bytes]]:
        """Give from which byte on a file comes, and its pieces.

        Raises:
            GoneError: it may not be given any more, or is not kept any more.
        """
        with _while_there():
            begin, pieces = self._api.stream(f"{self._path}/files/{segment(name)}", start)
        return begin, _pieces(pieces)

    def _envelope(self, path: str) -> bytes | None:
        try:
            document: Any = self._api.get(self._path + path)
        except CommandFault as fault:
            if fault.details.get("code") == Code.NOT_FOUND.value:
                return None
            raise
        return json.dumps(document, separators=(",", ":")).encode()


def path_of(api: Api, wanted: str) -> str:
    """Give the path of an export that is named by its id, or by its name. An id is the exchange's to know.

    Raises:
        CommandFault: none of yours has this name, or more than one.
    """
    return f"/exports/{segment(wanted if _ID.fullmatch(wanted) else _id_of_name(api, wanted))}"


def definition_id_of(api: Api, wanted: str) -> str:
    """Give the id of an export that is named by its id or its name, and that is there.

    Raises:
        CommandFault: there is none, or more than one of this name.
    """
    return str(api.get(path_of(api, wanted))["id"])


def _id_of_name(api: Api, name: str) -> str:
    """Give the id of the export of a name; one that ended counts where no other bears the name."""
    named = [one for one in all_of(api, "/exports", "exports") if one["name"] == name]
    found = [one["id"] for one in named if not one["ended_at"]] or [one["id"] for one in named]
    if len(found) != 1:
        what = "No export" if not found else "More than one export"
        raise CommandFault(f"{what} has this name: see `breakwater export list`.", ExitCode.REFUSED, code="not-found")
    return str(found[0])


@contextmanager
def _while_there() -> Iterator[None]:
    try:
        yield
    except CommandFault as fault:
        if fault.details.get("code") in _GONE:
            raise GoneError(fault.sentence) from fault
        raise


def _pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with _while_there():
        yield from pieces
