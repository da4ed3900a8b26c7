"""Disclosures as a CSV table, for whoever works with spreadsheets: one line for each version that an answer gave.

Owns columns and spelling, how much one table holds, and what its last line says where that is not all; cells are no formulas
(``formats.csv_tables``). Who may ask what is ``look_up_disclosures``'. Kept by
``tests/services/ledger/test_disclosure_table.py``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.errors import Code, MalformedInputError
from app.domain.partner import Principal
from app.services.exchange import Exchange
from app.services.ledger.answers import GivenVersion, LedgerAnswer
from app.services.ledger.look_up_disclosures import (
    MOST_OBJECTS,
    DisclosurePage,
    LedgerQuestion,
    PageAsked,
    disclosures_of_own,
    search_disclosures,
)
from breakwater_client.formats.csv_tables import original_text, safe_text
from breakwater_client.instant import instant_text

MOST_ANSWERS = 1_000
"""So many answers are in one table, and ``MOST_OBJECTS`` lines, unless its first answer has more."""
COLUMNS = (
    *("disclosed_at", "recipient_id", "recipient_name", "purpose", "channel", "extent", "agreement_version"),
    *("publisher_id", "object_id", "version", "erased", "ground", "groups"),
)
OF_STAFF = "credential_id"
GOES_ON = "goes_on_from"
NOT_ALL = (
    "NOT ALL: this table ends here, the ledger may go on. Ask the same once more, and give what stands in the last column of "
    "this line where the page says: Go on from."
)


@dataclass(frozen=True, slots=True)
class DisclosureTable:
    """A table (RFC 4180, UTF-8), and whether there may be more than it holds; then its last line says where to go on."""

    text: str
    is_cut: bool


def own_table(exchange: Exchange, principal: Principal, asked: LedgerQuestion, goes_on_from: str) -> DisclosureTable:
    """Give as a table what ``disclosures_of_own`` lists; ``goes_on_from`` (untrusted) as it stands in a cell, empty: the start.

    Raises as it does.
    """
    with _at_its_field():
        return _table(disclosures_of_own(exchange, principal, asked, _page(goes_on_from)), ())


def staff_table(exchange: Exchange, principal: Principal, asked: LedgerQuestion, goes_on_from: str) -> DisclosureTable:
    """Give as a table what ``search_disclosures`` finds: an event, and a question, as there. Raises as it does."""
    with _at_its_field():
        return _table(search_disclosures(exchange, principal, asked, _page(goes_on_from)), (OF_STAFF,))


@contextmanager
def _at_its_field() -> Iterator[None]:
    """Say of a cursor that is none of this question where it was typed, and what belongs there."""
    try:
        yield
    except MalformedInputError as exc:
        if exc.code is not Code.CURSOR_INVALID:
            raise
        sentence = "This is not where a table of the same question ended: copy it as it stands there, and ask the same."
        raise MalformedInputError(sentence, code=exc.code, pointer=f"/{GOES_ON}") from None


def _page(goes_on_from: str) -> PageAsked:
    return PageAsked(original_text(goes_on_from.strip()) or None, MOST_ANSWERS, MOST_OBJECTS)


def _table(found: DisclosurePage, further: tuple[str, ...]) -> DisclosureTable:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = (*COLUMNS, *further, GOES_ON)
    writer.writerow(columns)
    for row in found.rows:
        writer.writerows(_lines(row, further))
    if found.more:
        writer.writerow([NOT_ALL, *[""] * (len(columns) - 2), safe_text(found.next)])
    return DisclosureTable(out.getvalue(), found.more)


def _lines(row: LedgerAnswer, further: tuple[str, ...]) -> Iterator[list[str]]:
    about = (
        *(instant_text(row.disclosed_at), row.recipient_id, row.recipient_name, row.purpose, row.channel),
        *(row.extent or "", str(row.agreement_version)),
    )
    with_what = [row.credential_id or ""] if further else []
    for one in row.given:
        yield [safe_text(cell) for cell in (*about, *_of(one), *with_what, "")]


def _of(one: GivenVersion) -> tuple[str, ...]:
    erased = "true" if one.stix_id is None else "false"
    return (
        *(one.publisher_id, one.stix_id or "", one.version or "", erased),
        *(one.ground or "", " ".join(sorted(one.groups))),
    )
