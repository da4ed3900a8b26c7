"""Tables that are downloaded: as CSV, under a name that says whether it is all.

Kept by ``tests/portal/test_tables.py``.
"""

from __future__ import annotations

from flask import Response

from app.portal.pages import download
from app.services.ledger.disclosure_table import DisclosureTable


def table_file(table: DisclosureTable, name: str) -> Response:
    """Give a table as a file ``name.csv``, or ``name-not-all.csv`` if it ends before the ledger does."""
    return download(table.text, "text/csv; charset=utf-8", f"{name}-not-all.csv" if table.is_cut else f"{name}.csv")
