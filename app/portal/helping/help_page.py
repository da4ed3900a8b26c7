"""The page of help: a tour of what one can do here, and the keys. Kept by ``tests/portal/helping/test_help_page.py``."""

from __future__ import annotations

from flask import Response

from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.helping.tour import steps_for
from app.portal.pages import page

blueprint = PortalBlueprint("helping", section="home.show")


@blueprint.page("/help", for_everybody=True)
def show() -> Response:
    """Show the tour and the keys."""
    return page("helping/help.html", steps=steps_for(signed_in().principal))
