"""Bodies and parameters of the routes about the disclosure ledger.

Owns names and forms on the wire. Kept by ``tests/http/test_ledger_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.vocabulary import Channel, Extent, Harm, Purpose, Sensitivity, SubjectStatus
from app.http.fields import Count, Form, Moment, Word, uuid_field
from app.http.object_payloads import MOST_OBJECTS, USUAL_OBJECTS
from app.http.payloads import Strict
from app.policy.grounds import Ground
from app.services.ledger.answers import GivenVersion, LedgerAnswer
from app.services.ledger.breach_report import Breach, BreachReport, Part
from app.services.ledger.look_up_disclosures import LedgerQuestion, PageAsked

_STIX_ID = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no STIX id.")
_CURSOR = Form("[A-Za-z0-9_-]{1,512}", "This is no cursor.")
_LONGEST_ID = 300


class _Asked(Strict):
    partner_id = uuid_field(load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    limit = Count(1, MOST_OBJECTS, load_default=USUAL_OBJECTS)
    next = fields.String(load_default=None, validate=_CURSOR)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> dict[str, Any]:
        page = PageAsked(given.pop("next"), given.pop("limit"))
        return {"asked": LedgerQuestion(**given), "page": page}


class DisclosureQuery(_Asked):
    """Which of one's own objects (all, if none is named), given to whom, from an instant on, up to but without another."""

    object = fields.String(load_default=None, validate=_STIX_ID, attribute="stix_id")


class DisclosureSearchPayload(_Asked):
    """The same for staff: whoever's objects, and with which credential; ids go by a body, since addresses are logged."""

    id = fields.String(load_default=None, validate=validate.Length(1, _LONGEST_ID), attribute="stix_id")
    publisher_id = uuid_field(load_default=None)
    credential_id = uuid_field(load_default=None)


class DisclosedVersionPayload(Schema):
    """One version that was given: its publisher, and on which ground, through which sharing groups.

    Id and version are null once it is erased; the ground is null in what was recorded before grounds could be repeated.
    """

    id = fields.String(required=True, allow_none=True)
    version = fields.String(required=True, allow_none=True)
    publisher_id = fields.String(required=True)
    erased = fields.Boolean(required=True)
    ground = Word(Ground, required=True, allow_none=True)
    groups = fields.List(fields.String(), required=True)


class DisclosurePayload(Schema):
    """One answer in which objects were given: to whom, why, by which way, under which agreement version, and how much of them.

    ``credential_id`` is told to staff; ``extent`` is null in what was recorded before it was kept.
    """

    recipient_id = fields.String(required=True)
    recipient_name = fields.String(required=True)
    credential_id = fields.String(required=True, allow_none=True)
    purpose = Word(Purpose, required=True)
    channel = Word(Channel, required=True)
    extent = Word(Extent, required=True, allow_none=True)
    agreement_version = fields.Integer(required=True)
    disclosed_at = Moment(required=True)
    objects = fields.List(fields.Nested(DisclosedVersionPayload), required=True)

    @pre_dump
    def _flatten(self, row: LedgerAnswer, **_: Any) -> dict[str, Any]:
        # The row's number stays here: it counts everybody's disclosures.
        given = {name: getattr(row, name) for name in self.fields if name != "objects"}
        return given | {"objects": [_version(one) for one in row.given]}


def _version(one: GivenVersion) -> dict[str, Any]:
    return {
        "id": one.stix_id,
        "version": one.version,
        "publisher_id": one.publisher_id,
        "erased": one.stix_id is None,
        "ground": one.ground,
        "groups": sorted(one.groups),
    }


class DisclosurePagePayload(Schema):
    """Rows of the ledger, oldest first; ``next`` is always given."""

    more = fields.Boolean(required=True)
    next = fields.String(required=True)
    disclosures = fields.List(fields.Nested(DisclosurePayload), attribute="rows", required=True)


class BreachPayload(Strict):
    """What may have leaked: all given with a credential, or (``issued_too``) with what was issued with it; or to a partner."""

    credential_id = uuid_field(load_default=None)
    partner_id = uuid_field(load_default=None)
    publisher_id = uuid_field(load_default=None)
    issued_too = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    since = Moment(load_default=None)
    until = Moment(load_default=None)

    @post_load
    def _make(self, given: dict[str, Any], **_: Any) -> Breach:
        return Breach(**given)


class LeakedVersionPayload(Schema):
    """One version: when it was first and last given, how often, and how much of it at most."""

    id = fields.String(required=True, allow_none=True, attribute="stix_id")
    version = fields.String(required=True, allow_none=True)
    first_at = Moment(required=True)
    last_at = Moment(required=True)
    times = fields.Integer(required=True)
    extent = Word(Extent, required=True, allow_none=True)


class PartPayload(Schema):
    """What was given of one publisher, or altogether: different versions, objects and ids of observables, by what they are."""

    publisher_id = fields.String(required=True, allow_none=True)
    publisher_name = fields.String(required=True, allow_none=True)
    answers = fields.Integer(required=True)
    versions = fields.Integer(required=True)
    erased = fields.Integer(required=True)
    objects = fields.Integer(required=True)
    identifying_objects = fields.Integer(required=True)
    observables = fields.Integer(required=True)
    sensitivities = fields.Dict(keys=Word(Sensitivity), values=fields.Integer(), required=True)
    harm_types = fields.Dict(keys=Word(Harm), values=fields.Integer(), required=True)
    subject_statuses = fields.Dict(keys=Word(SubjectStatus), values=fields.Integer(), required=True)
    extents = fields.Dict(keys=Word(Extent), values=fields.Integer(), required=True)
    purposes = fields.List(Word(Purpose), required=True)
    channels = fields.List(Word(Channel), required=True)
    first_at = Moment(required=True, allow_none=True)
    last_at = Moment(required=True, allow_none=True)
    listed = fields.List(fields.Nested(LeakedVersionPayload), required=True, allow_none=True)

    @pre_dump
    def _flatten(self, part: Part, **_: Any) -> dict[str, Any]:
        given = {name: getattr(part, name) for name in self.fields if not name.startswith("publisher")}
        for name in ("sensitivities", "harm_types", "subject_statuses", "extents"):
            given[name] = {word.value: given[name][word] for word in sorted(given[name])}
        given |= {name: sorted(given[name]) for name in ("purposes", "channels")}
        publisher = part.publisher
        return given | {
            "publisher_id": publisher and publisher.partner_id,
            "publisher_name": publisher and publisher.name,
        }


class DisclosedFilePayload(Schema):
    """A file of a bulk export in which something was given: how many objects are in it, and whether it was published.

    ``barred_at``: since when it is given to nobody; ``gone_at``: when it was taken out of its place. Null: not.
    """

    definition_id = fields.String(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    objects = fields.Integer(required=True)
    published_at = Moment(required=True, allow_none=True)
    barred_at = Moment(required=True, allow_none=True)
    gone_at = Moment(required=True, allow_none=True)


class BreachReportPayload(Schema):
    """What was given with these credentials to a partner: altogether, and for each publisher, who must be told of its part.

    ``listed`` is given where one publisher is asked for: its versions, one by one; then ``credential_ids`` and ``files``
    are empty, since with which credentials and in which files it was is the reader's affair and not the publisher's.
    """

    recipient_id = fields.String(required=True, allow_none=True)
    recipient_name = fields.String(required=True, allow_none=True)
    credential_ids = fields.List(fields.String(), required=True)
    altogether = fields.Nested(PartPayload, required=True)
    publishers = fields.List(fields.Nested(PartPayload), required=True)
    files = fields.List(fields.Nested(DisclosedFilePayload), required=True)

    @pre_dump
    def _flatten(self, report: BreachReport, **_: Any) -> dict[str, Any]:
        recipient = report.recipient
        return {
            "recipient_id": recipient and recipient.partner_id,
            "recipient_name": recipient and recipient.name,
            "credential_ids": report.credential_ids,
            "altogether": report.altogether,
            "publishers": report.publishers,
            "files": report.files,
        }
