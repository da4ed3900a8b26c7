"""Releases of the catalogue: which there are, and what each changed; operators make the next one.

Kept by ``tests/portal/patterns/test_releases.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from app.domain.errors import ConflictError
from app.domain.permissions import Permission
from app.policy.catalogue import why_not_release
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.pages import go_to
from app.portal.patterns.pages import pattern_page
from app.services.cataloguing import review
from app.services.cataloguing.compare import compare
from app.services.cataloguing.current import read_release
from app.services.cataloguing.look_up import find_release, list_releases
from app.services.preventing.read import number_of
from app.web.context import exchange, principal

blueprint = PortalBlueprint("catalogue_releases", section="patterns.show")


@blueprint.page("/patterns/releases", for_everybody=True)
def list_all() -> Response:
    """List the releases, newest first."""
    return _listed()


@blueprint.page("/patterns/releases/<number>", query=["since"], for_everybody=True)
def show(number: str) -> Response:
    """Show what a release changed since the one before, or since another."""
    found = find_release(exchange(), number_of(number))
    since = number_of(request.args.get("since") or str(max(found.release - 1, 1)))
    before = find_release(exchange(), since)
    compared = compare(read_release(before.document), read_release(found.document))
    earlier = [(str(one), str(one)) for one in range(1, found.release)]
    return pattern_page("release.html", found=found, compared=compared, earlier=earlier)


@blueprint.form(
    "/patterns/releases",
    Permission.CATALOGUE_REVIEW,
    fresh_at="catalogue_releases.list_all",
    does="Make a release of the catalogue",
)
def make() -> Response:
    """Make the next release of all that was accepted; for operators."""
    fields(ONCE_FIELD)
    try:
        made = review.release(exchange(), principal(), use_of_form())
    except ConflictError as refused:
        return _listed(HTTPStatus.UNPROCESSABLE_ENTITY, refused.sentence)
    return go_to("catalogue_releases.show", number=made.release)


def _listed(status: int = HTTPStatus.OK, failed: str = "") -> Response:
    releases = list_releases(exchange())[::-1]
    makes = why_not_release(principal()) is None
    is_fresh = signed_in().session.is_fresh(exchange().clock())
    return pattern_page("releases.html", status, releases=releases, makes=makes, is_fresh=is_fresh, failed=failed)
