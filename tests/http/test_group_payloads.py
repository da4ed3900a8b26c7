from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.group_payloads import NewSharingGroupPayload, RightsPayload, SharingGroupChangePayload
from app.services.membership.keep_groups import NewGroup, NewMember

MEMBER = "00000000-0000-4000-8000-000000000000"


def test_a_new_group_is_read_with_its_members() -> None:
    listed = [{"partner_id": MEMBER, "can_read": True, "can_write": False}]
    document = {"title": "Hotlines", "description": "Two lines", "shares_history": False, "members": listed}
    member = NewMember(MEMBER, can_read=True, can_write=False)
    assert NewSharingGroupPayload().load(document) == NewGroup("Hotlines", "Two lines", shares_history=False, members=(member,))


def test_description_and_members_may_be_left_out() -> None:
    assert NewSharingGroupPayload().load({"title": "A", "shares_history": True}) == NewGroup("A", "", shares_history=True)


@pytest.mark.parametrize("title", ["a.b", ".", "", " a", "a ", "a\n", "a" * 101])
def test_a_title_is_short_and_has_neither_dots_nor_blanks_around_it(title: str) -> None:
    with pytest.raises(ValidationError):
        NewSharingGroupPayload().load({"title": title, "shares_history": True})


@pytest.mark.parametrize("said", ["true", "yes", 2, None])
def test_rights_are_booleans(said: object) -> None:
    with pytest.raises(ValidationError):
        RightsPayload().load({"can_read": said, "can_write": True})


def test_nothing_but_its_description_is_changed() -> None:
    assert SharingGroupChangePayload().load({"description": ""}) == {"description": ""}
    with pytest.raises(ValidationError):
        SharingGroupChangePayload().load({"description": "", "title": "B"})
