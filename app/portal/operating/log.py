"""The log: how much is in it, what of that is signed, and what to do if nothing is taken in.

What gives up leaves is done on the machine itself; the page names the command. Kept by ``tests/portal/operating/test_log.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.services.proving.checkpoints import checkpoint_now
from app.services.proving.look_at_log import look_at_log
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_log")
_COMMANDS = {"check": "breakwater log check", "accept_loss": "breakwater log accept-loss"}


@blueprint.page("/exchange/log", Permission.PARTNERS_READ)
def show() -> Response:
    """Show how the log stands."""
    return _shown()


@blueprint.form(
    "/exchange/log/checkpoints", Permission.LOG_CHECKPOINT, fresh_at="operating_log.show", does="Sign a checkpoint of the log"
)
def checkpoint() -> Response:
    """Have what is in the log signed now."""
    fields(ONCE_FIELD)
    try:
        checkpoint_now(exchange(), principal(), use_of_form())
    except ConflictError as exc:
        return _shown(exc)
    return go_to("operating_log.show")


def _shown(failed: BreakwaterError | None = None) -> Response:
    standing, now = look_at_log(exchange(), principal()), exchange().clock()
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    known: dict[str, Any] = {"standing": standing, "faults": faults_of(failed) if failed else []}
    return page("operating/log.html", status, now=now, commands=_COMMANDS, **known)
