"""Refusals for people: what the exchange tells programs, said so that whoever sits here knows what they may ask of whom.

Owns the words in the place of those for engineers: no permission, command, or part of a request is named. Sentences that were
written for people stay as they are. Every refusal that becomes a page passes here (``errors``), and those that a form shows at
itself (``plain_sentence``). Kept by ``tests/portal/test_refusing.py`` and ``tests/promises/test_portal_refusals.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from flask import current_app, request

from app.domain.errors import BreakwaterError, Code
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, StaffRole
from app.policy.scopes import SCOPES, PrincipalKind, member_kinds
from app.portal.cookies import find_signed_in
from app.portal.plain_words import listed
from app.portal.words import gettext
from app.web.gate import Terms
from app.web.refusals import Refused, status_of

_PERMISSION = re.compile(rf"\b(?:{'|'.join(sorted(Permission, key=len, reverse=True))})\b")
_COMMAND = re.compile(r"\bbreakwater [a-z]")
_OF_REQUESTS = re.compile(
    r"\b(?:[Rr]oute|query parameter|header|media type|scope|Idempotency-Key|REST)\b|/api/v1|\b(?:GET|POST) /"
)
_HEAD = re.compile(r"[:;(]")
"""Where a sentence that begins with what happened goes on with what a program does about it."""
_BY_CODE: Mapping[Code, str] = {
    Code.BODY_TOO_LARGE: "What you sent is larger than this page takes.",
    Code.CURSOR_INVALID: "This address leads to no place in this list. Open the list from its beginning.",
    Code.METHOD_NOT_ALLOWED: "This address shows no page, or takes no form. Go back to where you came from, and load it anew.",
}
_BY_STATUS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "This page does not know what was asked of it. Go back, load the page anew, and try again.",
    HTTPStatus.FORBIDDEN: "Your role here does not let you do this.",
}
_OTHERWISE = "This could not be done here."
_OF_THE_AGREEMENT = frozenset({Code.AGREEMENT_NOT_IN_FORCE, Code.PURPOSE_NOT_PERMITTED, Code.TERMS_EXCEEDED})


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told: what happened, and what they may ask of whom (empty: nothing)."""

    sentence: str
    ask: str = ""


def told(refused: Refused) -> Told:
    """Give what somebody is told of a refusal."""
    return Told(_plain(refused.sentence, refused.status, refused.code), _whom_to_ask(refused))


def plain_sentence(error: BreakwaterError) -> str:
    """Give what a form says of an error at the field that it is about."""
    return _plain(error.sentence, status_of(error), error.code)


def _plain(sentence: str, status: int, code: Code) -> str:
    """Give a sentence as it is, unless it was written for whoever writes a program, or runs one."""
    named = _PERMISSION.search(sentence)
    if named is not None:
        return _of_roles(Permission(named[0]))
    if code in _BY_CODE:
        return gettext(_BY_CODE[code])
    if not _is_for_programs(sentence):
        return gettext(sentence)
    what_happened = _HEAD.split(sentence)[0].rstrip()
    if what_happened != sentence and not _is_for_programs(what_happened):
        sentence = f"{what_happened}."
        return gettext(sentence)
    return gettext(_BY_STATUS.get(status, _OTHERWISE))


def _is_for_programs(sentence: str) -> bool:
    return _OF_REQUESTS.search(sentence) is not None or (_COMMAND.search(sentence) is not None and not _is_staff())


def _of_roles(permission: Permission) -> str:
    """Say which roles may do what a permission lets one do."""
    roles = {"roles": listed(_roles(permission))}
    if _is_staff():
        if not roles["roles"]:
            return gettext("This is for people of the organisations that take part, and for nobody of the exchange.")
        return gettext("This is for people of the exchange with another role than yours: %(roles)s.") % roles
    if not roles["roles"]:
        return gettext("This is for the exchange's own people.")
    return gettext("This is for people of your organisation with another role than yours: %(roles)s.") % roles


def _roles(permission: Permission) -> list[MemberRole | StaffRole]:
    """Give the roles, on the side of who asks, that hold a permission, or another with which this page opens as well."""
    view = current_app.view_functions.get(request.endpoint or "")
    terms = getattr(view, "terms", Terms())
    wanted = {permission, *terms.permissions} if permission in terms.permissions else {permission}
    if _is_staff():
        return [role for role in StaffRole if wanted & SCOPES[PrincipalKind(role.value)]]
    return [role for role in MemberRole if any(wanted & SCOPES[kind] for kind in member_kinds([role]))]


def _whom_to_ask(refused: Refused) -> str:
    if refused.code is Code.PARTNER_NOT_ACTIVE:
        return gettext("Ask whoever runs the exchange why, and what lets your organisation in again.")
    if refused.code in _OF_THE_AGREEMENT and not _is_staff():
        return gettext("What your organisation may do stands in its agreement with the exchange. Ask one of its administrators.")
    named = _PERMISSION.search(refused.sentence)
    return "" if named is None or find_signed_in() is None else _whom_to_ask_for_a_role(Permission(named[0]))


def _whom_to_ask_for_a_role(permission: Permission) -> str:
    if _is_staff():
        if not _roles(permission):
            return gettext("If it has to be done, ask an administrator of that organisation.")
        return gettext("If it should be yours, ask an operator of the exchange.")
    if not _roles(permission):
        return gettext("If you need what is here, ask an operator of the exchange.")
    if _keeps_members():
        return gettext("If it should be yours, ask another administrator of your organisation, or whoever runs the exchange.")
    return gettext("If it should be yours, ask an administrator of your organisation: they give roles.")


def _is_staff() -> bool:
    found = find_signed_in()
    return found is not None and found.principal.is_staff


def _keeps_members() -> bool:
    found = find_signed_in()
    person = found.principal.person if found else None
    return person is not None and MemberRole.ADMINISTRATOR in person.member_roles
