"""A publisher reads what others say of its objects, narrowed and page by page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain.errors import ForbiddenError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.reading.readers import reader
from app.services.weighing.compose_feedback import FeedbackAsked, compose_feedback
from app.services.weighing.list_feedback import FeedbackQuery, list_feedback
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import indicator, newer


def say(giver: Member, stix_id: str, kind: FeedbackKind, word: str | None = None) -> dict[str, Any]:
    composed = compose_feedback(giver.hub.exchange, giver.reader(), stix_id, FeedbackAsked(kind, word))
    giver.store(composed.value)
    return composed.value


def told(owner: Member, **query: Any) -> list[str]:
    page = list_feedback(owner.hub.exchange, owner.reader(), FeedbackQuery(**query))
    return [json.loads(one)["id"] for one in page.objects]


def test_it_is_narrowed_by_kind_word_object_and_giver(hub: Hub) -> None:
    owner, first, second = (hub.enrol(name) for name in ("Owner", "First", "Second"))
    one, two = indicator(), indicator()
    owner.store(one, two)
    seen = say(first, one["id"], FeedbackKind.SIGHTING)["id"]
    none = say(second, two["id"], FeedbackKind.OUTCOME, "no-match")["id"]
    acted = say(second, one["id"], FeedbackKind.OUTCOME, "actioned")["id"]
    assert told(owner) == [seen, none, acted]
    assert told(owner, kinds=frozenset({FeedbackKind.OUTCOME})) == [none, acted]
    assert told(owner, words=frozenset({"actioned"})) == [acted]
    assert told(owner, words=frozenset({"actioned"}), kinds=frozenset({FeedbackKind.OPINION})) == []
    assert told(owner, about=one["id"]) == [seen, acted]
    assert told(owner, giver_ids=frozenset({first.id})) == [seen]
    assert told(first) == []


def test_pages_follow_each_other_and_the_newest_version_counts(hub: Hub) -> None:
    owner, giver = hub.enrol("Owner"), hub.enrol("Giver")
    value = indicator()
    owner.store(value)
    said = [say(giver, value["id"], FeedbackKind.MARK, "reviewed") for _ in range(3)]
    page = list_feedback(hub.exchange, owner.reader(), FeedbackQuery(limit=2))
    assert page.more
    rest = list_feedback(hub.exchange, owner.reader(), FeedbackQuery(cursor=page.next))
    assert [json.loads(one)["id"] for one in [*page.objects, *rest.objects]] == [one["id"] for one in said]
    giver.store(newer(said[0], "2099-01-01T00:00:00.000Z", revoked=True))
    last = list_feedback(hub.exchange, owner.reader(), FeedbackQuery(cursor=rest.next))
    assert [json.loads(one).get("revoked") for one in last.objects] == [True]
    assert len(told(owner)) == 3


def test_it_takes_the_right_to_read_feedback(quick_hub: Hub) -> None:
    owner = quick_hub.enrol("Owner")
    reading = owner.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        list_feedback(quick_hub.exchange, reader(reading, Purpose.DETECTION, Channel.REST), FeedbackQuery())
