"""The page to which an invitation leads: choosing a name, and a passkey, or a password with one-time codes.

The secret of the link stands in its path and in no log (``app/web/access_log.py`` keeps rules, not paths). Kept by
``tests/portal/test_invitations.py``.
"""

from __future__ import annotations

import json
from http import HTTPStatus

import segno
from flask import Response
from markupsafe import Markup

from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import give_session
from app.portal.forms import fields
from app.portal.pages import go_to, page
from app.portal.plain_words import listed
from app.portal.unconfirmed import Unconfirmed
from app.services.signing_in.accept_invitation import Setup, accept_with_password, look_at_invitation
from app.services.signing_in.by_passkey import Made, accept_with_passkey, begin_by_invitation
from app.web.context import exchange

blueprint = PortalBlueprint("invitations")


@blueprint.page("/invitations/<secret>")
def show(secret: str) -> Response:
    """Show who is invited, and what they can choose."""
    return _shown(secret)


@blueprint.form("/invitations/<secret>", unconfirmed=Unconfirmed.ENTERS)
def accept(secret: str) -> Response:
    """Set up a password and codes."""
    given = fields("login", "password", "code", "sealed_secret")
    try:
        setup = Setup(given["login"], given["password"], given["code"], given["sealed_secret"])
        session = accept_with_password(exchange(), secret, setup)
    except (ConflictError, MalformedInputError) as exc:
        return _shown(secret, given, exc)
    return give_session(go_to("home.show"), session)


@blueprint.form("/invitations/<secret>/passkey/options", unconfirmed=Unconfirmed.ENTERS)
def begin_passkey(secret: str) -> Response:
    """Give what a browser needs to make a passkey, or what is wrong with the name."""
    try:
        options = begin_by_invitation(exchange(), secret, fields("login")["login"])
    except (ConflictError, MalformedInputError) as exc:
        return Response(json.dumps({"refused": exc.sentence}), HTTPStatus.UNPROCESSABLE_ENTITY, content_type="application/json")
    return Response(options, content_type="application/json")


@blueprint.form("/invitations/<secret>/passkey", unconfirmed=Unconfirmed.ENTERS)
def accept_passkey(secret: str) -> Response:
    """Set up the passkey that the browser made."""
    given = fields("login", "answer", "challenge", "name")
    made = Made(given["answer"], given["challenge"], given["name"] or "Passkey")
    session = accept_with_passkey(exchange(), secret, given["login"], made)
    return give_session(go_to("home.show"), session)


def _shown(secret: str, given: dict[str, str] | None = None, failed: BreakwaterError | None = None) -> Response:
    sealed = given["sealed_secret"] if given and _is_of_a_seal(failed) else None
    welcome = look_at_invitation(exchange(), secret, sealed)
    picture = segno.make(welcome.setup_address()).svg_inline(scale=4, border=2, svgclass="code", lineclass=None, omitsize=True)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    login = given["login"] if given else welcome.login
    roles = listed([*welcome.person.member_roles, *welcome.person.staff_roles])
    known = {"secret": secret, "welcome": welcome, "roles": roles, "picture": Markup(picture), "login": login, "failed": failed}  # noqa: S704  # drawn here
    return page("invitation.html", status, **known)


def _is_of_a_seal(failed: BreakwaterError | None) -> bool:
    """Whether the form held the secret that was shown: then the same one is shown again, for it is in somebody's app already."""
    return failed is not None and failed.pointer is not None
