from __future__ import annotations

from app.domain.vocabulary import StaffRole
from app.portal.once import once
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_onboarding import ENROLLED
from tests.factories.portal_onboarding import once as word_of
from tests.factories.portal_visitors import Visitor, entered


def test_each_rendering_of_a_form_has_a_word_of_its_own() -> None:
    assert once().startswith('<input type="hidden" name="once" value="')
    assert once() != once()


def _enrol(visitor: Visitor, **given: str) -> int:
    visitor.get("/exchange/partners/new")
    return visitor.post("/exchange/partners", {**ENROLLED, **given}).status


def test_a_word_is_bound_to_what_the_form_says(running: RunningExchange) -> None:
    visitor = entered(running, None, StaffRole.OPERATOR)
    word = word_of(visitor.get("/exchange/partners/new"))
    assert _enrol(visitor, once=word) == 303
    assert _enrol(visitor, once=word) == 303
    assert _enrol(visitor, once=word, name="Synthetic Other") == 422
    assert _enrol(visitor) == 422, "without a word it is a second form of the same name"
    assert _enrol(visitor, once="", name="Synthetic Third") == 303
