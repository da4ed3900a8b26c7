"""The first page.

Kept by ``tests/portal/test_home.py``.
"""

from __future__ import annotations

from flask import Response

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Purpose
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.pages import go_back, page
from app.services.signing_in.sessions import read_for
from app.web.context import exchange

blueprint = PortalBlueprint("home")


@blueprint.page("/", for_everybody=True)
def show() -> Response:
    """Show who one is here, and for what one reads."""
    return page("home.html", purposes=list(Purpose), chosen=signed_in().session.purpose)


@blueprint.form("/purpose", for_everybody=True, goes_on_read_only=True)
def choose_purpose() -> Response:
    """Read for another purpose from now on."""
    given = fields("purpose", "back")
    if given["purpose"] not in set(Purpose):
        raise MalformedInputError("Choose one of the purposes.", pointer="/purpose")
    read_for(exchange(), signed_in(), Purpose(given["purpose"]))
    return go_back(given["back"])
