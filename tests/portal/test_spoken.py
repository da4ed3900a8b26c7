from __future__ import annotations

import pytest

from app.domain.vocabulary import ANY, Harm, OnwardShare, Purpose, Sensitivity, Tlp
from app.portal.finding.plain_words import plain
from app.portal.spoken import _SPOKEN, listed, spoken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Tlp.AMBER_STRICT, "TLP:AMBER+STRICT"),
        (Harm.CSAM, "CSAM"),
        (Purpose.VICTIM_PROTECTION, "victim protection"),
        (OnwardShare.NONE, "nobody"),
        ("log-behind", "log behind"),
    ],
)
def test_values_are_shown_in_words(value: object, words: str) -> None:
    assert spoken(value) == words


def test_several_come_in_the_order_of_their_vocabulary() -> None:
    assert listed({Sensitivity.IDENTIFYING, Sensitivity.AGGREGATE}) == "aggregate, identifying"
    assert listed([]) == ""
    assert listed({ANY, Harm.CSAM}) == "any"


def test_every_word_is_of_a_value_that_there_is() -> None:
    assert all(value in set(kind) for kind, value in _SPOKEN)


def test_search_and_agreement_call_a_harm_the_same() -> None:
    assert [plain(one) for one in Harm] == [spoken(one) for one in Harm]
