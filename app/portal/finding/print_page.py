"""An object on paper, for a case file: what it says, its terms, its proof's figures, and for whom and when it was printed.

Owns what stands there. The marking stands at the head of every printed page, in words and in colour. Kept by
``tests/portal/finding/test_print_page.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.finding.names import names_told
from app.portal.finding.titles import title_of
from app.portal.finding.told import CONTAINERS, told_statement
from app.portal.pages import page
from app.portal.reading import for_a_purpose, own_reader
from app.services.showing.look_around import ObjectInContext, look_around
from app.services.showing.proof import ProvableObject, provable_object
from app.services.weighing.weigh_assertions import AllSaid, Weighed
from app.web.context import exchange

blueprint = PortalBlueprint("object_print", section="search.show")


@blueprint.page("/objects/<stix_id>/print", Permission.OBJECTS_READ)
@for_a_purpose
def show(stix_id: str) -> Response:
    """Show an object as it is to be printed."""
    found, names = provable_object(exchange(), own_reader(), stix_id), names_told()
    held = _held(found, stix_id)
    narrowest = max((one.stated.terms.tlp for one in found.statements), key=lambda one: one.rank)
    return page(
        "finding/print.html",
        stix_id=stix_id,
        title=title_of(found.statements[0].stated.value),
        statements=[(told_statement(held, one.stated, names), one) for one in found.statements],
        found=found,
        is_cut=held.is_cut,
        tlp=narrowest,
        printed_at=exchange().clock(),
        purpose=signed_in().session.purpose,
    )


def _held(found: ProvableObject, stix_id: str) -> ObjectInContext:
    """Give the object with what it holds, if it holds something, and nothing beside it: a case file has what was printed."""
    stated = [one.stated for one in found.statements]
    nothing = AllSaid([], {}, Weighed(stix_id, None, 0, 0, is_disputed=False, assertions=[], feedback=[]))
    if not any(one.value["type"] in CONTAINERS for one in stated):
        return ObjectInContext(stix_id, stated, nothing, {}, is_cut=False)
    looked = look_around(exchange(), own_reader(), stix_id)
    return ObjectInContext(stix_id, stated, nothing, looked.around, is_cut=looked.is_cut)
