"""A partner's pending key: comparing its id with what the partner said by another way, and letting it count.

The operator types the id that the partner told; the page compares. Kept by ``tests/portal/operating/test_keys.py``.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Response

from app.domain.approval import Approval
from app.domain.errors import BreakwaterError, Code, ConflictError, ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.portal.forms import fields
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.room import StaffBlueprint, faults_of
from app.portal.pages import go_to, page
from app.portal.words import gettext
from app.services.membership.look_up_keys import get_key
from app.services.membership.manage_keys import activate_key
from app.services.membership.recover_keys import propose_recovery
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_keys")


@blueprint.page("/exchange/keys/<keyid>", Permission.KEYS_ACTIVATE, fresh=True)
def show(keyid: str) -> Response:
    """Show a key, and what is to be compared before it counts."""
    return _shown(keyid)


@blueprint.form(
    "/exchange/keys/<keyid>/activation",
    Permission.KEYS_ACTIVATE,
    fresh_at="operating_keys.show",
    does="Let a key of a partner count",
    anew=True,
)
def activate(keyid: str) -> Response:
    """Let a key count whose id the partner told by another way."""
    given = fields("told", ONCE_FIELD)
    try:
        _compare(keyid, given["told"])
        key = activate_key(exchange(), principal(), keyid, use_of_form())
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _shown(keyid, exc, given["told"])
    return go_to("operating_partners.one", partner_id=key.partner_id)


@blueprint.form(
    "/exchange/keys/<keyid>/recovery",
    Permission.KEYS_ACTIVATE,
    fresh_at="operating_keys.show",
    does="Propose a new key for a partner that has none",
    anew=True,
)
def recover(keyid: str) -> Response:
    """Propose that a key count in the place of a lost one; a second operator decides."""
    given = fields("told", "reason", ONCE_FIELD)
    try:
        approval = _proposed(keyid, given)
    except (ConflictError, MalformedInputError) as exc:
        return _shown(keyid, exc, given["told"], given["reason"])
    return go_to("operating_approvals.one", approval_id=approval.approval_id)


def _proposed(keyid: str, given: dict[str, str]) -> Approval:
    _compare(keyid, given["told"])
    return propose_recovery(exchange(), principal(), keyid, given["reason"], use_of_form())


def _compare(keyid: str, told: str) -> None:
    """Return if what the partner told is the key's id; raises ``MalformedInputError``. Blanks and colons do not count."""
    if re.sub(r"[\s:-]", "", told).lower() != keyid:
        sentence = gettext("This is not the id of the key that is registered here. Do not activate it: ask the partner again.")
        raise MalformedInputError(sentence, pointer="/told")


def _shown(keyid: str, failed: BreakwaterError | None = None, told: str = "", reason: str = "") -> Response:
    known = get_key(exchange(), principal(), keyid)
    takes_two = failed is not None and failed.code is Code.APPROVAL_NEEDED
    shown = {
        "faults": faults_of(failed) if failed else [],
        "told": told,
        "reason": reason,
        "takes_two": takes_two or bool(reason),
    }
    return page("operating/key.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, known=known, **shown)
