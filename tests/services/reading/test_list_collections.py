from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from app.domain.collection import Collection
from app.domain.errors import Code, ConflictError, ForbiddenError, NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Harm, Purpose, Sensitivity, StaffRole
from app.services.membership.keep_groups import NewGroup, NewMember, create_group, delete_group, remove_member
from app.services.reading.list_collections import collections_of, find_collection, require_reading, require_writing
from app.services.start_exchange import identity
from tests.factories.members import Hub, Member

READING = {"scopes": frozenset({Permission.OBJECTS_READ})}
WRITING = {"scopes": frozenset({Permission.OBJECTS_SUBMIT})}


@pytest.fixture
def member(quick_hub: Hub) -> Member:
    return quick_hub.enrol("platform", channels=frozenset({Channel.TAXII}), purposes=frozenset({Purpose.DETECTION}))


def listed(member: Member, stated: Purpose | None = Purpose.DETECTION, **credential: object) -> dict[str, tuple[bool, bool]]:
    """Give (can read, can write) of each collection by alias."""
    found = collections_of(member.hub.exchange, member.principal_with(**credential), stated)
    return {str(one.alias): (one.can_read, one.can_write) for one in found}


def test_there_are_the_exchange_and_a_view_of_each_agreed_harm_type(quick_hub: Hub, member: Member) -> None:
    member.agree(channels=frozenset({Channel.TAXII}), harm_types=frozenset({Harm.CSAM, Harm.LIVE_STREAMED_CSA}))
    assert listed(member) == {
        "exchange": (True, True),
        "catalogue": (True, False),
        "harm-csam": (True, False),
        "harm-live-streamed-csa": (True, False),
    }
    home = uuid.UUID(identity(quick_hub.exchange).exchange_id)
    found = collections_of(quick_hub.exchange, member.principal, Purpose.DETECTION)
    assert [one.collection_id for one in found] == [str(uuid.uuid5(home, str(one.alias))) for one in found]


def test_titles_are_unique_and_without_dots(quick_hub: Hub, member: Member) -> None:
    titles = [one.title for one in collections_of(quick_hub.exchange, member.principal, None)]
    assert len(titles) == 2 + len(Harm) == len(set(titles))
    assert not any("." in title for title in titles)


@pytest.mark.parametrize(
    ("purpose", "credential", "expected"),
    [
        (Purpose.DETECTION, {}, (True, True)),
        (Purpose.DETECTION, READING, (True, False)),
        (Purpose.DETECTION, WRITING, (False, True)),
        (None, {}, (False, True)),
        (None, READING, (False, False)),
        (None, READING | {"purpose": Purpose.DETECTION}, (True, False)),
        (Purpose.AUDIT, {}, (True, True)),
        (Purpose.AUDIT, WRITING, (False, True)),
        (Purpose.AUDIT, READING, (True, False)),
        (None, READING | {"purpose": Purpose.AUDIT}, (True, False)),
        (Purpose.DETECTION, {"scopes": frozenset()}, None),
    ],
)
def test_rights_are_those_of_credential_agreement_and_purpose(
    member: Member, purpose: Purpose | None, credential: dict[str, object], expected: tuple[bool, bool] | None
) -> None:
    assert listed(member, purpose, **credential).get("exchange") == expected


def test_an_agreement_without_taxii_gives_no_views(hub: Hub) -> None:
    member = hub.enrol("platform", channels=frozenset({Channel.REST}))
    assert listed(member) == {"exchange": (True, True), "catalogue": (True, False)}


def test_views_are_read_for_agreed_purposes_alone(member: Member) -> None:
    assert listed(member, Purpose.AUDIT)["harm-csam"] == (False, False)
    assert "harm-csam" not in listed(member, None, purpose=Purpose.AUDIT)


def test_without_an_agreement_the_exchange_is_read_and_not_written(quick_hub: Hub) -> None:
    newcomer = quick_hub.enrol("newcomer")
    newcomer.agree(ends_at=quick_hub.clock.now + timedelta(days=1))
    quick_hub.clock.pass_time(timedelta(days=2))
    assert listed(newcomer) == {"exchange": (True, False), "catalogue": (True, False)}
    assert listed(newcomer, None) == {"exchange": (False, False), "catalogue": (True, False)}
    assert listed(newcomer, Purpose.DETECTION, **WRITING) == {}


def test_write_terms_that_admit_nothing_give_nothing_to_write(member: Member) -> None:
    member.agree(channels=frozenset({Channel.TAXII}), write={"sensitivities": frozenset[Sensitivity]()})
    assert listed(member)["exchange"] == (True, False)


def found(member: Member, name: str, **credential: object) -> Collection:
    return find_collection(member.hub.exchange, member.principal_with(**credential), Purpose.DETECTION, name)


def test_a_collection_is_found_by_id_and_by_alias(member: Member) -> None:
    by_alias = found(member, "harm-csam")
    assert found(member, by_alias.collection_id) == by_alias
    assert by_alias.harm is Harm.CSAM


@pytest.mark.parametrize("name", ["", "Exchange", "harm-nonsense", "00000000-0000-4000-8000-000000000000", "\0", "None"])
def test_what_is_no_collection_is_not_found(member: Member, name: str) -> None:
    with pytest.raises(NotFoundError):
        found(member, name)


def test_what_exists_for_others_is_not_found_either(member: Member) -> None:
    with pytest.raises(NotFoundError):
        found(member, "harm-csam", **WRITING)


def why_not(act: object) -> Code | None:
    try:
        act()  # type: ignore[operator]  # a function without arguments
    except ForbiddenError as refusal:
        return refusal.code
    return None


def test_reading_without_the_right_says_what_is_missing(member: Member) -> None:
    def asked(purpose: Purpose | None, name: str = "exchange", **credential: object) -> Code | None:
        principal = member.principal_with(**credential)
        collection = find_collection(member.hub.exchange, principal, purpose, name)
        return why_not(lambda: require_reading(principal, purpose, collection))

    assert asked(Purpose.DETECTION) is None
    assert asked(Purpose.AUDIT) is None
    assert asked(None) is Code.PURPOSE_MISSING
    assert asked(Purpose.AUDIT, "harm-csam") is Code.PURPOSE_NOT_PERMITTED
    assert asked(Purpose.DETECTION, **WRITING) is Code.PERMISSION_MISSING


def test_writing_without_the_right_says_what_is_missing(member: Member) -> None:
    def asked(name: str, **credential: object) -> Code | None:
        principal = member.principal_with(**credential)
        collection = find_collection(member.hub.exchange, principal, Purpose.DETECTION, name)
        return why_not(lambda: require_writing(principal, collection))

    assert asked("exchange") is None
    assert asked("exchange", **READING) is Code.PERMISSION_MISSING
    assert asked("harm-csam") is Code.PERMISSION_MISSING
    member.agree(channels=frozenset({Channel.TAXII}), write={"assurances": frozenset()})
    assert asked("exchange") is Code.PERMISSION_MISSING


def test_another_purpose_than_the_fixed_one_is_refused(member: Member) -> None:
    principal = member.principal_with(purpose=Purpose.DETECTION)
    assert why_not(lambda: collections_of(member.hub.exchange, principal, Purpose.AUDIT)) is Code.PURPOSE_NOT_PERMITTED


def test_persons_of_the_exchange_have_none(hub: Hub) -> None:
    assert StaffRole.OPERATOR in (hub.operator.person.staff_roles if hub.operator.person else ())
    assert why_not(lambda: collections_of(hub.exchange, hub.operator, None)) is Code.PERMISSION_MISSING


# --- sharing groups ---------------------------------------------------------------------------------------------------------


def group_of(hub: Hub, *members: NewMember, title: str = "Circle A") -> str:
    made = create_group(hub.exchange, hub.operator, NewGroup(title, "", shares_history=True, members=members))
    return made.group.group_id


def in_group(
    member: Member, group_id: str, stated: Purpose | None = Purpose.DETECTION, **credential: object
) -> Collection | None:
    try:
        return find_collection(member.hub.exchange, member.principal_with(**credential), stated, group_id)
    except NotFoundError:
        return None


@pytest.mark.parametrize(
    ("rights", "credential", "expected"),
    [
        ((True, True), {}, (True, True)),
        ((True, False), {}, (True, False)),
        ((False, True), {}, (False, True)),
        ((True, True), READING, (True, False)),
        ((True, True), WRITING, (False, True)),
        ((False, True), READING, None),
        ((True, False), WRITING, None),
    ],
)
def test_rights_in_a_group_are_those_of_member_credential_and_agreement(
    quick_hub: Hub, member: Member, rights: tuple[bool, bool], credential: dict[str, object], expected: tuple[bool, bool] | None
) -> None:
    group_id = group_of(quick_hub, NewMember(member.id, *rights))
    collection = in_group(member, group_id, **credential)
    assert (collection and (collection.can_read, collection.can_write)) == expected
    listed = collections_of(quick_hub.exchange, member.principal_with(**credential), Purpose.DETECTION)
    assert (group_id in {one.collection_id for one in listed}) == (expected is not None)


def test_a_group_is_a_collection_with_its_own_feed_for_its_members_alone(quick_hub: Hub, member: Member) -> None:
    stranger = quick_hub.enrol("stranger")
    group_id = group_of(quick_hub, NewMember(member.id, can_read=True, can_write=True))
    collection = in_group(member, group_id)
    assert collection is not None
    assert (collection.title, collection.alias, collection.group_id) == ("Circle A", None, group_id)
    assert (collection.feed, collection.from_generation, collection.is_view) == (1, 0, False)
    assert in_group(stranger, group_id) is None
    remove_member(quick_hub.exchange, quick_hub.operator, group_id, member.id)
    assert in_group(member, group_id) is None
    again = group_of(quick_hub, NewMember(member.id, can_read=True, can_write=True), title="Circle B")
    delete_group(quick_hub.exchange, quick_hub.operator, again)
    assert in_group(member, again) is None


def test_who_may_only_write_in_a_group_is_told_so_and_who_may_only_read(quick_hub: Hub, member: Member) -> None:
    write_only = group_of(quick_hub, NewMember(member.id, can_read=False, can_write=True))
    read_only = group_of(quick_hub, NewMember(member.id, can_read=True, can_write=False), title="Circle B")
    one, other = in_group(member, write_only), in_group(member, read_only)
    assert one is not None
    assert other is not None
    assert why_not(lambda: require_reading(member.principal, Purpose.DETECTION, one)) is Code.PERMISSION_MISSING
    assert why_not(lambda: require_writing(member.principal, other)) is Code.GROUP_NOT_WRITABLE


def test_no_group_can_have_the_title_of_another_collection(quick_hub: Hub, member: Member) -> None:
    for one in collections_of(quick_hub.exchange, member.principal, Purpose.DETECTION):
        with pytest.raises(ConflictError):
            group_of(quick_hub, title=one.title)
