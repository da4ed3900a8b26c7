from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError
from app.domain.object_vocabulary import FeedbackKind
from app.domain.permissions import Permission
from app.services.waiting.what_followed import LOOKS_BACK, what_followed
from app.services.weighing.compose_feedback import FeedbackAsked, compose_feedback
from tests.factories.members import PARTNER_SCOPES, Hub, Member
from tests.factories.stix_objects import indicator


def say(giver: Member, stix_id: str, *said: FeedbackAsked) -> None:
    exchange = giver.hub.exchange
    giver.store(*(compose_feedback(exchange, giver.reader(), stix_id, one).value for one in said))


SEEN = FeedbackAsked(FeedbackKind.SIGHTING, count=3)
ACTED = FeedbackAsked(FeedbackKind.OUTCOME, "actioned")


def test_what_others_said_of_ones_own_is_counted_by_word_week_and_giver(quick_hub: Hub, publisher: Member, other: Member) -> None:
    third, value = quick_hub.enrol("Third"), indicator()
    publisher.store(value)
    for giver in (other, third, publisher):
        say(giver, value["id"], SEEN)
    quick_hub.clock.pass_time(timedelta(days=7))
    say(third, value["id"], ACTED)
    found = what_followed(quick_hub.exchange, publisher.reader())
    assert (found.by_word, found.givers, found.at_least) == ({"sighting:seen": 2, "outcome:actioned": 1}, 2, False)
    by_week = sorted(found.by_week.items())
    assert [(kind, count) for (_, kind), count in by_week] == [("sighting", 2), ("outcome", 1)]
    assert all(week.weekday() == 0 for (week, _), _ in by_week)
    assert (by_week[1][0][0] - by_week[0][0][0]).days == 7
    assert what_followed(quick_hub.exchange, other.reader()).by_word == {}
    quick_hub.clock.pass_time(LOOKS_BACK)
    assert what_followed(quick_hub.exchange, publisher.reader()).by_word == {}


def test_nobody_is_told_who_may_not_read_feedback(quick_hub: Hub, publisher: Member) -> None:
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.FEEDBACK_READ})
    with pytest.raises(ForbiddenError):
        what_followed(quick_hub.exchange, replace(publisher.reader(), principal=lesser))
