from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.draft import Draft, DraftState
from app.domain.partner import Credential, Person, Principal
from app.domain.vocabulary import MemberRole, Tlp
from app.policy.drafts import Standing, is_author, may_see, why_not_changed, why_not_second
from tests.factories.policy_values import DAY, NOW, partner

OPEN = Draft("d", "p1", "author", DraftState.OPEN, 1, NOW, NOW)
READ = replace(OPEN, state=DraftState.IN_REVIEW, frozen="{}", digest="00")


def person(person_id: str | None, partner_id: str | None = "p1", credential_id: str = "c") -> Principal:
    held = Credential(credential_id, "x", partner_id, person_id, None, frozenset(), None, Tlp.RED, NOW, NOW + DAY)
    who = None if person_id is None else Person(person_id, "Somebody", partner_id, frozenset(), frozenset({MemberRole.ANALYST}))
    return Principal(held, None if partner_id is None else partner(partner_id=partner_id), who)


def test_an_author_is_the_same_person_through_whatever_credential() -> None:
    assert is_author(person("author", credential_id="one"), OPEN)
    assert is_author(person("author", credential_id="another"), OPEN)
    assert not is_author(person("other"), OPEN)
    assert not is_author(person("author", "p2"), OPEN)


@pytest.mark.parametrize(
    ("who", "draft", "sees"),
    [
        (person("author"), OPEN, True),
        (person("other"), OPEN, False),
        (person("other"), READ, True),
        (person("other", "p2"), READ, False),
        (person(None), READ, False),
        (person("other", None), READ, False),
    ],
)
def test_a_draft_is_its_authors_until_it_is_handed_over(who: Principal, draft: Draft, sees: bool) -> None:  # noqa: FBT001  # a table
    assert may_see(who, draft) is sees


def test_an_approved_draft_is_not_changed() -> None:
    why_not = {state: why_not_changed(replace(OPEN, state=state)) for state in DraftState}
    changed = [state for state, sentence in why_not.items() if sentence is None]
    assert changed == [DraftState.OPEN, DraftState.IN_REVIEW, DraftState.RETURNED]
    sentence = "This draft was approved: it waits for the signature, or was sent, and cannot be changed any more."
    assert set(why_not.values()) == {None, sentence}


def test_the_second_reader_is_another_person_and_reads_what_waits() -> None:
    assert why_not_second(person("other"), READ, Standing()) is None
    another = "The second reader is another person than the one who entered it."
    assert why_not_second(person("author"), READ, Standing()) == another
    assert why_not_second(person(None), READ, Standing()) == another
    waits_not = "This draft does not wait for a second reader now: it was changed, or another one was faster."
    assert why_not_second(person("other"), OPEN, Standing()) == waits_not


def test_a_second_reader_is_nobody_whom_the_author_could_have_made() -> None:
    new = why_not_second(person("other"), READ, Standing(is_new=True))
    made = why_not_second(person("other"), READ, Standing(is_by_invitation=True))
    assert "three days" in str(new)
    assert "invited" in str(made)
