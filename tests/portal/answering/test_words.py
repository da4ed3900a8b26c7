from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallAct, RecallKind, RecallOutcome, RecallReason
from app.domain.partner_request import DeclineReason, GrantWay, RequestKind, RequestOutcome
from app.portal.answering import words


@pytest.mark.parametrize(
    ("known", "listed"),
    [
        (words.ACTS, RecallAct),
        (words.BASES, HeldBasis),
        (words.KINDS, RecallKind),
        (words.OUTCOMES, RecallOutcome),
        (words.SECOND_LOOKS, ContestOutcome),
        (words.REASONS, RecallReason),
        (words.OWN_KINDS, RecallKind),
        (words.OWN_REASONS, RecallReason),
        (words.SHORT_ACTS, RecallAct),
        (words.DECLINES, DeclineReason),
        (words.REQUESTS, RequestKind),
        (words.REQUEST_OUTCOMES, RequestOutcome),
        (words.WAYS, GrantWay),
    ],
)
def test_each_word_of_a_closed_list_has_a_meaning(known: Mapping[Any, Any], listed: Any) -> None:
    assert set(known) == set(listed)


def test_what_is_taken_back_and_what_is_disputed_are_answered_in_words_of_their_own() -> None:
    assert (
        words.outcomes_of(RecallKind.WITHDRAWAL)[RecallOutcome.NOT_HELD]
        != words.outcomes_of(RecallKind.DISPUTE)[ContestOutcome.NOT_HELD]
    )
    assert list(words.outcomes_of(RecallKind.CONTEST)) == [ContestOutcome.CORRECTED, ContestOutcome.KEPT, ContestOutcome.NOT_HELD]
