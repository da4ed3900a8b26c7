from __future__ import annotations

import pytest

from app.domain.errors import Code, ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.reading.readers import Place, reader
from app.storage.feed import Feed
from tests.factories.members import PARTNER_SCOPES, Hub, Member


def test_a_purpose_is_stated_or_fixed(publisher: Member) -> None:
    fixed = publisher.principal_with(purpose=Purpose.DETECTION)
    assert reader(fixed, None, Channel.REST).purpose is Purpose.DETECTION
    assert reader(fixed, Purpose.DETECTION, Channel.REST).purpose is Purpose.DETECTION
    assert reader(publisher.principal, Purpose.AUDIT, Channel.REST).purpose is Purpose.AUDIT


def test_without_a_purpose_nothing_is_read(publisher: Member) -> None:
    with pytest.raises(MalformedInputError) as caught:
        reader(publisher.principal, None, Channel.REST)
    assert caught.value.code is Code.PURPOSE_MISSING


def test_a_fixed_purpose_is_not_talked_over(publisher: Member) -> None:
    with pytest.raises(ForbiddenError) as caught:
        reader(publisher.principal_with(purpose=Purpose.DETECTION), Purpose.INVESTIGATION, Channel.REST)
    assert caught.value.code is Code.PURPOSE_NOT_PERMITTED


def test_only_partners_with_the_permission_read(quick_hub: Hub, publisher: Member) -> None:
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_READ})
    for principal in (lesser, quick_hub.operator):
        with pytest.raises(ForbiddenError):
            reader(principal, Purpose.DETECTION, Channel.REST)


def test_a_place_is_the_feed_of_everything_unless_it_says_otherwise() -> None:
    assert Place().in_storage == Feed()
    assert Place(feed=3, from_generation=2, name="objects of a group").in_storage == Feed(3, 2)
