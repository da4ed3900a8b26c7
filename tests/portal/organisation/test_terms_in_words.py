from __future__ import annotations

from dataclasses import replace

from app.domain.vocabulary import Channel, OverdueRecall, Profile, Purpose, TransferBasis
from app.policy.agreement_changes import IS_WITHIN, Direction
from app.portal.organisation import terms_in_words
from tests.factories.policy_values import agreement

FULL = agreement()


def test_every_term_and_word_is_said() -> None:
    assert terms_in_words.TERMS.keys() >= IS_WITHIN.keys()
    assert set(terms_in_words.CHANNELS) == set(Channel)
    assert set(terms_in_words.BASES) == set(TransferBasis)


def test_what_may_be_read_is_sentences() -> None:
    read = replace(FULL.read, publisher_roles=frozenset({"hotline", "law-enforcement"}), purposes=frozenset({Purpose.DETECTION}))
    said = terms_in_words.reading(replace(FULL, read=read))
    assert said[0].startswith("You may read what hotlines and law enforcement publish, up to TLP:")
    assert said[0].endswith("for detection.")
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
    assert len(terms_in_words.handling(FULL)) == 6


def test_a_change_is_said() -> None:
    change = {
        "pointer": "/read/purposes",
        "direction": Direction.WIDENS.value,
        "before": ["audit"],
        "after": ["audit", "detection"],
    }
    said = {"term": "what you may read for", "before": "audit", "after": "audit and detection", "does": "allows more"}
    assert terms_in_words.changed(change) == said
    of_all = {"pointer": "", "direction": "neutral", "before": None, "after": True}
    assert terms_in_words.changed(of_all)["term"] == "the agreement as a whole"
    assert terms_in_words.changed(of_all)["after"] == "yes"
