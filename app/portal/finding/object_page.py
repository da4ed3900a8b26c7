"""The page of an object: what it says and on which terms, what stands around it, who else says something of it.

Owns the page and what beside it hangs on one object. One page is one row of the ledger, which names all that it is made of; an
observable's is one question. Hidden is absent. Kept by ``tests/portal/finding/test_object_page.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, current_app, url_for

from app.domain.partner_request import OFFER_TYPE
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.finding.cases import told_cases
from app.portal.finding.drawing import draw
from app.portal.finding.names import names_told
from app.portal.finding.neighbours import neighbours_of
from app.portal.finding.over_time import sightings_over_time
from app.portal.finding.titles import whole_title_of
from app.portal.finding.told import told_statement
from app.portal.pages import page
from app.portal.plain_words import feedback_said
from app.portal.reading import for_a_purpose, own_reader
from app.services.showing.look_around import look_around
from app.web.context import exchange, principal

blueprint = PortalBlueprint("objects", section="search.show")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with an object, on a page of another part."""

    words: str
    address: str


@blueprint.page("/objects/<stix_id>", Permission.OBJECTS_READ)
@for_a_purpose
def show(stix_id: str) -> Response:
    """Show what an object says, on which terms, and what stands around it."""
    found, names = look_around(exchange(), own_reader(), stix_id), names_told()
    statements = [told_statement(found, one, names) for one in found.stated]
    neighbours = neighbours_of(found, names)
    return page(
        "finding/object.html",
        stix_id=stix_id,
        statements=statements,
        names=names,
        weighed=found.weighed,
        neighbours=neighbours,
        cases=told_cases(found, names),
        drawn=draw(whole_title_of(found.stated[0].value), statements[0].kind, neighbours) if neighbours else None,
        is_cut=found.is_cut,
        chart=sightings_over_time(found.weighed, exchange().clock()),
        feedback_said=feedback_said,
        raw=[json.dumps(one.value, indent=1, ensure_ascii=False) for one in found.stated],
        is_own=is_own([one.owner_id for one in statements]),
        acts=acts_on(stix_id, own=is_own([one.owner_id for one in statements])),
        purpose=signed_in().session.purpose,
    )


def is_own(owner_ids: list[str]) -> bool:
    """Whether who is signed in belongs to one of the owners of what is shown."""
    partner = principal().partner
    return partner is not None and partner.partner_id in owner_ids


def acts_on(stix_id: str, *, own: bool) -> list[Act]:
    """Give what can be done with an object by who is signed in, on those pages that there are."""
    wanted = [("answering_feedback.show", "Say what came of it", Permission.OBJECTS_SUBMIT)]
    if not own and stix_id.startswith(f"{OFFER_TYPE}--"):
        wanted.append(("answering_asking.offer", "Ask for access", Permission.REQUESTS_WRITE))
    if own:
        wanted.append(("correcting.show", "Correct it", Permission.DRAFTS_WRITE))
        wanted.append(("answering_recall_own.show", "Recall it", Permission.OBJECTS_SUBMIT))
    there = current_app.view_functions
    return [
        Act(words, url_for(endpoint, stix_id=stix_id))
        for endpoint, words, permission in wanted
        if endpoint in there and why_forbidden(principal(), permission) is None
    ]
