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
from app.portal.finding.told import told_statement
from app.portal.pages import page
from app.portal.reading import for_a_purpose, own_reader
from app.services.showing.look_around import ObjectInContext
from app.services.showing.proof import ProvableObject, provable_object
from app.services.weighing.weigh_assertions import AllSaid, Weighed
from app.web.context import exchange

blueprint = PortalBlueprint("object_print", section="search.show")


@blueprint.page("/objects/<stix_id>/print", Permission.OBJECTS_READ)
@for_a_purpose
def show(stix_id: str) -> Response:
    """Show an object as it is to be printed."""
    found, names = provable_object(exchange(), own_reader(), stix_id), names_told()
    narrowest = max((one.stated.terms.tlp for one in found.statements), key=lambda one: one.rank)
    return page(
        "finding/print.html",
        stix_id=stix_id,
        title=title_of(found.statements[0].stated.value),
        statements=[(told_statement(_alone(found, stix_id), one.stated, names), one) for one in found.statements],
        found=found,
        tlp=narrowest,
        printed_at=exchange().clock(),
        purpose=signed_in().session.purpose,
    )


def _alone(found: ProvableObject, stix_id: str) -> ObjectInContext:
    """Give the object without what stands around it: a case file holds what was printed, and nothing beside it."""
    nothing = Weighed(stix_id, None, 0, 0, is_disputed=False, assertions=[], feedback=[])
    return ObjectInContext(stix_id, [one.stated for one in found.statements], AllSaid([], {}, nothing), {}, is_cut=False)
