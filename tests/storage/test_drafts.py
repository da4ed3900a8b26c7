from __future__ import annotations

from dataclasses import replace

from app.domain.draft import Draft, DraftState
from app.domain.partner import Person
from app.domain.vocabulary import MemberRole
from app.storage import drafts, members
from app.storage.session import Connection, Database
from tests.factories.policy_values import DAY, NOW
from tests.storage import samples

ONE = Draft("1", samples.OWNER, "author", DraftState.OPEN, 1, NOW, NOW, '{"what":{}}')


def _with_author(connection: Connection) -> None:
    roles = frozenset({MemberRole.ANALYST})
    members.add_person(connection, Person("author", "Somebody", samples.OWNER, frozenset(), roles))


def test_a_draft_is_kept_for_its_organisation_and_its_author(exchange: Database) -> None:
    later = replace(ONE, draft_id="2", changed_at=NOW + DAY, state=DraftState.IN_REVIEW, frozen="{}", digest="0" * 64)
    with exchange.write() as connection:
        _with_author(connection)
        for value in (ONE, later):
            drafts.add_draft(connection, value)
        assert drafts.draft_by_id(connection, samples.OWNER, "1") == ONE
        assert drafts.draft_by_id(connection, samples.READER, "1") is None
        assert drafts.drafts_of(connection, samples.OWNER, "author") == [later, ONE]
        assert drafts.drafts_of(connection, samples.OWNER, "other") == []
        assert drafts.drafts_in_state(connection, samples.OWNER, DraftState.IN_REVIEW) == [later]
        assert drafts.all_drafts_of(connection, samples.OWNER) == [ONE, later]
        assert drafts.all_drafts_of(connection, samples.READER) == []
        assert drafts.drafts_after(connection, "", 1) == [ONE]
        assert drafts.drafts_after(connection, "1", 9) == [later]


def test_who_changes_an_older_revision_changes_nothing(exchange: Database) -> None:
    with exchange.write() as connection:
        _with_author(connection)
        drafts.add_draft(connection, ONE)
        changed = drafts.change_draft(connection, replace(ONE, form='{"a":1}'))
        assert changed == replace(ONE, form='{"a":1}', revision=2)
        assert drafts.change_draft(connection, replace(ONE, form='{"b":2}')) is None
        assert drafts.draft_by_id(connection, samples.OWNER, "1") == changed


def test_what_is_sent_does_not_count_and_what_is_removed_is_gone(exchange: Database) -> None:
    with exchange.write() as connection:
        _with_author(connection)
        drafts.add_draft(connection, ONE)
        drafts.add_draft(connection, replace(ONE, draft_id="2", state=DraftState.SENT))
        assert drafts.count_unsent(connection, "author") == 1
        drafts.remove_draft(connection, "1")
        assert drafts.draft_by_id(connection, samples.OWNER, "1") is None
