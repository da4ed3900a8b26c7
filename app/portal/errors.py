"""Refusals as pages that help: what happened, what to do, and the id under which it can be asked about.

Owns the page; the status is ``app/web/refusals.py``'s, the words are ``refusing``'s. Whoever is not signed in is led to sign in,
and back; whoever has not chosen yet for what they read, to the first page, which asks. Where the page itself fails, as by what it
says of its reader, there is one that knows nothing but the id. A form that is refused shows its sender once more what they typed
(``typed``). Kept by ``tests/portal/test_errors.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, current_app, request

from app.domain.errors import Code
from app.portal.cookies import find_signed_in, session_secret, take_session
from app.portal.pages import go_to, is_own_path, page
from app.portal.refusing import told
from app.portal.typed import typed_before
from app.web.access_log import log_failure
from app.web.context import request_id
from app.web.refusals import Refused


def error_page(refused: Refused) -> Response:
    """Give the page of a refusal, or the way to the sign-in page."""
    if refused.code is Code.PURPOSE_MISSING:
        return go_to("home.show", back=_here())
    try:
        typed = typed_before(refused)
        if refused.status == HTTPStatus.UNAUTHORIZED:
            answer = page("ended.html", HTTPStatus.FORBIDDEN, typed=typed) if typed else go_to("signing_in.show", back=_here())
            # A link from elsewhere comes without the cookie, and must not end the session that the browser has.
            return answer if session_secret() is None else take_session(answer)
        known = {"code": int(refused.status), "told": told(refused), "typed": typed, "is_somebody": find_signed_in() is not None}
        return page("error.html", refused.status, **known)
    except Exception as exc:  # noqa: BLE001  # whatever it is, its reader gets a page with the id, and the log gets the rest
        log_failure(exc)
        return _plain_page()


def _plain_page() -> Response:
    """Give the page that asks nobody anything: neither who is signed in, nor what the blueprint knows."""
    text = current_app.jinja_env.get_template("unforeseen.html").render(request_id=request_id(), prefix=request.script_root)
    return Response(text, HTTPStatus.INTERNAL_SERVER_ERROR, mimetype="text/html")


def _here() -> str | None:
    """Give the path of the page that was asked for, None for a form, which is not sent again."""
    back = request.full_path.removesuffix("?") if request.method == "GET" else ""
    return back if is_own_path(back) else None
