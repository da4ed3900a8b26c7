"""Keys: their state and life, retiring, revoking, and reporting one that is in other hands, with what that will take back.

Private keys never come here: registering and rotating are done on the partner's own machine, by the commands that are shown. Kept
by ``tests/portal/organisation/test_keys.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import BreakwaterError, MalformedInputError, NotFoundError
from app.domain.partner import PartnerKey
from app.domain.permissions import Permission
from app.domain.vocabulary import KeyState
from app.portal.forms import fields
from app.portal.organisation.blueprint import OrganisationBlueprint, may, principal
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.pages import go_to, page
from app.services.membership.foresee_ending import foresee_ending
from app.services.membership.look_up_keys import list_keys
from app.services.membership.manage_keys import retire_key, revoke_key
from app.services.membership.report_compromise import MOST_FORESEEN, foresee_compromise, report_compromise
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_keys")
_ONE = "/organisation/keys/<keyid>"
ENDS_SOON = timedelta(days=30)


@blueprint.page("/organisation/keys", Permission.KEYS_READ)
def show() -> Response:
    """List keys, those that count first, with the commands for further ones."""
    known = sorted(_keys(), key=lambda one: one.registered_at, reverse=True)
    counting = [one for one in known if one.state in {KeyState.ACTIVE, KeyState.PENDING}]
    ended = [one for one in known if one not in counting]
    soon = exchange().clock() + ENDS_SOON
    return page("organisation/keys.html", counting=counting, ended=ended, soon=soon, **_known())


@blueprint.page(_ONE, Permission.KEYS_READ)
def show_one(keyid: str) -> Response:
    """Show one key and its life."""
    return _shown(keyid)


@blueprint.form(f"{_ONE}/retirement", Permission.KEYS_WRITE, fresh_at="own_keys.show_one", does="Retire a key")
def retire(keyid: str) -> Response:
    """Let a key end in peace, now or at a moment."""
    given = fields("retire_at")
    _own(keyid)
    try:
        retire_key(exchange(), principal(), keyid, _moment(given["retire_at"], "/retire_at") if given["retire_at"] else None)
    except AT_A_FORM as exc:
        return _shown(keyid, exc)
    return go_to("own_keys.show_one", keyid=keyid)


@blueprint.form(f"{_ONE}/revocation", Permission.KEYS_WRITE, fresh_at="own_keys.show_one", does="Revoke a key")
def revoke(keyid: str) -> Response:
    """Let a key count no longer from now on."""
    fields()
    _own(keyid)
    try:
        revoke_key(exchange(), principal(), keyid)
    except AT_A_FORM as exc:
        return _shown(keyid, exc)
    return go_to("own_keys.show_one", keyid=keyid)


@blueprint.page(f"{_ONE}/compromise", Permission.KEYS_WRITE, query=["since"], fresh=True)
def foresee(keyid: str) -> Response:
    """Show what a report since a moment would take back, before it is made."""
    return _foreseen(keyid, request.args.get("since", ""))


@blueprint.form(f"{_ONE}/compromise", Permission.KEYS_WRITE, fresh_at="own_keys.foresee", does="Report a key as compromised")
def report(keyid: str) -> Response:
    """Report that a key is in other hands since a moment."""
    given = fields("since")
    _own(keyid)
    try:
        told = report_compromise(exchange(), principal(), keyid, _moment(given["since"], "/since"))
    except AT_A_FORM as exc:
        return _foreseen(keyid, given["since"], exc)
    return page("organisation/key_reported.html", told=told, key=_own(keyid), **_known())


def _keys() -> list[PartnerKey]:
    return [one.key for one in list_keys(exchange(), principal())]


def _own(keyid: str) -> PartnerKey:
    found = next((one for one in _keys() if one.keyid == keyid), None)
    if found is None:
        raise NotFoundError
    return found


def _moment(given: str, pointer: str) -> datetime:
    """Give the moment that a field of a form says, in UTC."""
    try:
        return datetime.fromisoformat(given.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise MalformedInputError("Give day and time, in UTC.", pointer=pointer) from None


def _shown(keyid: str, failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, {"retire_at": "retire_at"})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    key = _own(keyid)
    heir = next((one for one in _keys() if one.replaces == keyid), None)
    ends = may(Permission.KEYS_WRITE) and key.state in {KeyState.ACTIVE, KeyState.PENDING}
    ending = foresee_ending(exchange(), principal(), keyid) if ends else None
    return page("organisation/key.html", status, key=key, heir=heir, life=life_of(key), ending=ending, **told, **_known())


def _foreseen(keyid: str, since: str, failed: BreakwaterError | None = None) -> Response:
    key, foreseen = _own(keyid), None
    if since and failed is None:
        try:
            foreseen = foresee_compromise(exchange(), principal(), keyid, _moment(since, "/since"))
        except AT_A_FORM as exc:
            failed = exc
    told = NO_FAULTS if failed is None else faults_of(failed, {"since": "since"})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    known = {"key": key, "since": since, "foreseen": foreseen, "most": MOST_FORESEEN}
    return page("organisation/key_compromise.html", status, **known, **told, **_known())


def life_of(key: PartnerKey) -> list[tuple[str, datetime, str]]:
    """Give what happened to a key, or will, in order: words, when, and a class for the point of the line."""
    events = [
        ("Registered: counts for nothing yet", key.registered_at, ""),
        ("Counts", key.activated_at, "now" if key.state is KeyState.ACTIVE else ""),
        ("In other hands since", key.compromised_since, "ended"),
        ("Reported", key.reported_at, "ended"),
        ("Ends" if key.state is KeyState.ACTIVE else "Ended", key.not_after, "ended"),
    ]
    return sorted(((words, at, mark) for words, at, mark in events if at is not None), key=lambda one: one[1])


def _known() -> dict[str, Any]:
    there = f"--url {exchange().duty.origin} --token-file token"
    return {"can_write": may(Permission.KEYS_WRITE), "there": there}
