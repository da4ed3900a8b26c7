"""Sharing groups: which there are, who is in them, and changing that; what a change does and for whom is said before.

Of a partner's own group operators only take away. Kept by ``tests/portal/operating/test_groups.py``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from app.domain.errors import BreakwaterError, ConflictError, ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.portal.forms import fields, sent
from app.portal.once import ONCE_FIELD, use_of_form
from app.portal.operating.approvals import names
from app.portal.operating.room import StaffBlueprint, faults_of, may
from app.portal.pages import go_to, page
from app.portal.passages import NEXT, asked_by_address, passage_of
from app.services.membership.fetch_group_keys import Rotation, rotate_group_key
from app.services.membership.keep_groups import NewGroup, NewMember, create_group, delete_group, put_member, remove_member
from app.services.membership.look_at_groups import MOST_COUNTED, GroupRecord, count_posted, get_group, page_of_groups
from app.web.context import exchange, principal

blueprint = StaffBlueprint("operating_groups")
_ONE = "operating_groups.one"


@blueprint.page("/exchange/groups", Permission.GROUPS_READ, query=[NEXT])
def show() -> Response:
    """Show all sharing groups."""
    found = page_of_groups(exchange(), principal(), asked_by_address())
    return page("operating/groups.html", groups=found.rows, passage=passage_of(found), names=names())


@blueprint.page("/exchange/groups/new", Permission.GROUPS_WRITE)
def compose() -> Response:
    """Show the form by which a group is made."""
    return _form({"title": "", "description": "", "shares_history": "", "readers": [], "writers": []})


@blueprint.form("/exchange/groups", Permission.GROUPS_WRITE, fresh_at="operating_groups.compose", does="Create a group")
def create() -> Response:
    """Make a group that the operators manage."""
    form = sent(["title", "description", "shares_history", ONCE_FIELD], ["readers", "writers"])
    readers, writers = set(form.repeated["readers"]), set(form.repeated["writers"])
    members = tuple(NewMember(one, one in readers, one in writers) for one in sorted(readers | writers))
    try:
        new = NewGroup(form["title"].strip(), form["description"], bool(form["shares_history"]), members)
        made = create_group(exchange(), principal(), new, use_of_form())
    except (ConflictError, MalformedInputError) as exc:
        return _form({**form.single, "readers": sorted(readers), "writers": sorted(writers)}, exc)
    return go_to(_ONE, group_id=made.group.group_id)


@blueprint.page("/exchange/groups/<group_id>", Permission.GROUPS_READ)
def one(group_id: str) -> Response:
    """Show one group, who is in it, and what may be changed."""
    return _shown(group_id)


@blueprint.form(
    "/exchange/groups/<group_id>/members", Permission.GROUPS_WRITE, fresh_at=_ONE, does="Put a partner into this group"
)
def put(group_id: str) -> Response:
    """Let a partner be a member, or a member have other rights."""
    given = fields("partner_id", "can_read", "can_write")
    new = NewMember(given["partner_id"], bool(given["can_read"]), bool(given["can_write"]))
    try:
        put_member(exchange(), principal(), group_id, new)
    except (ConflictError, ForbiddenError, MalformedInputError) as exc:
        return _shown(group_id, exc)
    return go_to(_ONE, group_id=group_id)


@blueprint.form(
    "/exchange/groups/<group_id>/removal", Permission.GROUPS_WRITE, fresh_at=_ONE, does="Take a partner out of this group"
)
def remove(group_id: str) -> Response:
    """Take a partner out of a group."""
    remove_member(exchange(), principal(), group_id, fields("partner_id")["partner_id"])
    return go_to(_ONE, group_id=group_id)


@blueprint.form("/exchange/groups/<group_id>/key", Permission.GROUPS_WRITE, fresh_at=_ONE, does="Change the key of this group")
def rotate(group_id: str) -> Response:
    """Begin the next epoch of a group's key."""
    fields(ONCE_FIELD)
    try:
        rotate_group_key(exchange(), principal(), group_id, Rotation(), use_of_form())
    except ConflictError as exc:
        return _shown(group_id, exc)
    return go_to(_ONE, group_id=group_id)


@blueprint.form("/exchange/groups/<group_id>/deletion", Permission.GROUPS_WRITE, fresh_at=_ONE, does="Delete this group")
def delete(group_id: str) -> Response:
    """Delete a group, once its title was typed."""
    typed = fields("title")["title"]
    if typed.strip() != get_group(exchange(), principal(), group_id).group.title:
        return _shown(group_id, MalformedInputError("Type the title of the group as it stands above.", pointer="/title"))
    delete_group(exchange(), principal(), group_id)
    return go_to("operating_groups.show")


def _shown(group_id: str, failed: BreakwaterError | None = None) -> Response:
    record = get_group(exchange(), principal(), group_id)
    faults = faults_of(failed) if failed else []
    known: dict[str, Any] = {
        "record": record,
        "names": names(),
        "others": _others(record, names()),
        "posted": count_posted(exchange(), principal(), group_id) if may(Permission.GROUPS_WRITE) else None,
        "most": MOST_COUNTED,
        "faults": faults,
        "fault": dict(faults),
    }
    return page("operating/group.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)


def _others(record: GroupRecord, known: dict[str, str]) -> list[tuple[str, str]]:
    """Give the partners that are not in a group."""
    inside = {one.partner_id for one in record.members or ()}
    return [(partner_id, name) for partner_id, name in known.items() if partner_id not in inside]


def _form(given: dict[str, Any], failed: BreakwaterError | None = None) -> Response:
    faults = faults_of(failed) if failed else []
    options = [(partner_id, name, "") for partner_id, name in names().items()]
    known: dict[str, Any] = {"given": given, "options": options, "faults": faults, "fault": dict(faults)}
    return page("operating/group_new.html", HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK, **known)
