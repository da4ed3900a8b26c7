from __future__ import annotations

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.reading_load import TAKEN_FOR, ReadingLimits
from app.services.drafting.queue import let_go, note_break, reading_limits, review_queue, set_limits, take_to_read
from tests.factories.drafting import Desks, desks
from tests.factories.members import Hub

REPORTED = {"urgency": "imminent-risk", "already_reported_to": [{"body": "Police", "reported_at": "2026-01-01T00:00:00Z"}]}


@pytest.fixture
def ours(quick_hub: Hub) -> Desks:
    return desks(quick_hub)


def test_the_queue_says_kinds_and_counts_and_no_value(ours: Desks) -> None:
    handed, urgent = ours.handed_over(), ours.handed_over(**REPORTED)
    found = review_queue(ours.hub.exchange, ours.reviewer)
    assert [one.draft_id for one in found.waiting] == [urgent.draft_id, handed.draft_id]
    assert found.waiting[1].kinds["url"] == 1
    assert "files.example" not in repr(found)
    assert (found.in_all, found.oldest) == (2, handed.handed_over_at)


def test_ones_own_is_not_offered_and_another_organisations_is_not_there(ours: Desks) -> None:
    handed, theirs = ours.handed_over(), desks(ours.hub, "Hotline")
    own = review_queue(ours.hub.exchange, ours.author)
    assert (own.waiting, own.in_all) == ([], 1)
    with pytest.raises(ConflictError):
        take_to_read(ours.hub.exchange, ours.author, handed.draft_id)
    assert review_queue(ours.hub.exchange, theirs.reviewer).in_all == 0
    with pytest.raises(NotFoundError):
        take_to_read(ours.hub.exchange, theirs.reviewer, handed.draft_id)
    with pytest.raises(ForbiddenError):
        review_queue(ours.hub.exchange, ours.hub.operator)


def test_one_that_somebody_reads_is_theirs_until_they_leave_it_or_it_lapses(ours: Desks) -> None:
    exchange, draft_id = ours.hub.exchange, ours.handed_over().draft_id
    take_to_read(exchange, ours.reviewer, draft_id)
    take_to_read(exchange, ours.reviewer, draft_id)
    assert review_queue(exchange, ours.reviewer).load.items == 1
    with pytest.raises(ConflictError, match="reads this now"):
        take_to_read(exchange, ours.colleague, draft_id)
    let_go(exchange, ours.reviewer, draft_id)
    take_to_read(exchange, ours.colleague, draft_id)
    [seen] = review_queue(exchange, ours.reviewer).waiting
    assert (seen.is_mine, seen.taken_by) == (False, "Somebody")
    ours.hub.clock.now += TAKEN_FOR
    take_to_read(exchange, ours.reviewer, draft_id)


def test_a_break_is_offered_and_a_day_is_full_but_for_what_is_urgent(ours: Desks) -> None:
    exchange = ours.hub.exchange
    set_limits(exchange, ours.administrator, ReadingLimits(2, 2, 60))
    drafts = [ours.handed_over() for _ in range(3)]
    for one in drafts[:2]:
        take_to_read(exchange, ours.reviewer, one.draft_id)
    found = review_queue(exchange, ours.reviewer)
    assert (found.wants_break, found.is_full) == (True, True)
    note_break(exchange, ours.reviewer)
    assert not review_queue(exchange, ours.reviewer).wants_break
    with pytest.raises(ConflictError, match="enough for today"):
        take_to_read(exchange, ours.reviewer, drafts[2].draft_id)
    take_to_read(exchange, ours.reviewer, ours.handed_over(**REPORTED).draft_id)
    assert review_queue(exchange, ours.colleague).load.items == 0, "each counts for themselves"


def test_administrators_alone_set_limits_within_bounds(ours: Desks) -> None:
    exchange = ours.hub.exchange
    assert reading_limits(exchange, ours.administrator) == ReadingLimits()
    for who, error in ((ours.reviewer, ForbiddenError), (ours.hub.operator, NotFoundError)):
        with pytest.raises(error):
            set_limits(exchange, who, ReadingLimits())
    for wrong in (ReadingLimits(0), ReadingLimits(1, 501), ReadingLimits(1, 1, 241)):
        with pytest.raises(MalformedInputError):
            set_limits(exchange, ours.administrator, wrong)
