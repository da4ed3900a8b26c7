"""Bodies of simulations: what would be submitted, and whom it would reach.

Owns names and forms on the wire. Kept by ``tests/http/test_simulation_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, pre_dump, validate, validates_schema

from app.domain.errors import Code
from app.domain.handling import Audience
from app.domain.vocabulary import ANY, Channel, Harm, OnwardShare, PermittedUse, Purpose, Role, Sensitivity, SubjectStatus, Tlp
from app.http.fields import Form, Moment, Word, Words, uuid_field
from app.http.payloads import Strict
from app.http.policy_payloads import ReadersPayload
from app.services.explaining.handling_to_be import INLINE, HandlingToBe
from app.services.explaining.simulate import Simulated, SimulationRequest
from breakwater_client.submission import ResultStatus

_MOST_OBJECTS = 100
_ROLE_OR_ANY = Form("|".join([ANY, *Role]), "This is neither a role nor any.")
_JURISDICTION_OR_ANY = Form(f"{ANY}|[A-Z]{{2}}", "A jurisdiction is an ISO 3166-1 alpha-2 code, or any.")
_AUDIENCE = Form("audience--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "This is no id of an audience.")


class AudienceToBePayload(Strict):
    """An audience that is not registered: roles and jurisdictions together, partners in and out. Lists left out are empty."""

    roles = Words(fields.String(validate=_ROLE_OR_ANY), load_default=frozenset())
    jurisdictions = Words(fields.String(validate=_JURISDICTION_OR_ANY), most=250, load_default=frozenset())
    partners_in = Words(uuid_field(), most=1_000, load_default=frozenset())
    partners_out = Words(uuid_field(), most=1_000, load_default=frozenset())

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Audience:
        return Audience(INLINE, "", **values)


class HandlingToBePayload(Strict):
    """What a marking and the context of an object would say; what is left out, the agreement's default says.

    At most one of ``audience_id``, a registered audience of one's own, and ``audience``.
    """

    tlp = Word(Tlp)
    sensitivity = Word(Sensitivity)
    harm_types = Words(Word(Harm))
    subject_status = Word(SubjectStatus)
    purposes = Words(Word(Purpose))
    audience_id = fields.String(validate=_AUDIENCE)
    audience = fields.Nested(AudienceToBePayload)
    release_at = Moment()
    expires_at = Moment()

    @validates_schema
    def _one_audience(self, values: dict[str, Any], **_: Any) -> None:
        if "audience" in values and "audience_id" in values:
            raise ValidationError("Name an audience or describe one, not both.", "audience")

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> HandlingToBe:
        return HandlingToBe(**values)


class SimulationPayload(Strict):
    """A handling, or up to 100 objects as they would be submitted; unsigned ones as if their publisher had signed them.

    ``group_id``: the sharing group they would be posted to. ``channel``: the way by which readers would read.
    """

    handling = fields.Nested(HandlingToBePayload)
    objects = fields.List(fields.Raw(allow_none=True), validate=validate.Length(1, _MOST_OBJECTS))
    group_id = uuid_field(load_default=None, allow_none=True)
    channel = Word(Channel, load_default=Channel.REST)

    @validates_schema
    def _one_subject(self, values: dict[str, Any], **_: Any) -> None:
        if ("handling" in values) is ("objects" in values):
            raise ValidationError("Ask about a handling or about objects: one of the two.", "handling")

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> SimulationRequest:
        return SimulationRequest(**values)


class EffectiveHandlingPayload(Schema):
    """The handling that decisions would read: what was stated and the agreement's default together."""

    tlp = Word(Tlp, required=True)
    sensitivity = Word(Sensitivity, required=True)
    harm_types = Words(Word(Harm), required=True)
    subject_status = Word(SubjectStatus, required=True)
    purposes = Words(Word(Purpose), required=True)
    permitted_uses = Words(Word(PermittedUse), required=True)
    onward_share = Word(OnwardShare, required=True)


class ReachPayload(Schema):
    """Whom it would reach once its embargo is over. ``depends``: what it refers to is handled by others, too."""

    handling = fields.Nested(EffectiveHandlingPayload, required=True)
    depends = fields.Boolean(required=True)
    release_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    readers = fields.Nested(ReadersPayload, required=True)


class SimulatedPayload(Schema):
    """What would become of an object or a handling; of objects also place, id and what narrows them, of refusals the code.

    ``reach`` null: it would not be stored, is stored already, or is another publisher's.
    """

    pointer = fields.String(required=True)
    status = Word(ResultStatus, required=True)
    id = fields.String(required=True, allow_none=True)
    narrowed_by = fields.List(fields.String(), required=True)
    code = Word(Code, required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    refusal_pointer = fields.String(required=True, allow_none=True)
    reach = fields.Nested(ReachPayload, required=True, allow_none=True)

    @pre_dump
    def _spell(self, value: Simulated, **_: Any) -> dict[str, Any]:
        result, refusal = value.result, value.refusal
        status = ResultStatus.REFUSED if refusal else ResultStatus.STORED
        return {
            "pointer": result.pointer if result else "/handling",
            "status": result.status if result else status,
            "id": result.stix_id if result else None,
            "narrowed_by": result.narrowed_by if result else (),
            "code": refusal.code if refusal else None,
            "detail": refusal.sentence if refusal else None,
            "refusal_pointer": refusal.pointer if refusal else None,
            "reach": value.reach,
        }


class SimulationAnswerPayload(Schema):
    """One answer for a handling, or one for each object in their order. Nothing was stored."""

    simulated = fields.List(fields.Nested(SimulatedPayload), required=True)
