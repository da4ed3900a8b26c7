"""The ledger for staff: who was given what, and reports after something leaked. Names of objects are ids; content is not shown.

Asking is an event. Questions are sent as forms, since addresses are logged. Kept by ``tests/portal/operating/test_ledger.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, ExhaustedError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.operating.approvals import names
from app.portal.operating.plain_text import checked_id, checked_span
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import page
from app.portal.tables import table_file
from app.portal.unconfirmed import Unconfirmed
from app.services.ledger.breach_report import Breach, breach_report
from app.services.ledger.disclosure_table import GOES_ON, MOST_ANSWERS, staff_table
from app.services.ledger.look_up_disclosures import LedgerQuestion, PageAsked, search_disclosures
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_ledger")
_AT_ONCE = 50
MOST_FOLDED = 200  # objects of one answer
_MOST_OBJECTS = 400  # of a page, unless its first answer has more
_LONGEST_ID = 300
_ASKED = ("stix_id", "publisher_id", "partner_id", "credential_id", "since", "until")
_REPORTED = ("about", "credential_id", "partner_id", "publisher_id", "issued_too", "since", "until")
_EMPTY = dict.fromkeys({*_ASKED, *_REPORTED, GOES_ON}, "")


@blueprint.page("/exchange/ledger", Permission.DISCLOSURES_SEARCH)
def show() -> Response:
    """Show the form by which the ledger is searched."""
    return _shown(_EMPTY)


@blueprint.form("/exchange/ledger", Permission.DISCLOSURES_SEARCH, goes_on_read_only=True, unconfirmed=Unconfirmed.READS)
def search() -> Response:
    """Show what was given, by what was asked."""
    given = fields(*_ASKED, "next")
    try:
        found = search_disclosures(
            exchange(), principal(), _question(given), PageAsked(given["next"] or None, _AT_ONCE, _MOST_OBJECTS)
        )
    except (ExhaustedError, MalformedInputError) as exc:
        return _shown(given, exc)
    return _shown(given, found=found)


@blueprint.form("/exchange/ledger/table", Permission.DISCLOSURES_SEARCH, goes_on_read_only=True, unconfirmed=Unconfirmed.READS)
def table() -> Response:
    """Give the same as a table, from where an earlier one ended."""
    given = fields(*_ASKED, GOES_ON)
    try:
        found = staff_table(exchange(), principal(), _question(given), given[GOES_ON])
    except (ExhaustedError, MalformedInputError) as exc:
        return _shown(given, exc)
    return table_file(found, "ledger")


@blueprint.page("/exchange/ledger/breach", Permission.DISCLOSURES_SEARCH)
def breach() -> Response:
    """Show the form by which a report is asked for."""
    return _report(_EMPTY)


@blueprint.form("/exchange/ledger/breach", Permission.DISCLOSURES_SEARCH, goes_on_read_only=True, unconfirmed=Unconfirmed.READS)
def report() -> Response:
    """Show what was given with a credential, or to a partner, for each publisher that must be told."""
    given = fields(*_REPORTED)
    try:
        found = breach_report(exchange(), principal(), _breach(given))
    except (ConflictError, MalformedInputError) as exc:
        return _report(given, exc)
    except NotFoundError:
        return _report(given, MalformedInputError("There is no such credential or partner."))
    return _report(given, found=found)


def _question(given: dict[str, str]) -> LedgerQuestion:
    stix_id = given["stix_id"].strip()
    if len(stix_id) > _LONGEST_ID:
        raise MalformedInputError(f"An id has {_LONGEST_ID} characters at most.", pointer="/stix_id")
    return LedgerQuestion(
        stix_id or None,
        checked_id(given["publisher_id"], "publisher_id"),
        checked_id(given["partner_id"], "partner_id"),
        checked_id(given["credential_id"], "credential_id"),
        *checked_span(given["since"], given["until"]),
    )


def _breach(given: dict[str, str]) -> Breach:
    since, until = checked_span(given["since"], given["until"])
    return Breach(
        credential_id=checked_id(given["credential_id"], "credential_id"),
        partner_id=checked_id(given["partner_id"], "partner_id"),
        issued_too=bool(given["issued_too"]),
        since=since,
        until=until,
        publisher_id=checked_id(given["publisher_id"], "publisher_id"),
    )


def _shown(given: dict[str, str], failed: BreakwaterError | None = None, found: Any = None) -> Response:
    return _page("operating/ledger.html", given, failed, found)


def _report(given: dict[str, str], failed: BreakwaterError | None = None, found: Any = None) -> Response:
    return _page("operating/breach.html", given, failed, found)


def _page(template: str, given: dict[str, str], failed: BreakwaterError | None, found: Any) -> Response:
    faults = faults_of(failed) if failed else []
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    options = list(names().items())
    return page(
        template,
        status,
        given=_EMPTY | given,
        found=found,
        names=names(),
        options=options,
        faults=faults,
        fault=dict(faults),
        folded=MOST_FOLDED,
        most_answers=MOST_ANSWERS,
    )
