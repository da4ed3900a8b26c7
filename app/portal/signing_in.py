"""Signing in and out, and showing again that it is still the same person.

Kept by ``tests/portal/test_signing_in.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Response, request

from app.domain.errors import BreakwaterError, UnauthenticatedError
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import give_session, signed_in, take_session
from app.portal.forms import fields
from app.portal.pages import failed_page, go_back, go_to, is_own_path, page
from app.portal.unconfirmed import Unconfirmed
from app.services.signing_in.by_passkey import begin_sign_in, show_again_by_passkey, sign_in_by_passkey
from app.services.signing_in.by_password import Shown, show_again_by_password, sign_in_by_password
from app.services.signing_in.sessions import end_session
from app.web.client_network import client_network
from app.web.context import exchange

blueprint = PortalBlueprint("signing_in")


@blueprint.page("/sign-in", query=["back"])
def show() -> Response:
    """Show how to sign in."""
    back = request.args.get("back", "")
    return page("sign_in.html", back=back, failed=None, login="", goes_on=is_own_path(back), providers=exchange().providers)


def sign_in_page(back: str, failed: BreakwaterError, login: str = "") -> Response:
    """Give the page anew, with what went wrong; ``back`` and ``login`` are unverified."""
    return failed_page("sign_in.html", failed, back=back, login=login, goes_on=False, providers=exchange().providers)


@blueprint.form("/sign-in", goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def by_password() -> Response:
    """Sign in by name, password and code."""
    given = fields("login", "password", "code", "back")
    try:
        secret = sign_in_by_password(exchange(), Shown(given["login"], given["password"], given["code"]), client_network())
    except UnauthenticatedError as exc:
        return sign_in_page(given["back"], exc, given["login"])
    return give_session(go_back(given["back"]), secret)


@blueprint.form("/sign-in/passkey/options", goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def begin_passkey() -> Response:
    """Give what a browser needs to ask for a passkey."""
    fields()
    return Response(begin_sign_in(exchange()), content_type="application/json")


@blueprint.form("/sign-in/passkey", goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def by_passkey() -> Response:
    """Sign in by what a passkey signed."""
    given = fields("answer", "challenge", "back")
    try:
        secret = sign_in_by_passkey(exchange(), given["answer"], given["challenge"])
    except UnauthenticatedError as exc:
        return sign_in_page(given["back"], exc)
    return give_session(go_back(given["back"]), secret)


@blueprint.form("/sign-out", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.LEAVES)
def leave() -> Response:
    """End the session."""
    fields()
    end_session(exchange(), signed_in())
    return take_session(go_to("signing_in.show"))


@blueprint.page("/show-again", query=["back"], for_everybody=True)
def again() -> Response:
    """Ask who is signed in to show again that it is they."""
    return page("show_again.html", back=request.args.get("back", ""), failed=None)


@blueprint.form("/show-again", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def again_by_password() -> Response:
    """Show it by password and code."""
    given = fields("password", "code", "back")
    password, code, network = given["password"], given["code"], client_network()
    return _shown_again(given["back"], lambda: show_again_by_password(exchange(), signed_in(), password, code, network))


@blueprint.form("/show-again/passkey/options", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def begin_again() -> Response:
    """Give what a browser needs to ask for one of the person's own passkeys."""
    fields()
    return Response(begin_sign_in(exchange(), signed_in()), content_type="application/json")


@blueprint.form("/show-again/passkey", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def again_by_passkey() -> Response:
    """Show it by a passkey."""
    given = fields("answer", "challenge", "back")
    return _shown_again(
        given["back"], lambda: show_again_by_passkey(exchange(), signed_in(), given["answer"], given["challenge"])
    )


def _shown_again(back: str, show_it: Callable[[], None]) -> Response:
    try:
        show_it()
    except UnauthenticatedError as exc:
        return page("show_again.html", HTTPStatus.FORBIDDEN, back=back, failed=exc.sentence)
    return go_back(back)
