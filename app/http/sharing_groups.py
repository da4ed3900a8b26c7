"""``/sharing-groups``: partners that share with each other. Kept by ``tests/http/test_sharing_groups.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import PREFIX, ApiBlueprint
from app.http.group_key_payloads import EpochBegunPayload, GroupKeysPayload, RotationOfKeyPayload
from app.http.group_payloads import (
    DeletedGroupPayload,
    NewSharingGroupPayload,
    RightsPayload,
    SharingGroupChangePayload,
    SharingGroupPayload,
    SharingGroupsPayload,
)
from app.http.idempotency import use_of_key
from app.http.list_payloads import ListQuery, asked_by
from app.services.list_pages import ListPage
from app.services.membership import keep_groups as service
from app.services.membership.fetch_group_keys import (
    EpochBegun,
    GroupKeys,
    Rotation,
    fetch_group_keys,
    rotate_group_key,
)
from app.services.membership.keep_groups import NewGroup, NewMember
from app.services.membership.look_at_groups import GroupRecord, get_group, page_of_groups
from app.web.context import exchange, principal

blueprint = ApiBlueprint("sharing-groups", "Groups of partners that share with each other; whoever made one manages it.")
_GROUP = "/sharing-groups/<group_id>"
_KEYS = f"{_GROUP}/token-keys"
_MEMBER = f"{_GROUP}/members/<member_id>"


@blueprint.get("/sharing-groups", Permission.GROUPS_READ)
@blueprint.query(ListQuery)
@blueprint.answers(HTTPStatus.OK, SharingGroupsPayload)
def find_all(query: dict[str, Any]) -> ListPage[GroupRecord]:
    """List the groups that one is in or manages; operators see all."""
    return page_of_groups(exchange(), principal(), asked_by(query))


@blueprint.post("/sharing-groups", Permission.GROUPS_WRITE)
@blueprint.body(NewSharingGroupPayload)
@blueprint.answers(HTTPStatus.CREATED, SharingGroupPayload)
def make(new: NewGroup) -> tuple[GroupRecord, int, dict[str, str]]:
    """Make a group. Whoever makes it manages it; what was posted there is seen by its readers alone."""
    record = service.create_group(exchange(), principal(), new, use_of_key())
    return record, HTTPStatus.CREATED, {"Location": f"{PREFIX}/sharing-groups/{record.group.group_id}"}


@blueprint.get(_GROUP, Permission.GROUPS_READ)
@blueprint.answers(HTTPStatus.OK, SharingGroupPayload)
def find_one(group_id: str) -> GroupRecord:
    """Give one group that one is in or manages."""
    return get_group(exchange(), principal(), group_id)


@blueprint.patch(_GROUP, Permission.GROUPS_WRITE)
@blueprint.body(SharingGroupChangePayload)
@blueprint.answers(HTTPStatus.OK, SharingGroupPayload)
def describe(changes: dict[str, Any], group_id: str) -> GroupRecord:
    """Change what a group says of itself."""
    return service.describe_group(exchange(), principal(), group_id, changes["description"])


@blueprint.delete(_GROUP, Permission.GROUPS_WRITE)
@blueprint.answers(HTTPStatus.OK, DeletedGroupPayload)
def delete(group_id: str) -> dict[str, str]:
    """Delete a group; operators may delete any. What was posted to it alone is seen by its owners alone from now on."""
    service.delete_group(exchange(), principal(), group_id)
    return {"id": group_id}


@blueprint.put(_MEMBER, Permission.GROUPS_WRITE)
@blueprint.body(RightsPayload)
@blueprint.answers(HTTPStatus.OK, SharingGroupPayload)
def put_member(rights: dict[str, bool], group_id: str, member_id: str) -> GroupRecord:
    """Make a partner a member, or give a member other rights. The id is not looked up: what is nobody's is taken as well."""
    return service.put_member(exchange(), principal(), group_id, NewMember(member_id, **rights))


@blueprint.delete(_MEMBER, Permission.GROUPS_WRITE)
@blueprint.answers(HTTPStatus.OK, SharingGroupPayload)
def remove_member(group_id: str, member_id: str) -> GroupRecord:
    """Take a partner out of a group, effective for every request that starts after this. A member may take itself out."""
    return service.remove_member(exchange(), principal(), group_id, member_id)


@blueprint.get(_KEYS, Permission.GROUP_KEYS_READ)
@blueprint.answers(HTTPStatus.OK, GroupKeysPayload)
def fetch_keys(group_id: str) -> GroupKeys:
    """Give a member that reads in a group the keys by which its tokens are made, newest first. Each fetch is recorded."""
    return fetch_group_keys(exchange(), principal(), group_id)


@blueprint.post(f"{_KEYS}/rotation", Permission.GROUPS_WRITE)
@blueprint.body(RotationOfKeyPayload)
@blueprint.answers(HTTPStatus.CREATED, EpochBegunPayload)
def rotate_key(rotation: Rotation, group_id: str) -> EpochBegun:
    """Begin the next epoch of a group one manages, operators of any; its members fetch the new key."""
    return rotate_group_key(exchange(), principal(), group_id, rotation, use_of_key())
