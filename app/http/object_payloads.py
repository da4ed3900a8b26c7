"""Bodies and parameters of the routes about objects and submissions.

Owns names and forms on the wire. Pages of objects and submissions are written by ``answers`` from stored bytes and plain values;
their schemas here only describe them. Kept by ``tests/http/test_object_payloads.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load

from app.domain.errors import Code
from app.domain.vocabulary import Harm, Phase, Surface, Urgency
from app.http.fields import Count, Form, Moment, TimestampKey, Word, Words, uuid_field
from app.http.payloads import EnvelopePayload, Strict
from app.services.reading.pull import Filters, PageRequest
from breakwater_client.submission import ResultStatus

MOST_OBJECTS = 1_000
USUAL_OBJECTS = 100
_TYPE = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]", "This is no STIX type.")
_BEHAVIOUR = Form("OP-[0-9]{3}", "This is no code of a behaviour.")
_STIX_ID = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no STIX id.")
CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")
_FACETS = ("behaviour", "harm", "phase", "surface", "urgency")


class SubmissionQuery(Strict):
    """Whether one refused object refuses all, and the sharing group (its id) that they go to instead of the exchange."""

    atomic = fields.Boolean(truthy={"true"}, falsy={"false"}, load_default=False)
    group = fields.String(load_default=None)


class ObjectResultPayload(Schema):
    """What became of one object of the envelope; stored ones name id to log index, refused ones code to refusal pointer.

    Of one that was erased since there is the log index alone. ``narrowed_by``, where it is given: ids that the object refers to,
    and by which it reaches fewer than it says itself.
    """

    pointer = fields.String(required=True)
    status = Word(ResultStatus, required=True)
    id = fields.String()
    version = fields.String()
    payload_digest = fields.String(allow_none=True)
    log_index = fields.Integer(allow_none=True)
    narrowed_by = fields.List(fields.String())
    code = Word(Code)
    detail = fields.String()
    refusal_pointer = fields.String(allow_none=True)


class EmergencyContactPayload(Schema):
    """Whom to call; ``jurisdiction`` null: everywhere."""

    jurisdiction = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    call = fields.String(required=True)


class ImminentRiskPayload(Schema):
    """What to do now about objects marked imminent risk: the exchange is not a reporting channel."""

    call = fields.List(fields.Nested(EmergencyContactPayload), required=True)
    detail = fields.String(required=True)


class SubmissionPayload(Schema):
    """A submission: each object's result in the envelope's order, and the receipt (DSSE) that the exchange signed.

    ``imminent_risk`` is there if one of the objects is marked so, refused ones included.
    """

    id = fields.String(required=True)
    received_at = Moment(required=True)
    results = fields.List(fields.Nested(ObjectResultPayload), required=True)
    receipt = fields.Nested(EnvelopePayload, required=True)
    imminent_risk = fields.Nested(ImminentRiskPayload)


class SubmittedEnvelope(Schema):
    """A STIX bundle or TAXII envelope of 1 to 5,000 signed objects, at most 16 MiB."""

    type = fields.String(metadata={"enum": ["bundle"]})
    id = fields.String()
    objects = fields.List(fields.Dict(), required=True)


class ObjectFilters(Strict):
    """Filters of objects: several values of one are alternatives, several filters must all hold."""

    type = Words(fields.String(validate=_TYPE))
    id = Words(fields.String(validate=_STIX_ID))
    owner = Words(uuid_field())
    behaviour = Words(fields.String(validate=_BEHAVIOUR))
    harm = Words(Word(Harm))
    surface = Words(Word(Surface))
    phase = Words(Word(Phase))
    urgency = Words(Word(Urgency))
    confidence_min = Count(0, 100)
    added_after = Moment()
    added_before = Moment(round_up=True)
    modified_after = TimestampKey()
    modified_before = TimestampKey()
    valid_at = TimestampKey()


def filters_of(values: Mapping[str, Any]) -> Filters:
    """Give the filters that loaded fields of ``ObjectFilters`` are."""
    return Filters(
        stix_ids=values.get("id", frozenset()),
        types=values.get("type", frozenset()),
        owner_ids=values.get("owner", frozenset()),
        facets=tuple((kind, frozenset(map(str, values[kind]))) for kind in _FACETS if values.get(kind)),
        minimum_confidence=values.get("confidence_min"),
        added_after=values.get("added_after"),
        added_before=values.get("added_before"),
        modified_after=values.get("modified_after"),
        modified_before=values.get("modified_before"),
        valid_at=values.get("valid_at"),
    )


class ObjectQuery(ObjectFilters):
    """Filters of the feed, and which page of it."""

    limit = Count(1, MOST_OBJECTS, load_default=USUAL_OBJECTS)
    next = fields.String(load_default=None, validate=CURSOR)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> PageRequest:
        return PageRequest(filters_of(values), values["next"], values["limit"])


class ObjectsPayload(Schema):
    """The newest visible version of one id, once for each owner that states it, byte for byte as it was stored.

    ``attestations`` are envelopes (DSSE) that the exchange signed beside those objects that their publisher did not sign.
    """

    attestations = fields.List(fields.Nested(EnvelopePayload), required=True)
    objects = fields.List(fields.Dict(), required=True)


class ObjectPagePayload(ObjectsPayload):
    """One page of the feed. ``next`` is always given: after the last page it is where to ask for what comes later."""

    more = fields.Boolean(required=True)
    next = fields.String(required=True)


class VersionPayload(Schema):
    """One visible version of an id; ``added_at`` is the reader's own date, null for one's own object under embargo."""

    owner = fields.String(attribute="owner_id", required=True)
    version = fields.String(required=True)
    added_at = Moment(required=True, allow_none=True)


class VersionsPayload(Schema):
    """Versions, by owner and oldest first."""

    versions = fields.List(fields.Nested(VersionPayload), required=True)


class ReceiptQuery(Strict):
    """Which version the receipt is for; the newest, if none is named."""

    version = fields.String(load_default=None, validate=Form(r"[\x21-\x7e]{1,80}", "This is no version."))
