"""Refusals as pages that help: what happened, what to do, and the id under which it can be asked about.

Owns the page; status and words are ``app/web/refusals.py``'s. Whoever is not signed in is led to sign in, and back. Kept by
``tests/portal/test_errors.py``.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from app.portal.cookies import find_signed_in, session_secret, take_session
from app.portal.pages import go_to, is_own_path, page
from app.web.refusals import Refused


def error_page(refused: Refused) -> Response:
    """Give the page of a refusal, or the way to the sign-in page."""
    if refused.status == HTTPStatus.UNAUTHORIZED:
        back = request.full_path.removesuffix("?") if request.method == "GET" else ""
        answer = go_to("signing_in.show", back=back if is_own_path(back) else None)
        # A link from elsewhere comes without the cookie, and must not end the session that the browser has.
        return answer if session_secret() is None else take_session(answer)
    return page("error.html", refused.status, refused=refused, is_somebody=find_signed_in() is not None)
