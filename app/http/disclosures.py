"""``/disclosures``: who was given what, and breach reports. Kept by ``tests/http/test_disclosures.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.ledger_payloads import (
    BreachPayload,
    BreachReportPayload,
    DisclosurePagePayload,
    DisclosureQuery,
    DisclosureSearchPayload,
)
from app.services.ledger.breach_report import Breach, BreachReport, breach_report
from app.services.ledger.look_up_disclosures import DisclosurePage, disclosures_of_own, search_disclosures
from app.web.context import exchange, principal

blueprint = ApiBlueprint(
    "disclosures", "The ledger: who was given which version, when, for which purpose, by which way and on which ground."
)


@blueprint.get("/disclosures", Permission.DISCLOSURES_READ)
@blueprint.query(DisclosureQuery)
@blueprint.answers(HTTPStatus.OK, DisclosurePagePayload)
def find_page(query: dict[str, Any]) -> DisclosurePage:
    """List the answers in which others were given objects of the caller, oldest first."""
    return disclosures_of_own(exchange(), principal(), query["asked"], query["page"])


@blueprint.goes_on_read_only
@blueprint.post("/disclosures/search", Permission.DISCLOSURES_SEARCH, also=(429,))
@blueprint.body(DisclosureSearchPayload)
@blueprint.answers(HTTPStatus.OK, DisclosurePagePayload)
def search_all(given: dict[str, Any]) -> DisclosurePage:
    """List answers for staff, oldest first: about whoever's objects, to whom and with which credential. Asking is an event."""
    return search_disclosures(exchange(), principal(), given["asked"], given["page"])


@blueprint.goes_on_read_only
@blueprint.post("/disclosures/breach-report", Permission.DISCLOSURES_SEARCH, also=(404,))
@blueprint.body(BreachPayload)
@blueprint.answers(HTTPStatus.OK, BreachReportPayload)
def report_breach(asked: Breach) -> BreachReport:
    """Add up what was given with a credential, or to a partner, for each publisher that must be told. Asking is an event."""
    return breach_report(exchange(), principal(), asked)
