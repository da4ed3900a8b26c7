"""Rendering pages: what every page knows about who looks at it.

Kept by ``tests/portal/test_pages.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from app.domain.errors import BreakwaterError, ConflictError, UnavailableError
from app.portal.cookies import FORGERY_FIELD, find_signed_in, forgery_word
from app.web.context import request_id


def page(template: str, status: int = HTTPStatus.OK, **known: Any) -> Response:
    """Give a page of ``templates/``, with what it is to show."""
    return make_response(render_template(template, **known), int(status))


def failed_page(template: str, failed: BreakwaterError, **known: Any) -> Response:
    """Give a page that says in its place what went wrong."""
    statuses = {UnavailableError: HTTPStatus.SERVICE_UNAVAILABLE, ConflictError: HTTPStatus.CONFLICT}
    status = next((one for kind, one in statuses.items() if isinstance(failed, kind)), HTTPStatus.FORBIDDEN)
    return page(template, status, failed=failed.sentence, **known)


def download(content: str | bytes, media_type: str, name: str) -> Response:
    """Give a file that browsers keep under a name (ours, in letters that need no quoting) and do not show."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def go_to(endpoint: str, **values: Any) -> Response:
    """Lead the browser to another page after a form, so that loading it anew sends nothing twice."""
    return lead(url_for(endpoint, **values))


def go_back(to: str) -> Response:
    """Lead to a path below this application (unverified), to the first page if it is anything else."""
    return lead(request.script_root + to if is_own_path(to) else url_for("home.show"))


def lead(address: str) -> Response:
    """Lead the browser to an address that we made."""
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))


def is_own_path(to: str) -> bool:
    """Whether a text leads to a page of ours and nowhere else; two slashes, of either kind, lead to another host."""
    parts = urlsplit(to)
    plain = to.isascii() and to.isprintable() and "\\" not in to
    return plain and to.startswith("/") and not to.startswith("//") and not parts.netloc and not parts.scheme


def about_the_request() -> dict[str, Any]:
    """Give what every template knows: who is signed in (None: nobody), the field against forgery, the id of the request."""
    return {"signed_in": find_signed_in(), "word": _word, "request_id": request_id()}


def _word() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORGERY_FIELD, forgery_word())
