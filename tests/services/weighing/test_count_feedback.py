"""Feedback is counted by publisher, behaviour and word, as far as it is seen."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.services.reading.readers import reader
from app.services.weighing import count_feedback as module
from app.services.weighing.count_feedback import Statistics, count_feedback
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import context, indicator, newer
from tests.services.intake.test_settle_feedback import opinion
from tests.services.weighing.test_list_feedback import say

NOBODY: frozenset[str] = frozenset()


def counted(member: Member, owners: frozenset[str] = NOBODY, behaviours: frozenset[str] = NOBODY) -> Statistics:
    return count_feedback(member.hub.exchange, member.reader(), owners, behaviours)


def rows(statistics: Statistics) -> list[tuple[str, str | None, str, int, int]]:
    return [(one.owner_id, one.behaviour, one.word, one.statements, one.givers) for one in statistics.counts]


def test_counts_by_behaviour_and_word(hub: Hub) -> None:
    owner, first, second = (hub.enrol(name) for name in ("Owner", "First", "Second"))
    one, two = indicator(stated=context(behaviours=["OP-012", "OP-013"])), indicator()
    owner.store(one, two)
    say(first, one["id"], FeedbackKind.OUTCOME, "actioned")
    say(first, one["id"], FeedbackKind.OUTCOME, "actioned")
    say(second, one["id"], FeedbackKind.OUTCOME, "actioned")
    gone = say(second, two["id"], FeedbackKind.MARK, "reviewed")
    say(owner, two["id"], FeedbackKind.MARK, "ingested")
    of_one = [(owner.id, behaviour, "actioned", 3, 2) for behaviour in ("OP-012", "OP-013")]
    assert rows(counted(owner)) == [(owner.id, None, "reviewed", 1, 1), *of_one]
    assert rows(counted(second, behaviours=frozenset({"OP-012"}))) == of_one[:1]
    assert rows(counted(first, owners=frozenset({first.id}))) == []
    second.store(newer(gone, "2099-01-01T00:00:00.000Z", revoked=True))
    assert rows(counted(owner)) == of_one


def test_what_is_hidden_counts_nowhere(hub: Hub) -> None:
    owner, giver, other = (hub.enrol(name) for name in ("Owner", "Giver", "Other"))
    value = indicator()
    owner.store(value)
    giver.store(opinion(value["id"], object_marking_refs=[giver.mark_for(owner)]))
    assert rows(counted(other)) == []
    assert rows(counted(owner)) == [(owner.id, None, "strongly-disagree", 1, 1)]


def test_what_is_older_is_cut_and_that_is_said(quick_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_COUNTED", 1)
    owner, giver = quick_hub.enrol("Owner"), quick_hub.enrol("Giver")
    value = indicator()
    owner.store(value)
    giver.store(opinion(value["id"]))
    assert not counted(owner).is_cut
    giver.store(opinion(value["id"]))
    assert counted(owner).is_cut


def test_feedback_on_several_objects_is_cut_by_what_counts(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, giver = hub.enrol("Owner"), hub.enrol("Giver")
    one, two = indicator(), indicator()
    owner.store(one, two)
    for _ in range(2):
        giver.store(opinion(one["id"]) | {"object_refs": [one["id"], two["id"]]})
    monkeypatch.setattr(module, "MOST_COUNTED", 3)
    assert counted(owner).is_cut
    monkeypatch.setattr(module, "MOST_COUNTED", 4)
    assert not counted(owner).is_cut
    assert rows(counted(owner)) == [(owner.id, None, "strongly-disagree", 2, 1)]


def test_it_takes_the_right_to_read_feedback(quick_hub: Hub) -> None:
    owner = quick_hub.enrol("Owner")
    reading = owner.principal_with(scopes=frozenset({Permission.OBJECTS_READ}))
    with pytest.raises(ForbiddenError):
        count_feedback(quick_hub.exchange, reader(reading, Purpose.DETECTION, Channel.REST), NOBODY, NOBODY)
