"""Bodies of the routes about persons. Kept by ``tests/http/test_person_payloads.py``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from app.domain.vocabulary import MemberRole, StaffRole
from app.http.approval_payloads import reason_field
from app.http.fields import Form, Moment, Word, Words, name_field, uuid_field
from app.http.list_payloads import ListPayload, ListQuery
from app.http.payloads import Strict
from app.services.membership.add_staff import NewStaff
from app.services.membership.keep_persons import NewPerson, Roles


class PersonPayload(Schema):
    """A person at a partner (``member_roles``) or of the exchange (``staff_roles``).

    ``name`` null: the caller is not told. ``added_at`` null: before that was kept.
    """

    id = fields.String(attribute="person.person_id", required=True)
    name = fields.String(required=True, allow_none=True)
    partner_id = fields.String(attribute="person.partner_id", required=True, allow_none=True)
    member_roles = Words(Word(MemberRole), attribute="person.member_roles", required=True)
    staff_roles = Words(Word(StaffRole), attribute="person.staff_roles", required=True)
    added_at = Moment(attribute="person.added_at", required=True, allow_none=True)
    left_at = Moment(attribute="person.left_at", required=True, allow_none=True)


class PersonsPayload(ListPayload):
    """Persons in the order in which they came, those who left included."""

    persons = fields.List(fields.Nested(PersonPayload), attribute="rows", required=True)


class PersonQuery(ListQuery):
    """Whose persons, for staff: a partner's; the exchange's own if none is named."""

    partner_id = uuid_field(load_default=None)


class NewPersonPayload(Strict):
    """A partner's person to be; ``partner_id`` is the caller's own if none is named."""

    partner_id = uuid_field(load_default=None, allow_none=True)
    name = name_field(required=True)
    member_roles = Words(Word(MemberRole), required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewPerson:
        return NewPerson(**values)


class InvitationPayload(Schema):
    """An invitation to the portal. ``link`` is shown this once: whoever has it can set up how this person signs in."""

    id = fields.String(attribute="invitation.invitation_id", required=True)
    person_id = fields.String(attribute="invitation.person_id", required=True)
    link = fields.String(required=True)
    expires_at = Moment(attribute="invitation.expires_at", required=True)


class RolesPayload(Strict):
    """The roles that a person is to have, and no others: ``member_roles`` at a partner, ``staff_roles`` of the exchange."""

    member_roles = Words(Word(MemberRole), load_default=None, allow_none=True)
    staff_roles = Words(Word(StaffRole), load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Roles:
        return Roles(**values)


class WiderRolesPayload(Strict):
    """The roles that a person of the exchange is to have, more than now, and why."""

    staff_roles = Words(Word(StaffRole), required=True)
    reason = reason_field()


class NewStaffPayload(Strict):
    """A person of the exchange to be, and why. ``token_digest``: the SHA-256 of a token that they made and keep to themselves."""

    name = name_field(required=True)
    staff_roles = Words(Word(StaffRole), required=True)
    token_digest = fields.String(required=True, validate=Form("[0-9a-f]{64}", "A digest has 64 hexadecimal digits."))
    reason = reason_field()

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> tuple[NewStaff, str]:
        reason = values.pop("reason")
        return NewStaff(**values), reason
