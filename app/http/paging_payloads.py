"""Bodies of the routes about contacts and pages. Kept by ``tests/http/test_paging_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump, validate

from app.domain.paging import Delivery, MailState, PageState
from app.http.fields import Count, Form, Moment, Word, name_field
from app.http.payloads import Strict
from app.services.membership.keep_contacts import NOT_MAILABLE, NewContact
from app.services.paging.answer_pages import PageRecord
from app.services.paging.write_letters import URGENT

MOST_PAGES = 1_000
_USUAL_PAGES = 100
_MOST_RANKS = 99
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_ADDRESS = rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]{{1,63}}(\.[A-Za-z0-9-]{{1,63}})+"
_PHONE = r"\+?[0-9][0-9 ()./-]{2,38}"


class MailPayload(Schema):
    """A mail that was made: ``contact_id`` null is the operator's; ``failed_at`` is when it first came back."""

    contact_id = fields.String(required=True, allow_none=True)
    state = Word(MailState, required=True)
    made_at = Moment(required=True)
    sent_at = Moment(required=True, allow_none=True)
    failed_at = Moment(required=True, allow_none=True)
    failure = Word(Delivery, required=True, allow_none=True)


class ContactPayload(Schema):
    """A contact around the clock; the lowest rank is called first. ``last_mail`` is null before the first."""

    id = fields.String(attribute="contact.contact_id", required=True)
    partner_id = fields.String(attribute="contact.partner_id", required=True)
    rank = fields.Integer(attribute="contact.rank", required=True)
    label = fields.String(attribute="contact.label", required=True)
    email = fields.String(attribute="contact.email", required=True)
    phone = fields.String(attribute="contact.phone", required=True, allow_none=True)
    created_at = Moment(attribute="contact.created_at", required=True)
    last_mail = fields.Nested(MailPayload, required=True, allow_none=True)


class ContactsPayload(Schema):
    """Contacts, in the order in which they are called; for operators by partner."""

    contacts = fields.List(fields.Nested(ContactPayload), required=True)


class NewContactPayload(Strict):
    """A contact to be added; without ``rank`` it is called after all others. ``phone`` is for the operator, nothing dials it."""

    label = name_field(required=True)
    email = fields.String(required=True, validate=[validate.Length(max=254), Form(_ADDRESS, NOT_MAILABLE)])
    phone = fields.String(load_default=None, allow_none=True, validate=Form(_PHONE, "This is no telephone number."))
    rank = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, _MOST_RANKS))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewContact:
        return NewContact(**values)


class RemovedPayload(Schema):
    """What was removed."""

    id = fields.String(required=True)


class PageQuery(Strict):
    """How many of the newest pages."""

    limit = Count(1, MOST_PAGES, load_default=_USUAL_PAGES)


class PagePayload(Schema):
    """The calling of a partner's contacts about what was marked imminent risk; ``read`` is where to read it, for the partner."""

    id = fields.String(required=True)
    partner_id = fields.String(required=True)
    state = Word(PageState, required=True)
    made_at = Moment(required=True)
    contact_id = fields.String(required=True, allow_none=True)
    acknowledge_by = Moment(required=True, allow_none=True)
    acknowledged_at = Moment(required=True, allow_none=True)
    escalated_at = Moment(required=True, allow_none=True)
    read = fields.String(required=True)
    mails = fields.List(fields.Nested(MailPayload), required=True)

    @pre_dump
    def _flatten(self, record: PageRecord, **_: Any) -> dict[str, Any]:
        page = record.page
        plain = {name: getattr(page, name) for name in self.fields if name not in {"id", "mails", "read"}}
        return plain | {"id": page.page_id, "mails": record.mails, "read": URGENT}


class PagesPayload(Schema):
    """Pages, newest first."""

    pages = fields.List(fields.Nested(PagePayload), required=True)
