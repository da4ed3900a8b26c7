from __future__ import annotations

import pytest

from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.portal.policy_words import BY_AGREEMENT, why_words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told(Verdict.SEEN, ground=Ground.GROUP), "they read the sharing group"),
        (Told(Verdict.HIDDEN, Voice.PUBLISHER, Clause.AUDIENCE_EXCLUDES), "the audience leaves it out"),
        (Told(Verdict.HIDDEN, Voice.AGREEMENT), BY_AGREEMENT),
        (Told(Verdict.EXPIRED), None),
    ],
)
def test_why_something_is_seen_or_hidden_is_said_as_far_as_it_is_told(told: Told, words: str | None) -> None:
    assert why_words(told) == words


def test_of_the_agreement_of_others_no_clause_is_told() -> None:
    assert Told(Verdict.HIDDEN, Voice.AGREEMENT).clause is None
