"""The disclosure ledger of one's own organisation: what of ours was given to others, what we were given, and what a leak took.

Kept by ``tests/portal/organisation/test_disclosures.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for

from app.domain.errors import BreakwaterError, MalformedInputError
from app.domain.permissions import Permission
from app.portal.organisation.blueprint import OrganisationBlueprint, may, principal
from app.portal.pages import page
from app.portal.tables import table_file
from app.services.explaining.members_told import members_told
from app.services.ledger.disclosure_table import GOES_ON, MOST_ANSWERS, own_table
from app.services.ledger.look_up_disclosures import LedgerQuestion, PageAsked, disclosures_of_own
from app.services.ledger.look_up_given import GivenQuestion, given_to_own, sum_given
from app.services.signing_in.own_credentials import own_credentials
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_disclosures")
ROWS = 50
MOST_SHOWN = 20  # object ids of one answer
MOST_FOLDED = 200  # with those that stand folded below them
_MOST_OBJECTS = 400  # of a page, unless its first answer has more
_OF_OURS = ("object", "partner", "since", "until")
_GIVEN = ("credential", "since", "until")


@blueprint.page("/organisation/disclosures", Permission.DISCLOSURES_READ, query=(*_OF_OURS, "next"))
def show() -> Response:
    """List the answers in which others were given objects of ours."""
    asked = _asked_of_ours()
    try:
        page_asked = PageAsked(request.args.get("next"), ROWS, _MOST_OBJECTS)
        found = disclosures_of_own(exchange(), principal(), _of_ours(asked), page_asked)
    except MalformedInputError as exc:
        return _shown(asked, faults=[_fault(exc)])
    return _shown(asked, rows=found.rows, further=_further("own_disclosures.show", asked, found.next) if found.more else None)


@blueprint.page("/organisation/disclosures/table.csv", Permission.DISCLOSURES_READ, query=(*_OF_OURS, GOES_ON))
def table() -> Response:
    """Give the same as a table, from where an earlier one ended."""
    asked, goes_on_from = _asked_of_ours(), request.args.get(GOES_ON, "")
    try:
        found = own_table(exchange(), principal(), _of_ours(asked), goes_on_from)
    except MalformedInputError as exc:
        return _shown(asked, HTTPStatus.UNPROCESSABLE_ENTITY, faults=[_fault(exc)], goes_on_from=goes_on_from)
    return table_file(found, "disclosures")


@blueprint.page("/organisation/disclosures/given", Permission.DISCLOSURES_READ, query=(*_GIVEN, "next"))
def given() -> Response:
    """List what we were given ourselves, in the last thirty days unless another time is asked for."""
    asked = {name: request.args.get(name, "").strip() for name in _GIVEN}
    asked["since"] = asked["since"] or (exchange().clock() - timedelta(days=30)).strftime("%Y-%m-%d")
    known: dict[str, Any] = {"rows": [], "further": None, "faults": []}
    try:
        question = GivenQuestion(asked["credential"] or None, *_period(asked))
        found = given_to_own(exchange(), principal(), question, PageAsked(request.args.get("next"), ROWS))
        known |= {"rows": found.rows, "further": found.next and _further("own_disclosures.given", asked, found.next)}
    except MalformedInputError as exc:
        known["faults"] = [_fault(exc)]
    return page("organisation/given.html", asked=asked, names=_names(), **known)


@blueprint.page("/organisation/disclosures/leaked", Permission.DISCLOSURES_READ, query=_GIVEN)
def leaked() -> Response:
    """Add up what was read with one of our credentials, for when it leaked."""
    asked = {name: request.args.get(name, "").strip() for name in _GIVEN}
    known: dict[str, Any] = {"total": None, "held": None, "faults": []}
    if asked["credential"]:
        try:
            question = GivenQuestion(asked["credential"], *_period(asked))
            known["held"], known["total"] = sum_given(exchange(), principal(), question)
        except MalformedInputError as exc:
            known["faults"] = [_fault(exc)]
    return page("organisation/leaked.html", asked=asked, names=_names(), **known)


def _asked_of_ours() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in _OF_OURS}


def _of_ours(asked: Mapping[str, str]) -> LedgerQuestion:
    return LedgerQuestion(asked["object"] or None, None, asked["partner"] or None, None, *_period(asked))


def _shown(asked: Mapping[str, str], status: int = HTTPStatus.OK, **known: Any) -> Response:
    members = members_told(exchange(), principal())
    told = [(one.partner_id, one.name) for one in members if one != principal().partner]
    empty: dict[str, Any] = {"rows": [], "further": None, "faults": [], "goes_on_from": ""}
    most = {"most": MOST_SHOWN, "folded": MOST_FOLDED, "most_answers": MOST_ANSWERS}
    return page("organisation/disclosures.html", status, asked=asked, members=told, **empty | known, **most)


def _period(asked: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """Give from when on, up to but without when: the day that is named as the last counts."""
    since, until = _day(asked["since"], "/since"), _day(asked["until"], "/until")
    if since is not None and until is not None and until < since:
        raise MalformedInputError("The last day lies before the first.", pointer="/until")
    return since, None if until is None else until + timedelta(days=1)


def _day(given: str, pointer: str) -> datetime | None:
    if not given:
        return None
    try:
        found = datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise MalformedInputError("Give a day as year, month and day.", pointer=pointer) from None
    if not 1970 < found.year < 9000:  # noqa: PLR2004  # years that a day can be added to
        raise MalformedInputError("Give a day as year, month and day.", pointer=pointer)
    return found


def _fault(exc: BreakwaterError) -> tuple[str, str]:
    return (exc.pointer or "").removeprefix("/"), exc.sentence


def _further(endpoint: str, asked: Mapping[str, str], cursor: str) -> str:
    values: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return url_for(endpoint, **values, next=cursor)


def _names() -> dict[str, str]:
    """Give what our credentials are called, for who may see them."""
    if not may(Permission.CREDENTIALS_READ):
        return {}
    found = own_credentials(exchange(), principal())
    return {one.credential.credential_id: one.credential.name for one in found}
