"""One request of a person that data are about: what was found, what may be done about it now, and proposing that.

Owns which forms a page offers, and that what is proposed is said in numbers before; that two persons do it is the approvals'. A
selector stands in the page of who protects data alone, and in no address. Kept by
``tests/portal/operating/test_subject_requests.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.approval import ApprovalState
from app.domain.errors import BreakwaterError, ConflictError, MalformedInputError, NotFoundError
from app.domain.permissions import Permission
from app.domain.subject_request import ANSWERING, CORRECTING, EXTENDING, REJECTING, SubjectAct, SubjectGround, SubjectState
from app.policy.subject_requests import ABOUT_FINDINGS, why_not_close, why_not_extend, why_not_now
from app.portal.forms import Sent, fields, sent
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.plain_text import checked_number
from app.portal.operating.room import StaffBlueprint, faults_of, may
from app.portal.pages import go_to, page
from app.portal.plain_words import choices
from app.portal.unconfirmed import Unconfirmed
from app.portal.words import gettext
from app.services.approval.look_up import ApprovalQuery, SeenApproval, list_approvals
from app.services.subjects.letters import Letter, draft
from app.services.subjects.open_request import close, extend
from app.services.subjects.propose_act import MOST_FINDINGS, ActWanted, propose_act
from app.services.subjects.show_request import Finding, SeenRequest, get_request
from app.web.context import exchange, principal

blueprint = StaffBlueprint("subject_requests")
_ONE = "/exchange/subjects/<subject_id>"
_SHOW = "subject_requests.one"
_AT_ONCE = 50
_ACTS = (SubjectAct.RECTIFICATION, SubjectAct.RESTRICTION, SubjectAct.LIFTING, SubjectAct.ERASURE)
"""What may be done about findings, in the order in which it is offered."""
_GROUNDS = {SubjectAct.ANSWER: ANSWERING, SubjectAct.RECTIFICATION: CORRECTING, SubjectAct.REJECTION: REJECTING}


@dataclass(frozen=True, slots=True)
class Concerned:
    """What an act is about: how many findings, whose, who was told; drafts and objects yet to be signed go with erasure."""

    findings: int
    owners: Sequence[str]
    told: Sequence[str]
    drafts: int
    signing_tasks: int


@blueprint.page(_ONE, Permission.SUBJECTS_READ, query=["from"])
def one(subject_id: str) -> Response:
    """Show a request with what its reader may see of it, and to data protection what may be done now."""
    return _shown(subject_id)


@blueprint.form(f"{_ONE}/preview", Permission.SUBJECTS_WRITE, goes_on_read_only=True, unconfirmed=Unconfirmed.READS)
def preview(subject_id: str) -> Response:
    """Show what an act on findings would be about, in numbers, before it is proposed."""
    form = sent(["act", "which", "ground"], ["findings"])
    try:
        wanted = _about_findings(form, "")
        return _preview(subject_id, wanted)
    except (ConflictError, MalformedInputError) as exc:
        return _shown(subject_id, exc, form.single)


@blueprint.form(f"{_ONE}/acts", Permission.SUBJECTS_WRITE, fresh_at=_SHOW, does="Decide on data about a person")
def propose(subject_id: str) -> Response:
    """Propose an act; another person agrees to it, and only then it is done."""
    form = sent(["act", "which", "ground", "reason", ONCE_FIELD], ["findings"])
    about_findings = form["act"] in ABOUT_FINDINGS
    try:
        wanted = _about_findings(form, form["reason"]) if about_findings else _about_the_request(form)
    except MalformedInputError as exc:
        return _shown(subject_id, exc, form.single)
    try:
        approval = propose_act(exchange(), principal(), subject_id, wanted, use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _preview(subject_id, wanted, exc) if about_findings else _shown(subject_id, exc, form.single)
    return go_to("operating_approvals.one", approval_id=approval.approval_id)


@blueprint.form(
    f"{_ONE}/extension", Permission.SUBJECTS_WRITE, fresh_at=_SHOW, does="Lengthen the time to answer a person's request"
)
def lengthen(subject_id: str) -> Response:
    """Let the answer be due two months later."""
    given = fields("ground", ONCE_FIELD)
    try:
        extend(exchange(), principal(), subject_id, _ground(given["ground"], EXTENDING), use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _shown(subject_id, exc)
    return go_to(_SHOW, subject_id=subject_id)


@blueprint.form(f"{_ONE}/closure", Permission.SUBJECTS_WRITE, fresh_at=_SHOW, does="Close a person's request")
def end(subject_id: str) -> Response:
    """Close a request that was answered or rejected."""
    fields(ONCE_FIELD)
    try:
        close(exchange(), principal(), subject_id, use_of_form())
    except ConflictError as exc:
        return _shown(subject_id, exc)
    return go_to(_SHOW, subject_id=subject_id)


@blueprint.page(f"{_ONE}/letters/<letter>", Permission.SUBJECTS_WRITE)
def write(subject_id: str, letter: str) -> Response:
    """Show the draft of a letter to whoever asked, to be copied."""
    if letter not in set(Letter):
        raise NotFoundError
    text = draft(exchange(), principal(), subject_id, Letter(letter))
    return page("operating/subject_letter.html", subject_id=subject_id, letter=letter, text=text)


def _about_the_request(form: Sent) -> ActWanted:
    """Give what is to be done to a request as a whole: looking, answering, rejecting."""
    if form["act"] not in {SubjectAct.LOOKUP, *_GROUNDS} - ABOUT_FINDINGS:
        raise MalformedInputError(gettext("Choose what is to be done."), pointer="/act")
    act = SubjectAct(form["act"])
    return ActWanted(act, form["reason"], _ground(form["ground"], _GROUNDS[act]) if act in _GROUNDS else None)


def _about_findings(form: Sent, reason: str) -> ActWanted:
    """Give what is to be done to findings: to all, or to those that are ticked."""
    if form["act"] not in ABOUT_FINDINGS:
        raise MalformedInputError(gettext("Choose what is to be done."), pointer="/act")
    act = SubjectAct(form["act"])
    ticked = [checked_number(one, "findings") or 0 for one in form.repeated["findings"]]
    if form["which"] not in {"all", "ticked"} or (form["which"] == "ticked" and not ticked):
        raise MalformedInputError(gettext("Choose all that was found, or tick what it is about."), pointer="/which")
    ground = _ground(form["ground"], CORRECTING) if act in _GROUNDS else None
    return ActWanted(act, reason, ground, None if form["which"] == "all" else sorted(set(ticked)))


def _ground(given: str, among: frozenset[SubjectGround]) -> SubjectGround:
    if given not in among:
        raise MalformedInputError(gettext("Choose a ground among those of this act."), pointer="/ground")
    return SubjectGround(given)


def _preview(subject_id: str, wanted: ActWanted, failed: BreakwaterError | None = None) -> Response:
    seen = get_request(exchange(), principal(), subject_id)
    refused = why_not_now(seen.request, wanted.act, wanted.ground)
    if failed is None and refused is not None:
        raise ConflictError(refused)
    about = concerned(seen, wanted.numbers)
    if failed is None and not about.findings:
        raise MalformedInputError(gettext("One of these is nothing that was found, or nothing was."), pointer="/which")
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {"seen": seen, "wanted": wanted, "about": about, "faults": faults, "fault": dict(faults)}
    known |= {"too_many": about.findings > MOST_FINDINGS, "most": MOST_FINDINGS}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    return page("operating/subject_preview.html", status, **known)


def concerned(seen: SeenRequest, numbers: Sequence[int] | None) -> Concerned:
    """Give what an act on these findings (None: all) is about; nothing where one of them is no finding, or they are not shown."""
    found = list(seen.findings or ())
    if numbers is not None:
        chosen = set(numbers)
        found = [one for one in found if one.number in chosen]
        found = found if len(found) == len(chosen) else []
    owners = sorted({one.owner_name for one in found})
    told = sorted({name for one in found for name in one.told})
    return Concerned(len(found), owners, told, len(seen.drafts or ()), len(seen.signing_tasks or ()))


def _shown(subject_id: str, failed: BreakwaterError | None = None, given: Any = None) -> Response:
    seen = get_request(exchange(), principal(), subject_id)
    first = min((checked_number(request.args.get("from", ""), "from") or 1) - 1, len(seen.findings or ()))
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {"seen": seen, "now": exchange().clock(), "faults": faults, "fault": dict(faults)}
    known |= {
        "found": _part(seen.findings, first),
        "first": first,
        "at_once": _AT_ONCE,
        "given": dict.fromkeys(("act", "which", "ground", "reason"), "") | dict(given or {}),
    }
    known |= {"waiting": _waiting(subject_id), "offered": _offered(seen) if may(Permission.SUBJECTS_WRITE) else set()}
    known |= {"letters": _letters(seen) if may(Permission.SUBJECTS_WRITE) else []}
    known |= {"ANSWERING": sorted(ANSWERING), "REJECTING": sorted(REJECTING), "CORRECTING": sorted(CORRECTING)}
    known |= {"EXTENDING": sorted(EXTENDING), "acts": _acts(known["offered"])}
    return page("operating/subject.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)


def _part(found: Sequence[Finding] | None, first: int) -> Sequence[Finding]:
    return (found or ())[first : first + _AT_ONCE]


def _waiting(subject_id: str) -> list[SeenApproval]:
    """Give what is proposed about a request and waits for another person, to whoever may see proposals."""
    if not may(Permission.APPROVALS_READ):
        return []
    open_ones = list_approvals(exchange(), principal(), ApprovalQuery(ApprovalState.PROPOSED, None, 100)).approvals
    return [one for one in open_ones if one.approval.subject == subject_id]


def _offered(seen: SeenRequest) -> set[str]:
    """Give the acts, and ``extension`` and ``closure``, for which the request stands so that they may be proposed or done."""
    about = seen.request
    grounds = {act: min(_GROUNDS[act]) if act in _GROUNDS else None for act in SubjectAct}
    offered = {act.value for act in SubjectAct if why_not_now(about, act, grounds[act]) is None}
    if not seen.findings:
        offered -= ABOUT_FINDINGS
    if why_not_extend(about, exchange().clock()) is None:
        offered.add("extension")
    return offered | ({"closure"} if why_not_close(about) is None else set())


def _acts(offered: set[str]) -> list[tuple[str, str, str]]:
    """Give the acts on findings that are offered, in words."""
    return choices(act for act in _ACTS if act in offered)


def _letters(seen: SeenRequest) -> list[str]:
    """Give the letters that can be written by how the request stands."""
    done = {one.act for one in seen.deeds}
    about = seen.request
    can_be = {
        Letter.ANSWER: about.looked_up_at is not None and about.wiped_at is None and about.state is not SubjectState.LOOKING,
        Letter.ERASURE: any(one.act is SubjectAct.ERASURE and one.count for one in seen.deeds),
        Letter.EXTENSION: about.extension_ground is not None,
        Letter.REFUSAL: SubjectAct.REJECTION in done,
    }
    return [letter.value for letter, is_so in can_be.items() if is_so]
