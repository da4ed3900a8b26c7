from __future__ import annotations

from app.services.waiting.what_is_new import LOOKS_BACK, MOST_SHOWN, what_is_new
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import indicator, newer, report, user_account


def test_the_newest_of_others_come_first_and_ones_own_not_at_all(quick_hub: Hub, publisher: Member, other: Member) -> None:
    first, second = indicator(name="First"), indicator(name="Second")
    publisher.store(first)
    publisher.store(second)
    other.store(indicator(name="Own"))
    found = what_is_new(quick_hub.exchange, other.reader())
    assert [(one.stix_id, one.name) for one in found.shown] == [(second["id"], "Second"), (first["id"], "First")]
    assert not found.more
    publisher.store(newer(first, name="First again"))
    assert [one.name for one in what_is_new(quick_hub.exchange, other.reader()).shown] == ["First again", "Second"]
    quick_hub.clock.pass_time(LOOKS_BACK + DAY)
    assert what_is_new(quick_hub.exchange, other.reader()).shown == []


def test_so_many_are_shown_and_hidden_ones_never(quick_hub: Hub, publisher: Member, other: Member) -> None:
    third = quick_hub.enrol("Third")
    publisher.store(*(indicator() for _ in range(MOST_SHOWN + 1)))
    publisher.store(indicator(name="Hidden", object_marking_refs=[publisher.mark_for(third)]))
    found = what_is_new(quick_hub.exchange, other.reader())
    assert (len(found.shown), found.more) == (MOST_SHOWN, True)
    assert "Hidden" not in [one.name for one in found.shown]


def test_cases_come_first_with_how_much_they_hold_and_what_they_hold_is_not_told_twice(
    quick_hub: Hub, publisher: Member, other: Member
) -> None:
    held, also, loose = indicator(name="Held"), indicator(name="Held, too"), indicator(name="Loose")
    publisher.store(held, also, report([held["id"], also["id"]], name="Case"))
    publisher.store(loose)
    found = what_is_new(quick_hub.exchange, other.reader())
    assert [(one.name, one.holds) for one in found.shown] == [("Case", 2), ("Loose", 0)]
    assert not found.more


def test_observables_are_not_listed_one_by_one(quick_hub: Hub, publisher: Member, other: Member) -> None:
    publisher.store(user_account())
    assert what_is_new(quick_hub.exchange, other.reader()).shown == []
