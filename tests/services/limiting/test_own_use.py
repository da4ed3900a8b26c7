from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.domain.usage import Budgets, QuestionKind
from app.services.limiting.ask import ask_simulation
from app.services.limiting.count_usage import Use
from app.services.limiting.own_use import own_use
from tests.factories.members import Hub


def test_what_was_used_today_and_how_much_may_be(quick_hub: Hub) -> None:
    member, usual = quick_hub.enrol("Platform A"), Budgets()
    ask_simulation(quick_hub.exchange, member.principal, "anything")
    use = own_use(quick_hub.exchange, member.principal)
    assert use.given == Use(0, usual.versions_per_day)
    assert use.sent == Use(0, usual.objects_per_day)
    assert use.asked[QuestionKind.SIMULATION] == Use(1, usual.simulations_per_day)
    assert use.asked[QuestionKind.OBSERVABLE] == Use(0, usual.lookups_per_day)


def test_people_of_the_exchange_have_none(quick_hub: Hub) -> None:
    with pytest.raises(NotFoundError):
        own_use(quick_hub.exchange, quick_hub.operator)
