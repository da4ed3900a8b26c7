"""One's own sign-in: passkeys and open sessions.

Kept by ``tests/portal/test_account.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError
from app.domain.permissions import Permission
from app.policy.administration import why_forbidden
from app.portal.blueprint import PortalBlueprint
from app.portal.cookies import signed_in
from app.portal.forms import fields
from app.portal.pages import failed_page, go_to, page
from app.portal.unconfirmed import Unconfirmed
from app.services.signing_in.by_passkey import Made, add_another, begin_another, remove_passkey
from app.services.signing_in.look_up_recoveries import own_recoveries
from app.services.signing_in.own_accounts import offered_to, own_accounts
from app.services.signing_in.own_sign_in import end_other_sessions, own_sign_in
from app.services.signing_in.sessions import require_fresh
from app.web.context import exchange

blueprint = PortalBlueprint("account")


@blueprint.page("/account", for_everybody=True)
def show() -> Response:
    """Show with what one signs in, and where one is signed in."""
    return account_page()


def account_page(failed: BreakwaterError | None = None) -> Response:
    """Give the page, and what went wrong if something did."""
    own = own_sign_in(exchange(), signed_in())
    recoveries = own_recoveries(exchange(), signed_in().principal)[:3]
    keeps_people = why_forbidden(signed_in().principal, Permission.PERSONS_READ) is None
    is_fresh = signed_in().session.is_fresh(exchange().clock())
    accounts, providers = own_accounts(exchange(), signed_in()), offered_to(exchange(), signed_in().principal.person)
    known: dict[str, Any] = {"own": own, "is_fresh": is_fresh, "recoveries": recoveries}
    known |= {"keeps_people": keeps_people, "accounts": accounts, "providers": providers}
    return page("account.html", failed=None, **known) if failed is None else failed_page("account.html", failed, **known)


@blueprint.form("/account/passkeys/options", for_everybody=True, fresh_at="account.show", does="Add a passkey", anew=True)
def begin_passkey() -> Response:
    """Give what a browser needs to make a further passkey."""
    fields()
    require_fresh(exchange(), signed_in())
    return Response(begin_another(exchange(), signed_in()), content_type="application/json")


@blueprint.form("/account/passkeys", for_everybody=True, fresh_at="account.show", does="Add a passkey", anew=True)
def add_passkey() -> Response:
    """Keep the passkey that the browser made."""
    given = fields("answer", "challenge", "name")
    require_fresh(exchange(), signed_in())
    add_another(exchange(), signed_in(), Made(given["answer"], given["challenge"], given["name"] or "Passkey"))
    return go_to("account.show")


@blueprint.form("/account/passkeys/removal", for_everybody=True, fresh_at="account.show", does="Remove a passkey", anew=True)
def drop_passkey() -> Response:
    """Forget a passkey."""
    given = fields("passkey_id")
    require_fresh(exchange(), signed_in())
    remove_passkey(exchange(), signed_in(), given["passkey_id"])
    return go_to("account.show")


@blueprint.form("/account/sessions/end", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.LEAVES)
def end_others() -> Response:
    """End all sessions but this one."""
    fields()
    end_other_sessions(exchange(), signed_in())
    return go_to("account.show")
