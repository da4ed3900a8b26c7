"""Bodies of the routes about requests of the persons that data are about.

Owns names and forms on the wire; what a selector may be is ``app/stix/selectors.py``. Kept by
``tests/http/test_subject_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.subject_request import (
    MOST_SELECTORS,
    FindingGround,
    Selector,
    SelectorKind,
    SubjectAct,
    SubjectGround,
    SubjectRight,
    SubjectState,
)
from app.domain.vocabulary import Purpose, Sensitivity
from app.http.approval_payloads import reason_field
from app.http.fields import Count, Form, Moment, Word, Words
from app.http.payloads import Strict
from app.services.subjects.open_request import NewSubjectRequest
from app.services.subjects.propose_act import MOST_FINDINGS, ActWanted

_MOST_REQUESTS = 100
_LONGEST_SELECTOR = 2_100
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")
_REFERENCE = Form("[A-Za-z0-9][A-Za-z0-9._/-]{0,63}", "A reference is a word of letters, digits and . _ / -")


class SelectorPayload(Strict):
    """What to look for. ``platform``: of a handle, and of nothing else."""

    kind = Word(SelectorKind, required=True)
    value = fields.String(required=True, validate=validate.Length(1, _LONGEST_SELECTOR))
    platform = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Selector:
        return Selector(**values)


class NewSubjectRequestPayload(Strict):
    """A request to be opened. ``reference`` finds the case outside and names nobody; no name of a person is taken."""

    reference = fields.String(required=True, validate=_REFERENCE)
    right = Word(SubjectRight, required=True)
    received_at = Moment(required=True)
    selectors = fields.List(fields.Nested(SelectorPayload), required=True, validate=validate.Length(1, MOST_SELECTORS))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewSubjectRequest:
        return NewSubjectRequest(**values)


class ActPayload(Strict):
    """What is to be done, and why. ``findings``: the numbers of those that it is done to; all of them without.

    ``ground``: with an answer or a rejection.
    """

    act = Word(SubjectAct, required=True)
    reason = reason_field()
    ground = Word(SubjectGround, load_default=None, allow_none=True)
    findings = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_FINDINGS),
    )

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> ActWanted:
        return ActWanted(values["act"], values["reason"], values["ground"], values["findings"])


class ExtensionPayload(Strict):
    """The ground on which the answer is due two months later."""

    ground = Word(SubjectGround, required=True)


class DeedPayload(Schema):
    """What two persons did, and how many versions (of a look-up: selectors) it was about."""

    act = Word(SubjectAct, required=True)
    done_at = Moment(required=True)
    count = fields.Integer(required=True)
    ground = Word(SubjectGround, required=True, allow_none=True)


class FindingPayload(Schema):
    """A version that was found. ``told``: the names of the partners that were given it, for ``told_purposes``.

    ``visible_until`` is until when it is (or, restricted, would be) shown.
    """

    number = fields.Integer(required=True)
    ground = Word(FindingGround, required=True)
    owner_id = fields.String(required=True)
    owner_name = fields.String(required=True)
    stix_id = fields.String(required=True)
    version = fields.String(required=True)
    sensitivity = Word(Sensitivity, required=True)
    purposes = Words(Word(Purpose), required=True)
    received_at = Moment(required=True)
    is_withdrawn = fields.Boolean(required=True)
    is_restricted = fields.Boolean(required=True)
    visible_until = Moment(required=True)
    told = fields.List(fields.String(), required=True)
    told_purposes = Words(Word(Purpose), required=True)


class FoundDraftPayload(Schema):
    """A draft in which somebody at a partner is entering what was asked about: whose, and when it was changed last."""

    draft_id = fields.String(required=True)
    owner_id = fields.String(required=True)
    owner_name = fields.String(required=True)
    changed_at = Moment(required=True)


class FoundTaskPayload(Schema):
    """Objects that wait for their partner's signature and state what was asked about: whose, and since when they wait."""

    task_id = fields.String(required=True)
    owner_id = fields.String(required=True)
    owner_name = fields.String(required=True)
    made_at = Moment(required=True)


class SubjectSummaryPayload(Schema):
    """A request without selectors and findings: states, dates and counts."""

    id = fields.String(attribute="request.request_id", required=True)
    reference = fields.String(attribute="request.reference", required=True)
    right = Word(SubjectRight, attribute="request.right", required=True)
    state = Word(SubjectState, attribute="request.state", required=True)
    received_at = Moment(attribute="request.received_at", required=True)
    deadline = Moment(attribute="request.deadline", required=True)
    opened_by = fields.String(attribute="request.opened_by", required=True)
    opened_at = Moment(attribute="request.opened_at", required=True)
    extended_at = Moment(attribute="request.extended_at", required=True, allow_none=True)
    extension_ground = Word(SubjectGround, attribute="request.extension_ground", required=True, allow_none=True)
    looked_up_at = Moment(attribute="request.looked_up_at", required=True, allow_none=True)
    answered_at = Moment(attribute="request.answered_at", required=True, allow_none=True)
    answer_ground = Word(SubjectGround, attribute="request.answer_ground", required=True, allow_none=True)
    closed_at = Moment(attribute="request.closed_at", required=True, allow_none=True)
    wiped_at = Moment(attribute="request.wiped_at", required=True, allow_none=True)
    counts = fields.Dict(keys=Word(FindingGround), values=fields.Integer(), required=True)
    acts = fields.List(fields.Nested(DeedPayload), attribute="deeds", required=True)


class SubjectRequestPayload(SubjectSummaryPayload):
    """A request. ``selectors``, ``findings``, ``drafts`` and ``signing_tasks`` are null for whoever is not shown them.

    They are empty once wiped.
    """

    selectors = fields.Method("_selectors", required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingPayload), required=True, allow_none=True)
    drafts = fields.List(fields.Nested(FoundDraftPayload), required=True, allow_none=True)
    signing_tasks = fields.List(fields.Nested(FoundTaskPayload), required=True, allow_none=True)

    def _selectors(self, seen: Any) -> list[dict[str, Any]] | None:
        if not seen.shows_selectors:
            return None
        return [{"kind": one.kind.value, "value": one.value, "platform": one.platform} for one in seen.request.selectors]


class SubjectQueryPayload(Strict):
    """Which page of requests."""

    limit = Count(1, _MOST_REQUESTS, load_default=_MOST_REQUESTS)
    next = fields.String(load_default=None, validate=_CURSOR)


class SubjectPagePayload(Schema):
    """Requests, oldest first; ``next`` goes on after the last of them, now or later."""

    requests = fields.List(fields.Nested(SubjectSummaryPayload), required=True)
    next = fields.String(required=True)
    more = fields.Boolean(required=True)


class LetterPayload(Schema):
    """The draft of a letter, as text."""

    text = fields.String(required=True)


class MonthlyFiguresPayload(Schema):
    """One month: requests opened in it, those whose deadline in it was missed, and what two persons did, by the act's word."""

    month = fields.String(required=True)
    opened = fields.Integer(required=True)
    late = fields.Integer(required=True)
    acts = fields.Dict(keys=Word(SubjectAct), values=fields.Integer(), required=True)


class SubjectFiguresPayload(Schema):
    """The last two years, newest month first."""

    months = fields.List(fields.Nested(MonthlyFiguresPayload), required=True)
