"""Each rule over a text of the catalogue refuses what it is for, and leaves ordinary sentences alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stix.catalogue_texts import Rule, broken_rules, words_of

BAD = [
    (Rule.ADDRESS, "Groups are linked from https://rooms.example/invite to others."),
    (Rule.ADDRESS, "Links to rooms.example are seen in comments."),
    (Rule.ADDRESS, "Accounts point to www and then rooms dot com in their profiles."),
    (Rule.ADDRESS, "Contacts are moved to the handle @synthetic there."),
    (Rule.ADDRESS, "Reports name somebody@example.org as the contact."),
    (Rule.AMOUNT, "Payments of a few dollars come before each session."),
    (Rule.AMOUNT, "Payments of $ come before each session."),
    (Rule.AMOUNT, "A large percentage of first contacts is declined."),
    (Rule.CHARACTER, "Rooms are shown with a sign ☂ in their titles."),
    (Rule.CHARACTER, "Rooms are shown with a picture 🎈 in their titles."),
    (Rule.CHARACTER, "Rooms have a word in other letters: слово."),
    (Rule.CHARACTER, "One line\nand another line."),
    (Rule.CHARACTER, "A right-to-left mark \u202e hides what follows."),
    (Rule.CODED_TERM, 'Rooms are called "a word" in their titles.'),
    (Rule.CODED_TERM, "Rooms are called \u201ca word\u201d in their titles."),
    (Rule.CODED_TERM, "Rooms are called 'a word' in their titles."),
    (Rule.CODED_TERM, "Rooms are called \u2018a word\u2019 in their titles."),
    (Rule.CODED_TERM, "Rooms bear the tag #word in their titles."),
    (Rule.CODED_TERM, "Rooms are called w*rd in their titles."),
    (Rule.CODED_TERM, "Rooms are called w0rd in their titles."),
    (Rule.CODED_TERM, "The address of the wallet is abcdefghijklmnopqrstuvwxyzabcdef there."),
    (Rule.INSTRUCTION, "Open a second account with another picture. It is not seen."),
    (Rule.INSTRUCTION, "It begins with a message; ask the child for a picture."),
    (Rule.INSTRUCTION, "Contact children through comments on their posts."),
    (Rule.INSTRUCTION, "Your account is new and is not noticed."),
    (Rule.INSTRUCTION, "This shows how to find accounts of children."),
    (Rule.INSTRUCTION, "Rooms are closed early without being noticed by moderators."),
    (Rule.INSTRUCTION, "A changed picture bypasses matching."),
    (Rule.INSTRUCTION, "Invitations are the easiest way to reach them."),
    (Rule.INSTRUCTION, "First a compliment is made, then a gift is sent, then a request follows."),
    (Rule.NAME, "Contacts are moved to Examplechat within days."),
    (Rule.NAME, "Contacts are moved to the ABC service within days."),
    (Rule.NAME, "contacts are moved to examplechat within days."),
    (Rule.NAME, "contacts are moved to example chat within days."),
    (Rule.NAME, "CamelCase stands for a product even where a sentence begins."),
    (Rule.NAME, "An account of Jane is seen in many rooms."),
    (Rule.NUMBER, "Accounts open contact with 50 others in an hour."),
    (Rule.NUMBER, "Accounts open contact with fifty others in an hour."),
    (Rule.NUMBER, "Call +1 555 0100 for the next session."),
    (Rule.NUMBER, "A file with d41d8cd98f00b204e9800998ecf8427e is shared."),
    (Rule.NUMBER, "Rooms are open for ½ of an hour."),
    (Rule.PLACE, "Facilitators work from the philippines."),
    (Rule.PLACE, "Payers are mostly european."),
    (Rule.PLACE, "Payments go to sri lanka."),
    (Rule.TERMINOLOGY, "The group exchanges child pornography among its members."),
    (Rule.TERMINOLOGY, "The offender opens contact with many children."),
    (Rule.TERMINOLOGY, "A case of sextortion begins with a message."),
    (Rule.TERMINOLOGY, "Self-generated content is passed on."),
]
GOOD = [
    "An account opens contact with unusually many accounts of children, most of which never answer.",
    "Children's and adults' accounts are told apart; see OP-012 and CM-007.",
    "Matching of hashes and URLs (in uploads, in links): exact matches first.",
    "Search, suggestions or recommendations are used to find children.",
    "Contact in numbers becomes slow and visible.",
    "Reports made within the interface are worth most.",
    "How long does a contact last? One or two signals say little.",
    "Families and internet cafés look alike \u2013 a person decides.",
]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_what_may_not_stand_there_is_found(rule: Rule, text: str) -> None:
    assert rule in {broken for broken, _ in broken_rules(text)}


@pytest.mark.parametrize("text", GOOD)
def test_ordinary_sentences_break_no_rule(text: str) -> None:
    assert list(broken_rules(text)) == []


def test_a_sentence_repeats_nothing_that_was_written() -> None:
    given = {(rule, sentence) for _, text in BAD for rule, sentence in broken_rules(text) if rule is not Rule.TERMINOLOGY}
    assert len(given) == len({rule for rule, _ in given})


def test_every_rule_over_a_text_has_a_text_that_breaks_it() -> None:
    assert {rule for rule, _ in BAD} == set(Rule) - {Rule.LENGTH, Rule.MISSING, Rule.REFERENCE, Rule.STRUCTURE}


def test_words_are_small_and_keep_their_hyphens() -> None:
    assert words_of("A Child\u2019s step-up, twice.") == ["a", "child's", "step-up", "twice"]


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(text: str) -> None:
    rules = [rule for rule, _ in broken_rules(text)]
    assert set(rules) <= set(Rule)
    if any(character.isdigit() for character in re.sub("(?:OP|CM)-[0-9]{3}", "", text, flags=re.ASCII)):
        assert Rule.NUMBER in rules
