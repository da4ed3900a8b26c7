"""Who is told by whom, by roles, drawn: for a partner where its own objects went, for staff between all roles.

Kept by ``tests/portal/patterns/test_flows.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.charts.drawing import Chart
from app.portal.charts.flows import Flow, flows
from app.portal.patterns.pages import pattern_page
from app.portal.plain_words import capital, several
from app.portal.words import gettext
from app.services.ledger.flows_between_roles import COUNTED_FOR, RoleFlows, all_flows, own_flows
from app.web.context import exchange, principal

blueprint = PortalBlueprint("flows", section="patterns.show")


@blueprint.page("/patterns/flows", Permission.DISCLOSURES_READ, Permission.DISCLOSURES_SEARCH)
def show() -> Response:
    """Show what went to whom lately."""
    is_own = principal().partner is not None
    counted = own_flows(exchange(), principal()) if is_own else all_flows(exchange(), principal())
    return pattern_page("flows.html", chart=drawn(counted), counted=counted, is_own=is_own, days=COUNTED_FOR.days)


def drawn(counted: RoleFlows) -> Chart:
    """Draw the counts."""
    rows = [
        Flow(gettext("We") if one.giver is None else capital(several(one.giver)), capital(several(one.receiver)), one.answers)
        for one in counted.flows
    ]
    return flows(rows, gettext("Answers, by whose objects were in them and who got them"), gettext("Answers"))
