"""The first page: for what one reads, what waits, what is new, and what came of what one's organisation gave.

Kept by ``tests/portal/home/test_first_page.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Purpose
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.home.first_steps import first_steps
from app.portal.home.news import news
from app.portal.home.offered_purposes import offered_purposes
from app.portal.pages import go_back, page
from app.portal.unconfirmed import Unconfirmed
from app.portal.waiting_cards import waiting_cards
from app.services.signing_in.sessions import read_for
from app.web.context import exchange, principal

blueprint = PortalBlueprint("home")


@blueprint.page("/", for_everybody=True, query=["back"])
def show() -> Response:
    """Show what waits for who is signed in, and what is new for them."""
    chosen, back = signed_in().session.purpose, request.args.get("back", "/")
    told: dict[str, Any] = {
        "cards": waiting_cards(),
        "news": news(),
        "steps": first_steps(),
        "is_member": principal().partner is not None,
    }
    return page("home/first_page.html", offered=offered_purposes(), chosen=chosen, back=back, **told)


@blueprint.form("/purpose", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.FOR_ONESELF)
def choose_purpose() -> Response:
    """Read for another purpose from now on."""
    given = fields("purpose", "back")
    if given["purpose"] not in set(Purpose):
        raise MalformedInputError("Choose one of the purposes.", pointer="/purpose")
    read_for(exchange(), signed_in(), Purpose(given["purpose"]))
    return go_back(given["back"])
