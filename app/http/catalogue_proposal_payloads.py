"""Bodies and parameters of the routes by which the catalogue changes.

Owns names and forms on the wire; how long texts may be, and what they may say, is the lint's. Kept by
``tests/http/test_catalogue_proposal_payloads.py``.
"""

from __future__ import annotations

import json
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate

from app.domain.catalogue_proposal import LONGEST_TEXT, EntryKind, ProposalKind, ProposalState, Verdict
from app.domain.object_vocabulary import Cost, EvidenceGrade, ResponseLevel, SafetyPrinciple
from app.domain.vocabulary import Harm, Phase, Surface
from app.http.catalogue_payloads import HIGHEST_RELEASE
from app.http.fields import Count, Form, Moment, Word
from app.http.payloads import Strict
from app.services.cataloguing.proposals import ProposalQuery, SeenProposal, SeenReview
from app.services.cataloguing.propose import NewProposal

_MOST_PROPOSALS = 100
_MOST = 100
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")
_CODE = Form("(OP|CM)-[0-9]{3}", "A code is OP- or CM- and three digits.")


def _text() -> fields.String:
    return fields.String(required=True, validate=validate.Length(max=LONGEST_TEXT))


def _reason() -> fields.String:
    return fields.String(required=True, validate=validate.Length(1, LONGEST_TEXT))


def _words(vocabulary: Any) -> fields.List[Any]:
    return fields.List(Word(vocabulary), required=True, validate=validate.Length(1, _MOST))


def _codes(**options: Any) -> fields.List[Any]:
    return fields.List(fields.String(validate=_CODE), validate=validate.Length(max=_MOST), **options)


class CatalogueReferencePayload(Strict):
    """A public source."""

    source = _text()
    title = _text()
    url = fields.String(allow_none=True, load_default=None, validate=validate.Length(max=LONGEST_TEXT))


class _EntryPayload(Strict):
    name = _text()
    definition = _text()
    surfaces = _words(Surface)
    references = fields.List(fields.Nested(CatalogueReferencePayload), required=True, validate=validate.Length(max=_MOST))

    @post_load
    def _sort(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give sets as documents have them: each word once, in order."""
        sets = ("surfaces", "harms", "mitigates")
        return values | {name: sorted(set(map(str, values[name]))) for name in sets if name in values}


class BehaviourTextPayload(_EntryPayload):
    """A behaviour as it shall read."""

    phase = Word(Phase, required=True)
    detection = _text()
    harms = _words(Harm)


class CountermeasureTextPayload(_EntryPayload):
    """A countermeasure as it shall read; `mitigates` are codes of behaviours in force."""

    intent = _text()
    principle = Word(SafetyPrinciple, required=True)
    level = Word(ResponseLevel, required=True)
    preconditions = fields.List(_text(), required=True, validate=validate.Length(max=_MOST))
    rights_impact = _text()
    evidence = Word(EvidenceGrade, required=True)
    cost = Word(Cost, required=True)
    residual_risk = _text()
    mitigates = _codes(required=True)


_TEXTS = {EntryKind.BEHAVIOUR: BehaviourTextPayload, EntryKind.COUNTERMEASURE: CountermeasureTextPayload}


class NewProposalPayload(Strict):
    """A proposal: `text` is the whole entry as it shall read, without its code; a retirement has none.

    `code` is null for a new entry. `based_on` is the release that its author read.
    """

    kind = Word(ProposalKind, required=True)
    entry = Word(EntryKind, required=True)
    code = fields.String(load_default=None, allow_none=True, validate=_CODE)
    text = fields.Dict(keys=fields.String(), load_default=None, allow_none=True)
    replaced_by = _codes(load_default=())
    reason = _reason()
    based_on = fields.Integer(required=True, strict=True, validate=validate.Range(1, HIGHEST_RELEASE))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewProposal:
        text = values["text"]
        if text is not None:
            try:
                text = _TEXTS[values["entry"]]().load(text)
            except ValidationError as refused:
                raise ValidationError({"text": refused.messages}) from None
        replaced_by = tuple(dict.fromkeys(values["replaced_by"]))
        return NewProposal(**values | {"text": text, "replaced_by": replaced_by})


class NewReviewPayload(Strict):
    """What a reviewer says, and why. The reason is shown to everybody who proposes and reviews."""

    verdict = Word(Verdict, required=True)
    reason = _reason()


class ReviewPayload(Schema):
    """A review. `partner_id` is null where the caller is not told whose it is, and for the exchange's own people."""

    verdict = Word(Verdict, required=True)
    reason = fields.String(required=True)
    reviewed_at = Moment(required=True)
    own = fields.Boolean(required=True)
    partner_id = fields.String(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, seen: SeenReview, **_: Any) -> dict[str, Any]:
        plain = {name: getattr(seen.review, name) for name in ("verdict", "reason", "reviewed_at")}
        return plain | {"own": seen.own, "partner_id": seen.partner_id}


class ProposalPayload(Schema):
    """A proposal. `release` is the one that took it up, or that made it outdated; `partner_id` as of a review.

    `waits_for_you`: it is open, you may review, and neither is it your organisation's nor has that said what it thinks.
    """

    id = fields.String(required=True)
    kind = Word(ProposalKind, required=True)
    entry = Word(EntryKind, required=True)
    code = fields.String(required=True, allow_none=True)
    text = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    replaced_by = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    based_on = fields.Integer(required=True)
    state = Word(ProposalState, required=True)
    proposed_at = Moment(required=True)
    settled_at = Moment(required=True, allow_none=True)
    release = fields.Integer(required=True, allow_none=True)
    own = fields.Boolean(required=True)
    waits_for_you = fields.Boolean(required=True)
    partner_id = fields.String(required=True, allow_none=True)
    reviews = fields.List(fields.Nested(ReviewPayload), required=True)

    @pre_dump
    def _flatten(self, seen: SeenProposal, **_: Any) -> dict[str, Any]:
        proposal, said = seen.proposal, json.loads(seen.proposal.document)
        plain = {name: getattr(proposal, name) for name in self.fields if hasattr(proposal, name)}
        is_retirement = proposal.kind is ProposalKind.RETIREMENT
        return plain | {
            "id": proposal.proposal_id,
            "text": None if is_retirement else said,
            "replaced_by": said["replaced_by"] if is_retirement else [],
            "own": seen.own,
            "waits_for_you": seen.waits_for_you,
            "partner_id": seen.partner_id,
            "reviews": seen.reviews,
        }


class ProposalQueryPayload(Strict):
    """Which proposals: in one state, or all of them."""

    state = Word(ProposalState, load_default=None)
    limit = Count(1, _MOST_PROPOSALS, load_default=_MOST_PROPOSALS)
    next = fields.String(load_default=None, validate=_CURSOR)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> ProposalQuery:
        return ProposalQuery(values["state"], values["next"], values["limit"])


class ProposalPagePayload(Schema):
    """Proposals, oldest first; ``next`` goes on after the last of them, now or later."""

    proposals = fields.List(fields.Nested(ProposalPayload), required=True)
    next = fields.String(required=True)
    more = fields.Boolean(required=True)
