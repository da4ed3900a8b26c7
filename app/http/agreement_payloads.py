"""Bodies about agreements: what a partner may read and submit, and the handling laid under what it submits.

Owns names and forms on the wire. Every list is required: what an agreement does not say, it does not allow. Kept by
``tests/http/test_agreement_payloads.py``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from app.domain.agreement import CrossBorderTerms, ReadTerms, ReadVolume, RecallTerms, SignatureRequired, WriteTerms
from app.domain.handling import DefaultHandling
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Role,
    Sensitivity,
    Tlp,
    TransferBasis,
)
from app.http.approval_payloads import reason_field
from app.http.fields import Count, Flag, Form, Moment, Word, Words, uuid_field
from app.http.payloads import PartnerPayload, Strict
from app.policy.agreement_changes import Direction
from app.services.membership.agreement_versions import NewAgreement
from app.services.membership.look_up_agreements import ShownAgreement

_ROLE_OR_ANY = Form("|".join([ANY, *Role]), "This is neither a role nor any.")
_JURISDICTION_OR_ANY = Form(f"{ANY}|[A-Z]{{2}}", "A jurisdiction is an ISO 3166-1 alpha-2 code, or any.")
_PARTNER_OR_ANY = Form(f"{ANY}|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}", "This is neither a partner's id nor any.")
_MOST_A_DAY = 1_000_000_000
_MOST_VERSIONS = 1_000_000_000
_HOURS_OF_A_YEAR = 8_784
_AUDIENCE = "audience--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class CrossBorderTermsPayload(Strict):
    """What may be read of publishers in other jurisdictions, and on which legal basis; empty lists admit nothing from abroad."""

    jurisdictions = Words(fields.String(validate=_JURISDICTION_OR_ANY), most=250, required=True)
    sensitivities = Words(Word(Sensitivity), required=True)
    basis = Word(TransferBasis, required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> CrossBorderTerms:
        return CrossBorderTerms(**values)


class ReadVolumePayload(Strict):
    """How much may be read in a day (UTC); null: no limit agreed."""

    versions_per_day = Count(1, _MOST_A_DAY, load_default=None, allow_none=True)
    lookups_per_day = Count(1, _MOST_A_DAY, load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> ReadVolume:
        return ReadVolume(**values)


class ReadTermsPayload(Strict):
    """What a partner may read; an empty list admits nothing, ``any`` stands for all roles or jurisdictions."""

    publisher_roles = Words(fields.String(validate=_ROLE_OR_ANY), required=True)
    publisher_jurisdictions = Words(fields.String(validate=_JURISDICTION_OR_ANY), most=250, required=True)
    purposes = Words(Word(Purpose), required=True)
    tlp_ceiling = Word(Tlp, required=True)
    sensitivities = Words(Word(Sensitivity), required=True)
    harm_types = Words(Word(Harm), required=True)
    channels = Words(Word(Channel), required=True)
    cross_border = fields.Nested(CrossBorderTermsPayload, required=True)
    volume = fields.Nested(ReadVolumePayload, load_default=ReadVolume)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> ReadTerms:
        return ReadTerms(**values)


class SignatureRequiredPayload(Strict):
    """What must carry its publisher's signature all the same: any object of a listed sensitivity or harm type."""

    sensitivities = Words(Word(Sensitivity), load_default=frozenset())
    harm_types = Words(Word(Harm), load_default=frozenset())

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> SignatureRequired:
        return SignatureRequired(**values)


class WriteTermsPayload(Strict):
    """What a partner may submit; an empty list admits nothing. ``passes_on``: partners whose signed objects it may submit."""

    profiles = Words(Word(Profile), required=True)
    assurances = Words(Word(Assurance), required=True)
    sensitivities = Words(Word(Sensitivity), required=True)
    harm_types = Words(Word(Harm), required=True)
    signature_required = fields.Nested(SignatureRequiredPayload, load_default=SignatureRequired)
    passes_on = Words(fields.String(validate=_PARTNER_OR_ANY), most=1_000, load_default=frozenset())
    carries_statements = Flag(load_default=False)
    objects_per_day = Count(1, _MOST_A_DAY, load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> WriteTerms:
        return WriteTerms(**values)


class DefaultHandlingPayload(Strict):
    """The handling under everything the partner submits; markings only narrow it. ``audience_id`` null: nobody."""

    tlp = Word(Tlp, required=True)
    sensitivity = Word(Sensitivity, required=True)
    harm_types = Words(Word(Harm), required=True)
    audience_id = fields.String(required=True, allow_none=True, validate=Form(_AUDIENCE, "This is no id of an audience."))
    purposes = Words(Word(Purpose), required=True)
    permitted_uses = Words(Word(PermittedUse), required=True)
    onward_share = Word(OnwardShare, required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> DefaultHandling:
        return DefaultHandling(**values)


class RecallTermsPayload(Strict):
    """By when a recall is answered, in hours from its notice (a week, if nothing is said), and what happens if it is not."""

    acknowledge_within_hours = Count(1, _HOURS_OF_A_YEAR, load_default=168)
    overdue = Word(OverdueRecall, load_default=OverdueRecall.ALARM)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> RecallTerms:
        return RecallTerms(**values)


class NewAgreementPayload(Strict):
    """The next version of a partner's agreement; in force from ``starts_at`` (now, if none) up to but without ``ends_at``."""

    partner_id = uuid_field(required=True)
    starts_at = Moment(load_default=None, allow_none=True)
    ends_at = Moment(load_default=None, allow_none=True)
    read = fields.Nested(ReadTermsPayload, required=True)
    write = fields.Nested(WriteTermsPayload, required=True)
    default_handling = fields.Nested(DefaultHandlingPayload, required=True)
    recall = fields.Nested(RecallTermsPayload, load_default=RecallTerms)
    is_listed = Flag(load_default=False)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewAgreement:
        return NewAgreement(**values)


class ProposedAgreementPayload(NewAgreementPayload):
    """The next version of a partner's agreement as two persons make it, and why; no ``starts_at``: when approved."""

    reason = reason_field()

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> tuple[NewAgreement, str]:
        reason = values.pop("reason")
        return NewAgreement(**values), reason


class AgreementPayload(Schema):
    """One version of an agreement; a higher version replaces a lower one from its own ``starts_at`` on."""

    partner_id = fields.String(required=True)
    version = fields.Integer(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True, allow_none=True)
    read = fields.Nested(ReadTermsPayload, required=True)
    write = fields.Nested(WriteTermsPayload, required=True)
    default_handling = fields.Nested(DefaultHandlingPayload, required=True)
    recall = fields.Nested(RecallTermsPayload, required=True)
    is_listed = fields.Boolean(required=True)
    is_suspended = fields.Boolean(required=True)
    created_at = Moment(required=True)


class SignedAgreementPayload(Schema):
    """One version: its document (``schemas/agreement.json``), as the exchange signed it in the envelope (DSSE).

    ``digest`` is the SHA-256 of the document's RFC 8785 form, ``log_index`` that of its leaf in the log. Versions that are older
    than signed documents have neither envelope nor leaf (null).
    """

    document = fields.Dict(keys=fields.String(), required=True)
    digest = fields.String(required=True)
    envelope = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    log_index = fields.Integer(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, shown: ShownAgreement, **_: Any) -> dict[str, Any]:
        kept = shown.kept
        told = {"document": kept.document, "digest": kept.digest, "envelope": kept.envelope}
        return told | {"log_index": shown.log_index}


class AgreementChangePayload(Schema):
    """One term that differs: its place in the document, what it was and becomes, and whether that widens what is agreed."""

    pointer = fields.String(required=True)
    direction = Word(Direction, required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class ComparedVersionPayload(Schema):
    """A kept version (null: at that time none governs), the digest of its document, and what changes against it."""

    version = fields.Integer(required=True, allow_none=True)
    digest = fields.String(required=True, allow_none=True)
    changes = fields.List(fields.Nested(AgreementChangePayload), required=True)


class AgreementDiffPayload(Schema):
    """What a version changes of each that it would displace from its start on; what widens any of them takes two persons."""

    partner_id = fields.String(required=True)
    version = fields.Integer(required=True)
    widens = fields.Boolean(required=True)
    compared_with = fields.List(fields.Nested(ComparedVersionPayload), required=True)


class AgreementDiffQuery(Strict):
    """Which two kept versions are compared."""

    before = Count(1, _MOST_VERSIONS, required=True)
    after = Count(1, _MOST_VERSIONS, required=True)


class AgreementsPayload(Schema):
    """Versions of agreements, oldest first."""

    agreements = fields.List(fields.Nested(AgreementPayload), required=True)


class AgreementQuery(Strict):
    """Whose agreements: one partner's, for staff; a partner gets its own whatever it asks."""

    partner_id = uuid_field()


class OverdueNoticePayload(Schema):
    """A notice that should have been answered: until all of these are, its addressee reads nothing of others."""

    notice_id = fields.String(required=True)
    due_at = Moment(required=True)

    @pre_dump
    def _name(self, value: tuple[str, datetime], **_: Any) -> dict[str, Any]:
        return {"notice_id": value[0], "due_at": value[1]}


class OwnTermsPayload(Schema):
    """What a partner may know of the policy: itself, and its agreement in force (null: it may read and submit nothing).

    ``lost_access_by``: the overdue notices for which its agreement lets it read nothing of others now; empty if it has access.
    """

    partner = fields.Nested(PartnerPayload, required=True)
    agreement = fields.Nested(AgreementPayload, required=True, allow_none=True)
    lost_access_by = fields.List(fields.Nested(OverdueNoticePayload), required=True, attribute="overdue")
