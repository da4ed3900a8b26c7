"""Credentials: tokens of service accounts and members, keys that sign requests, sessions; issuing one, and revoking.

A token is shown in the answer to the form and never again. Kept by ``tests/portal/organisation/test_credentials.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Tlp
from app.policy.administration import permitted_scopes
from app.policy.scopes import PrincipalKind
from app.portal.cookies import signed_in
from app.portal.forms import fields, sent
from app.portal.once import ONCE_FIELD, once, use_of_form
from app.portal.organisation.blueprint import OrganisationBlueprint, may, principal
from app.portal.organisation.in_words import CEILINGS, PERMISSIONS, PURPOSES, said_of
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.pages import go_to, page
from app.services.membership.issue_credentials import NewCredential, revoke_credential
from app.services.membership.keep_persons import list_persons
from app.services.signing_in.issue_in_person import LONGEST_DAYS, USUAL_DAYS, issue_in_person
from app.services.signing_in.own_credentials import OwnCredential, own_credentials
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_credentials")
_TERMS = ("account", "person_id", "purpose", "tlp_ceiling", "days")
_AT = {"account": "account", "person_id": "person_id", "scopes": "scopes", "purpose": "purpose", "days": "days"}
_ONE = "/organisation/credentials/<credential_id>"


@blueprint.page("/organisation/credentials", Permission.CREDENTIALS_READ)
def show() -> Response:
    """List what counts, and what ended."""
    now, known = exchange().clock(), own_credentials(exchange(), principal())
    counting = [one for one in known if one.counts(now)]
    tokens = [one for one in counting if one.session is None]
    ended = [one for one in known if one.session is None and not one.counts(now)][:50]
    return page("organisation/credentials.html", tokens=tokens, sessions=len(counting) - len(tokens), ended=ended, **_words())


@blueprint.page("/organisation/credentials/new", Permission.CREDENTIALS_WRITE, fresh=True)
def begin() -> Response:
    """Show the form for a new token; nothing is ticked for anybody, so that it holds what somebody chose and no more."""
    usual = {"account": "", "person_id": "", "purpose": "", "tlp_ceiling": Tlp.AMBER_STRICT.value, "days": str(USUAL_DAYS)}
    return _new(usual, ())


@blueprint.form("/organisation/credentials/new", Permission.CREDENTIALS_WRITE, fresh_at="own_credentials.begin")
def issue() -> Response:
    """Issue a token, and show it this once."""
    given = sent((*_TERMS, ONCE_FIELD), ("scopes",))
    try:
        new = _terms(given.single, given.repeated["scopes"])
        issued = issue_in_person(exchange(), signed_in(), new, _number(given["days"]), use_of_form())
    except AT_A_FORM as exc:
        return _new(given.single, given.repeated["scopes"], exc)
    return page("organisation/issued.html", issued=issued, said=said_of(issued.credential.scopes), **_words())


@blueprint.page(_ONE, Permission.CREDENTIALS_READ)
def show_one(credential_id: str) -> Response:
    """Show one credential, and what revoking it ends."""
    return _shown(credential_id)


@blueprint.form(f"{_ONE}/revocation", Permission.CREDENTIALS_WRITE, fresh_at="own_credentials.show_one")
def revoke(credential_id: str) -> Response:
    """Revoke a credential for all that begins after this, and what was issued with it if asked."""
    given = fields("issued_too")
    _own(credential_id)
    try:
        revoke_credential(exchange(), principal(), credential_id, issued_too=given["issued_too"] == "yes")
    except AT_A_FORM as exc:
        return _shown(credential_id, exc)
    return go_to("own_credentials.show_one", credential_id=credential_id)


def _terms(given: Mapping[str, str], scopes: Sequence[str]) -> NewCredential:
    """Give what a form asks for; what it may hold is policy's to say."""
    if not scopes or not set(scopes) <= set(Permission):
        raise MalformedInputError("Choose at least one thing that it may do.", pointer="/scopes")
    if given["purpose"] not in {"", *Purpose} or given["tlp_ceiling"] not in set(Tlp):
        raise MalformedInputError("Choose among the purposes and labels of the list.", pointer="/purpose")
    account, person_id = given["account"].strip() or None, given["person_id"] or None
    if (account is None) is (person_id is None):
        sentence = "Name a service account, or choose a member: one of the two."
        raise MalformedInputError(sentence, pointer="/account")
    if account is not None and (len(account) > 100 or not account.isprintable()):  # noqa: PLR2004  # as REST's
        raise MalformedInputError("A service account's name has 1 to 100 characters.", pointer="/account")
    purpose = Purpose(given["purpose"]) if given["purpose"] else None
    held = frozenset(map(Permission, scopes))
    return NewCredential(None, account, held, purpose, Tlp(given["tlp_ceiling"]), None, person_id)


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0  # noqa: PLR2004  # no more are days


def _own(credential_id: str) -> OwnCredential:
    known = own_credentials(exchange(), principal())
    found = next((one for one in known if one.credential.credential_id == credential_id), None)
    if found is None:
        raise NotFoundError
    return found


def _shown(credential_id: str, failed: BreakwaterError | None = None) -> Response:
    one = _own(credential_id)
    issued = [each for each in own_credentials(exchange(), principal()) if each.credential.issued_by == credential_id]
    known: dict[str, Any] = {"one": one, "counts": one.counts(exchange().clock()), "issued": issued}
    told = NO_FAULTS if failed is None else faults_of(failed, {})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("organisation/credential.html", status, said=said_of(one.credential.scopes), **known, **told, **_words())


def _new(given: Mapping[str, str], chosen: Sequence[str], failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, _AT)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    permitted = permitted_scopes({PrincipalKind.PARTNER}) & principal().credential.scopes & PERMISSIONS.keys()
    offered = sorted(permitted, key=PERMISSIONS.__getitem__)
    known = {"given": given, "chosen": chosen, "once": once, "offered": offered, "permissions": PERMISSIONS}
    return page("organisation/credential_new.html", status, longest=LONGEST_DAYS, **known, **told, **_words())


def _words() -> dict[str, Any]:
    """Give the words of terms, and members' names where they may be seen."""
    found = list_persons(exchange(), principal()) if may(Permission.PERSONS_READ) else []
    names = {one.person.person_id: one.name for one in found}
    here = [(one.person.person_id, one.name) for one in found if one.person.left_at is None and one.person.member_roles]
    return {"purposes": PURPOSES, "ceilings": CEILINGS, "names": names, "members": here}
