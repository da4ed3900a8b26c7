"""Bodies of ``/sharing-groups``: the groups, their members and what may be changed of them.

Owns names and forms on the wire; what they mean is ``domain.sharing``'s. Kept by ``tests/http/test_group_payloads.py``.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.http.fields import Form, Moment, uuid_field
from app.http.list_payloads import ListPayload
from app.http.payloads import Strict
from app.services.membership.keep_groups import NewGroup, NewMember

_TITLE = r"[^\x00-\x20.\x7f-\xa0]([^\x00-\x1f.\x7f-\x9f]{0,98}[^\x00-\x20.\x7f-\xa0])?"
_TEXT = r"[^\x00-\x1f\x7f-\x9f]{0,2000}"


def _description(**options: Any) -> fields.String:
    return fields.String(validate=Form(_TEXT, "A description is one line of 2,000 characters at most."), **options)


class GroupMemberPayload(Schema):
    """A member of a group and its rights; the id may be nobody's."""

    partner_id = fields.String(required=True)
    can_read = fields.Boolean(required=True)
    can_write = fields.Boolean(required=True)
    joined_at = Moment(required=True)


class SharingGroupPayload(Schema):
    """A sharing group as the caller sees it: its own rights there, and all members; these are null once the caller has left.

    ``managed_by`` is a partner's id, or null: the exchange's operators.
    """

    id = fields.String(attribute="group.group_id", required=True)
    title = fields.String(attribute="group.title", required=True)
    description = fields.String(attribute="group.description", required=True)
    managed_by = fields.String(attribute="group.manager_id", required=True, allow_none=True)
    shares_history = fields.Boolean(attribute="group.shares_history", required=True)
    created_at = Moment(attribute="group.created_at", required=True)
    can_read = fields.Boolean(required=True)
    can_write = fields.Boolean(required=True)
    is_managed = fields.Boolean(required=True)
    members = fields.List(fields.Nested(GroupMemberPayload), required=True, allow_none=True)


class SharingGroupsPayload(ListPayload):
    """Sharing groups, by title."""

    sharing_groups = fields.List(fields.Nested(SharingGroupPayload), attribute="rows", required=True)


class RightsPayload(Strict):
    """What a member may do: at least one of both."""

    can_read = fields.Boolean(required=True, truthy={True}, falsy={False})
    can_write = fields.Boolean(required=True, truthy={True}, falsy={False})


class NewGroupMemberPayload(RightsPayload):
    """A member of a group to be made."""

    partner_id = uuid_field(required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewMember:
        return NewMember(**values)


class NewSharingGroupPayload(Strict):
    """A group to be made; the caller is a member only if it is among them. A title is unique for ever and has no dots."""

    title = fields.String(required=True, validate=Form(_TITLE, "A title has 1 to 100 characters and no dots."))
    description = _description(load_default="")
    shares_history = fields.Boolean(required=True, truthy={True}, falsy={False})
    members = fields.List(fields.Nested(NewGroupMemberPayload), load_default=list, validate=validate.Length(max=500))

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> NewGroup:
        return NewGroup(**values | {"members": tuple(values["members"])})


class SharingGroupChangePayload(Strict):
    """What can be changed of a group beside its members: what it says of itself."""

    description = _description(required=True)


class DeletedGroupPayload(Schema):
    """The id of a group that is deleted."""

    id = fields.String(required=True)
