from __future__ import annotations

from dataclasses import replace

from app.domain.vocabulary import OverdueRecall, PermittedUse, Profile, Purpose
from app.portal.organisation import terms_in_words
from tests.factories.policy_values import agreement

FULL = agreement()


def test_what_may_be_read_is_sentences() -> None:
    read = replace(FULL.read, publisher_roles=frozenset({"hotline", "law-enforcement"}), purposes=frozenset({Purpose.DETECTION}))
    said = terms_in_words.reading(replace(FULL, read=read))
    assert said[0].startswith("You may read what hotlines and law enforcement publish, up to TLP:")
    assert said[0].endswith("for finding abuse on one's own service.")
    nothing = replace(read, purposes=frozenset())
    assert terms_in_words.reading(replace(FULL, read=nothing)) == ["You may read nothing of other organisations."]
    home = replace(read, cross_border=replace(read.cross_border, jurisdictions=frozenset()))
    assert terms_in_words.reading(replace(FULL, read=home))[-1] == "Nothing from other countries than yours."
    of_any = terms_in_words.reading(replace(FULL, read=replace(home, publisher_jurisdictions=frozenset({"any"}))))
    assert "From publishers in your own country alone." in of_any
    assert not [each for each in of_any if "any country" in each], "it does not say both"


def test_what_may_be_submitted_is_sentences() -> None:
    write = replace(FULL.write, passes_on=frozenset({"any"}), carries_statements=True, profiles=frozenset({Profile.STIX}))
    said = terms_in_words.submitting(replace(FULL, write=write))
    assert "You may pass on signed objects of any member." in said
    assert "General STIX 2.1 is taken." in said
    named = replace(write, passes_on=frozenset({"a", "b"}))
    assert "You may pass on signed objects of 2 members by name." in terms_in_words.submitting(replace(FULL, write=named))
    assert terms_in_words.submitting(replace(FULL, write=replace(write, harm_types=frozenset()))) == ["You may submit nothing."]


def test_recalls_and_handling_are_sentences() -> None:
    late = replace(FULL, recall=replace(FULL.recall, overdue=OverdueRecall.LOSE_ACCESS), is_listed=True)
    assert "If you do not, you read nothing of others until you have." in terms_in_words.recalling(late)
    assert "Other members are told that you are one." in terms_in_words.recalling(late)
    assert len(terms_in_words.handling(FULL)) >= 6


def test_what_is_forbidden_is_not_among_what_others_may() -> None:
    uses = frozenset({PermittedUse.DETECT, PermittedUse.NO_AUTOMATED_ENFORCEMENT, PermittedUse.HUMAN_REVIEW_ONLY})
    said = terms_in_words.handling(replace(FULL, default_handling=replace(FULL.default_handling, permitted_uses=uses)))
    assert "They may: detect it." in said
    assert "They must: let people alone decide on it, never let a program act on it alone." in said
    forbidding = replace(FULL.default_handling, permitted_uses=uses - {PermittedUse.DETECT})
    assert not [
        one for one in terms_in_words.handling(replace(FULL, default_handling=forbidding)) if one.startswith("They may: ")
    ]
