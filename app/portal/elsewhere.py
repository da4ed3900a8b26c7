"""Signing in with an account elsewhere: leaving for its provider, and coming back.

Who comes back is shown one page with one form, which sends itself where scripts run: so nothing is done by an address that
another site wrote, and the form comes from this site, with the cookies that others cannot send along. Kept by
``tests/portal/test_elsewhere.py`` and ``tests/promises/test_openid.py``.
"""

from __future__ import annotations

from flask import Response, request

from app.domain.errors import ConflictError, ForbiddenError, UnauthenticatedError, UnavailableError
from app.domain.openid import OpenIdAttempt, OpenIdProvider
from app.portal.account import account_page
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import away_secret, give_away_secret, give_session, identify, signed_in, take_away_secret
from app.portal.forms import fields
from app.portal.pages import go_back, go_to, page
from app.portal.signing_in import sign_in_page
from app.portal.unconfirmed import Unconfirmed
from app.services.signing_in.ask_provider import Returned
from app.services.signing_in.by_openid import sign_in_by_openid
from app.services.signing_in.openid_attempts import Leaving, begin_adding, begin_sign_in, take_attempt
from app.services.signing_in.own_accounts import add_account, remove_account
from app.services.signing_in.sessions import require_fresh
from app.web.client_network import client_network
from app.web.context import exchange

blueprint = PortalBlueprint("elsewhere", section="account.show")
_SAID = ("code", "state", "iss", "error")
_LONGEST = 8_000


@blueprint.form("/sign-in/elsewhere/<provider>", goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def leave(provider: str) -> Response:
    """Send somebody to a provider, to sign in."""
    back = fields("back")["back"]
    try:
        leaving = begin_sign_in(exchange(), provider, back, client_network())
    except (UnauthenticatedError, UnavailableError) as exc:
        return sign_in_page(back, exc)
    return _left(leaving)


@blueprint.page("/sign-in/elsewhere/<provider>/answer", query=None)
def returned(provider: str) -> Response:
    """Show the form by which who came back goes on; what the address says is looked at when it is sent."""
    said = {name: request.args.get(name, "") for name in _SAID}
    is_fit = all(len(request.args.getlist(name)) <= 1 and len(value) <= _LONGEST for name, value in said.items())
    if not is_fit or "\0" in "".join(said.values()):
        said = dict.fromkeys(_SAID, "")
    return page("elsewhere/returned.html", provider=provider, said=said)


@blueprint.form("/sign-in/elsewhere/<provider>/answer", goes_on_read_only=True, unconfirmed=Unconfirmed.ENTERS)
def answer(provider: str) -> Response:
    """Sign in whoever came back, or add their account in the session that wanted it."""
    given = fields(*_SAID)
    came = Returned(provider, given["state"], given["code"], given["iss"], given["error"], away_secret())
    try:
        known, attempt = take_attempt(exchange(), came)
    except UnauthenticatedError as exc:
        return take_away_secret(sign_in_page("", exc))
    finish = _signed_in if attempt.credential_id is None else _added
    return take_away_secret(finish(known, attempt, came))


@blueprint.form("/account/elsewhere", for_everybody=True, fresh_at="account.show", does="Add an account elsewhere", anew=True)
def add() -> Response:
    """Send somebody to a provider, to add an account of theirs."""
    given = fields("provider")
    require_fresh(exchange(), signed_in())
    try:
        return _left(begin_adding(exchange(), signed_in(), given["provider"]))
    except UnavailableError as exc:
        return account_page(exc)


@blueprint.form(
    "/account/elsewhere/removal", for_everybody=True, fresh_at="account.show", does="Remove an account elsewhere", anew=True
)
def remove() -> Response:
    """Forget an account."""
    given = fields("account_id")
    require_fresh(exchange(), signed_in())
    remove_account(exchange(), signed_in(), given["account_id"])
    return go_to("account.show")


def _left(leaving: Leaving) -> Response:
    """Give the page that leads to the provider: a redirect after a form is held back by the page's own policy (form-action)."""
    return give_away_secret(page("elsewhere/leaving.html", leaving=leaving), leaving.secret)


def _signed_in(provider: OpenIdProvider, attempt: OpenIdAttempt, came: Returned) -> Response:
    try:
        secret = sign_in_by_openid(exchange(), provider, came, client_network())
    except (UnauthenticatedError, UnavailableError) as exc:
        return sign_in_page(attempt.back, exc)
    return give_session(go_back(attempt.back), secret)


def _added(provider: OpenIdProvider, attempt: OpenIdAttempt, came: Returned) -> Response:
    """Add the account. The page that holds the form is public, so that it is asked here whose session this is."""
    identify()
    try:
        add_account(exchange(), signed_in(), provider, attempt, came)
    except (ConflictError, ForbiddenError, UnavailableError) as exc:
        return account_page(exc)
    return go_to("account.show")
