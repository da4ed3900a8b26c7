"""Bodies of the administrative routes: partners, credentials, audiences, the exchange, and the problem document.

Owns names and forms on the wire; what they mean is the domain's. Requests become the services' values; unknown fields are errors.
Agreements have ``agreement_payloads``, objects ``object_payloads``. Kept by ``tests/http/test_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

from app.domain.errors import Code
from app.domain.permissions import Permission
from app.domain.stated_reason import LONGEST_REASON, Stop
from app.domain.vocabulary import PartnerState, Purpose, Role, Tlp
from app.http.fields import Form, Moment, Word, Words, name_field, uuid_field
from app.services.membership.enrol_partner import NewPartner
from app.services.membership.issue_credentials import NewCredential
from app.services.membership.relate_partners import Relations

_IDENTITY = "identity--[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class Strict(Schema):
    """A request's payload: a field that it does not know is an error."""

    class Meta:
        """Marshmallow's place for it."""

        unknown = RAISE


class NothingPayload(Strict):
    """The body of a request that says nothing more than its path: none, or an empty object."""


class ProblemPayload(Schema):
    """RFC 9457, with the exchange's code, the request id, and a pointer (RFC 6901) into the body where there is one."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = Word(Code, required=True)
    request_id = fields.String(required=True)
    pointer = fields.String()


class ExchangePayload(Schema):
    """The exchange's public identity; ``public_key`` (PEM) verifies its receipts."""

    id = fields.String(attribute="exchange_id", required=True)
    keyid = fields.String(required=True)
    public_key = fields.String(required=True)


class PartnerPayload(Schema):
    """A member organisation; ``parent_id`` is the one that it is a part of."""

    id = fields.String(attribute="partner_id", required=True)
    name = fields.String(required=True)
    role = Word(Role, required=True)
    jurisdiction = fields.String(required=True)
    identity_id = fields.String(required=True)
    state = Word(PartnerState, required=True)
    enrolled_at = Moment(required=True)
    parent_id = fields.String(required=True, allow_none=True)


class PartnersPayload(Schema):
    """All partners, by name."""

    partners = fields.List(fields.Nested(PartnerPayload), required=True)


class NewPartnerPayload(Strict):
    """An organisation to be enrolled; ``identity_id`` is its STIX identity if it has one already."""

    name = name_field(required=True)
    role = Word(Role, required=True)
    jurisdiction = fields.String(required=True, validate=Form("[A-Z]{2}", "A jurisdiction is an ISO 3166-1 alpha-2 code."))
    identity_id = fields.String(validate=Form(_IDENTITY, "This is no id of a STIX identity."))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewPartner:
        return NewPartner(**values)


def stop_reason_field() -> fields.String:
    """Give the field of why something is stopped, in the caller's words: kept, screened, never logged."""
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(1, LONGEST_REASON))


class PartnerChangePayload(Strict):
    """What can be changed of a partner: its state. ``reason`` says why; the exchange's staff reads it."""

    state = Word(PartnerState, required=True)
    reason = stop_reason_field()


class StopPayload(Strict):
    """Why something is stopped, without personal data; no body: nothing is said."""

    may_be_absent = True
    reason = stop_reason_field()


class StatedReasonPayload(Schema):
    """Why something was stopped. ``subject`` is the id of the partner or credential, or the number of the agreement's version.

    ``person_id`` null: a machine said it.
    """

    stop = Word(Stop, required=True)
    subject = fields.String(required=True)
    person_id = fields.String(required=True, allow_none=True)
    said_at = Moment(required=True)
    reason = fields.String(required=True)


class StatedReasonsPayload(Schema):
    """Why a partner, its agreement and its credentials were stopped: the newest first, 200 at most."""

    reasons = fields.List(fields.Nested(StatedReasonPayload), required=True)


class RelationsPayload(Strict):
    """Whose part a partner is (null: nobody's), and whose client; by partner ids. Recorded only."""

    parent_id = uuid_field(required=True, allow_none=True)
    client_of = Words(uuid_field(), required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Relations:
        return Relations(**values)


class CredentialPayload(Schema):
    """A credential without its token, which is kept nowhere. ``purpose`` null: each reading request names its own.

    ``person_id`` null: a service account's. ``issued_by`` is the credential with which it was issued.
    """

    id = fields.String(attribute="credential_id", required=True)
    name = fields.String(required=True)
    partner_id = fields.String(required=True, allow_none=True)
    person_id = fields.String(required=True, allow_none=True)
    issued_by = fields.String(required=True, allow_none=True)
    scopes = Words(Word(Permission), required=True)
    purpose = Word(Purpose, required=True, allow_none=True)
    tlp_ceiling = Word(Tlp, required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)


class IssuedCredentialPayload(Schema):
    """A new credential and its token: shown this once, and null when the request is repeated."""

    credential = fields.Nested(CredentialPayload, required=True)
    token = fields.String(required=True, allow_none=True)


class NewCredentialPayload(Strict):
    """A token to be issued to the service account ``account`` of a partner, or to the person ``person_id``: one of the two.

    The partner is the caller's own if none is named. Without an end it expires in a year, and no later than the credential that
    a partner issues it with.
    """

    partner_id = uuid_field(load_default=None, allow_none=True)
    account = name_field(load_default=None, allow_none=True)
    person_id = uuid_field(load_default=None, allow_none=True)
    scopes = Words(Word(Permission), required=True)
    purpose = Word(Purpose, load_default=None, allow_none=True)
    tlp_ceiling = Word(Tlp, required=True)
    expires_at = Moment(load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewCredential:
        return NewCredential(**values)


class RevocationQuery(Strict):
    """Whether the credentials that were issued with it go too, and those issued with them: for one that leaked."""

    issued_too = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class DsseSignaturePayload(Strict):
    """One signature of a DSSE envelope."""

    keyid = fields.String(required=True)
    sig = fields.String(required=True)


EnvelopePayload = Strict.from_dict(
    {
        "payloadType": fields.String(required=True),
        "payload": fields.String(required=True),
        "signatures": fields.List(fields.Nested(DsseSignaturePayload), required=True),
    },
    name="DsseEnvelope",
)
"""A DSSE envelope: a signed document, base64, with its kind."""


class AudiencePayload(Schema):
    """An audience as its owner signed it; ``envelope`` is the signed document."""

    audience_id = fields.String(required=True, attribute="audience.audience_id")
    owner_id = fields.String(required=True, attribute="audience.owner_id")
    roles = Words(fields.String(), required=True, attribute="audience.roles")
    jurisdictions = Words(fields.String(), required=True, attribute="audience.jurisdictions")
    partners_in = Words(fields.String(), required=True, attribute="audience.partners_in")
    partners_out = Words(fields.String(), required=True, attribute="audience.partners_out")
    envelope = fields.Nested(EnvelopePayload, required=True)
