from __future__ import annotations

from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.portal.policy_words import CLAUSES, GROUNDS, VERDICTS, VOICES


def test_no_word_is_missing_and_no_two_are_told_alike() -> None:
    for table, words in ((CLAUSES, Clause), (GROUNDS, Ground), (VERDICTS, Verdict), (VOICES, Voice)):
        assert set(table) == set(words)
        assert len(set(table.values())) == len(table)


def test_of_the_agreement_of_others_no_clause_is_told() -> None:
    assert Told(Verdict.HIDDEN, Voice.AGREEMENT).clause is None
