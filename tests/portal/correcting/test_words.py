from __future__ import annotations

from app.portal.correcting.correction_form import LISTS, TEXTS
from app.portal.correcting.words import MEMBERS


def test_each_field_has_words() -> None:
    assert {*TEXTS, *LISTS} <= set(MEMBERS)
