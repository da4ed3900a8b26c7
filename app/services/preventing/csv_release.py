"""A release as one CSV table, for whoever works with spreadsheets: the same numbers, with the catalogue's names beside the codes.

Owns columns and spelling; cells are no formulas (``formats.csv_tables``). What is verified is the signed document. Kept by
``tests/services/preventing/test_csv_release.py``.
"""

from __future__ import annotations

import csv
import io

from app.domain.catalogue import Catalogue
from app.domain.partner import Principal
from app.domain.prevention import Release
from app.services.cataloguing.current import current_catalogue
from app.services.exchange import Exchange
from app.services.preventing.read import get_release
from app.services.preventing.release import document_of
from breakwater_client.formats.csv_tables import safe_text

COLUMNS = (
    *("release", "released_at", "measure", "surface", "behaviour", "behaviour_name", "countermeasure", "countermeasure_name"),
    *("organisations", "trend"),
)


def release_as_csv(exchange: Exchange, principal: Principal, number: int) -> str:
    """Give a release as CSV (RFC 4180); raises ``NotFoundError`` where there is none of this number."""
    release = get_release(exchange, principal, number)
    with exchange.database.read() as connection:
        return _table(release, current_catalogue(connection))


def _table(release: Release, catalogue: Catalogue) -> str:
    out, document = io.StringIO(), document_of(release)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for cell in document["cells"]:
        behaviour = catalogue.behaviours_by_code.get(cell["behaviour"] or "")
        countermeasure = catalogue.countermeasures_by_code.get(cell["countermeasure"] or "")
        texts = (
            *(document["created_at"], cell["measure"], cell["surface"]),
            *(cell["behaviour"] or "", behaviour.name if behaviour else ""),
            *(cell["countermeasure"] or "", countermeasure.name if countermeasure else ""),
        )
        writer.writerow([document["number"], *map(safe_text, texts), cell["organisations"], cell["trend"]])
    return out.getvalue()
