"""Credentials: tokens of service accounts and members, keys that sign requests, sessions; issuing one, and revoking.

A token is shown in the answer to the form and never again. Kept by ``tests/portal/organisation/test_credentials.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ForbiddenContentError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Tlp
from app.policy.administration import permitted_scopes
from app.policy.scopes import PrincipalKind
from app.portal.cookies import signed_in
from app.portal.forms import fields, sent
from app.portal.once import ONCE_FIELD, once, use_of_form
from app.portal.organisation.blueprint import OrganisationBlueprint, may, principal
from app.portal.organisation.in_words import said_of
from app.portal.organisation.refused import AT_A_FORM, NO_FAULTS, faults_of
from app.portal.organisation.stopped_exports import stopped_exports
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.portal.plain_words import WORDS, choices, offered, pairs, spoken
from app.portal.typed import not_material
from app.services.membership.issue_credentials import Ending, NewCredential, revoke_credential
from app.services.membership.keep_persons import list_persons
from app.services.membership.state_reason import reason_of_credential
from app.services.signing_in.issue_in_person import LONGEST_DAYS, USUAL_DAYS, issue_in_person
from app.services.signing_in.own_credentials import OwnCredential, count_own_sessions, own_credentials, page_of_own_tokens
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_credentials")
_TERMS = ("account", "person_id", "purpose", "tlp_ceiling", "days")
_AT = {"account": "account", "person_id": "person_id", "scopes": "scopes", "purpose": "purpose", "days": "days"}
_ONE = "/organisation/credentials/<credential_id>"
_ENDED = "ended"


@blueprint.page("/organisation/credentials", Permission.CREDENTIALS_READ, query=[NEXT, _ENDED])
def show() -> Response:
    """List what counts, and what ended."""
    tokens = page_of_own_tokens(exchange(), principal(), asked_by_address())
    ended = page_of_own_tokens(exchange(), principal(), asked_by_address(_ENDED), ended=True)
    known: dict[str, Any] = {"tokens": tokens.rows, "passage": passage_of(tokens)}
    known |= {"ended": ended.rows, "ended_passage": passage_of(ended, _ENDED)}
    known["sessions"] = count_own_sessions(exchange(), principal())
    return page("organisation/credentials.html", **known, **_words())


@blueprint.page("/organisation/credentials/new", Permission.CREDENTIALS_WRITE, fresh=True)
def begin() -> Response:
    """Show the form for a new token; nothing is ticked for anybody, so that it holds what somebody chose and no more."""
    usual = {"account": "", "person_id": "", "purpose": "", "tlp_ceiling": Tlp.AMBER_STRICT.value, "days": str(USUAL_DAYS)}
    return _new(usual, ())


@blueprint.form(
    "/organisation/credentials/new",
    Permission.CREDENTIALS_WRITE,
    fresh_at="own_credentials.begin",
    does="Issue a token",
    anew=True,
)
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


@blueprint.form(
    f"{_ONE}/revocation",
    Permission.CREDENTIALS_WRITE,
    fresh_at="own_credentials.show_one",
    does="Revoke a credential",
    goes_on_read_only=True,
)
def revoke(credential_id: str) -> Response:
    """Revoke a credential for all that begins after this, and what was issued with it if asked; and keep why."""
    given = fields("issued_too", "reason")
    _own(credential_id)
    how = Ending(issued_too=given["issued_too"] == "yes", reason=given["reason"])
    try:
        revoke_credential(exchange(), principal(), credential_id, ending=how)
    except (*AT_A_FORM, ForbiddenContentError) as exc:
        return _shown(credential_id, exc, not_material(given["reason"], exc))
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


def _shown(credential_id: str, failed: BreakwaterError | None = None, reason: str = "") -> Response:
    one = _own(credential_id)
    issued = [each for each in own_credentials(exchange(), principal()) if each.credential.issued_by == credential_id]
    known: dict[str, Any] = {
        "exports": stopped_exports({credential_id}),
        "one": one,
        "counts": one.counts(exchange().clock()),
        "issued": issued,
    }
    tells = one.credential.revoked_at is not None and may(Permission.PERSONS_WRITE)
    known |= {"why": reason_of_credential(exchange(), principal(), credential_id) if tells else None, "reason": reason}
    told = NO_FAULTS if failed is None else faults_of(failed, {"reason": "reason"})
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("organisation/credential.html", status, said=said_of(one.credential.scopes), **known, **told, **_words())


def _new(given: Mapping[str, str], chosen: Sequence[str], failed: BreakwaterError | None = None) -> Response:
    told = NO_FAULTS if failed is None else faults_of(failed, _AT)
    status = HTTPStatus.OK if failed is None else HTTPStatus.UNPROCESSABLE_ENTITY
    permitted = permitted_scopes({PrincipalKind.PARTNER}) & principal().credential.scopes & WORDS[Permission].keys()
    offered = choices(sorted(map(Permission, permitted), key=spoken))
    known = {"given": given, "chosen": chosen, "once": once, "offered": offered}
    return page("organisation/credential_new.html", status, longest=LONGEST_DAYS, **known, **told, **_words())


def _words() -> dict[str, Any]:
    """Give the words of terms, and members' names where they may be seen."""
    found = list_persons(exchange(), principal()) if may(Permission.PERSONS_READ) else []
    names = {one.person.person_id: one.name for one in found}
    here = [(one.person.person_id, one.name) for one in found if one.person.left_at is None and one.person.member_roles]
    return {"purposes": pairs(offered(Purpose)), "ceilings": pairs(offered(Tlp)), "names": names, "members": here}
