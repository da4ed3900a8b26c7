from __future__ import annotations

from app.portal.vocabulary import states
from tests.factories.plain_word_tables import faults_of


def test_each_code_has_one_plain_word_of_its_own() -> None:
    assert faults_of(states.WORDS) == []
