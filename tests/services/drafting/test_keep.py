"""Keeps drafts of one's own: nobody else sees one, and nothing is lost silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.draft import MOST_DRAFTS, DraftState
from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.vocabulary import MemberRole
from app.services.drafting import keep
from app.services.drafting.keep import begin_draft, discard_draft, own_draft, own_drafts, save_draft, take_back
from app.services.drafting.read_second import approve
from app.services.retention.sweep import DRAFTS_ARE_KEPT, sweep_now
from app.storage import drafts
from tests.factories.drafting import desks
from tests.factories.members import started_hub

FORM = {"what": {"title": "Rooms"}}


def test_a_draft_is_kept_as_incomplete_as_it_is_and_saved_over(database_url: str) -> None:
    with started_hub(database_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.author, {})
        saved = save_draft(hub.exchange, ours.author, begun.draft_id, 1, FORM)
        assert (saved.document, saved.revision, saved.state) == (FORM, 2, DraftState.OPEN)
        assert save_draft(hub.exchange, ours.author, begun.draft_id, 2, FORM) == saved, "the same again changes nothing"
        assert own_draft(hub.exchange, ours.author, begun.draft_id) == saved
        assert own_drafts(hub.exchange, ours.author) == [saved]


def test_the_later_of_two_windows_is_told_and_nothing_is_lost(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.author, {})
        save_draft(hub.exchange, ours.author, begun.draft_id, 1, FORM)
        with pytest.raises(ConflictError, match="changed meanwhile"):
            save_draft(hub.exchange, ours.author, begun.draft_id, 1, {"what": {"title": "Other"}})
        assert own_draft(hub.exchange, ours.author, begun.draft_id).document == FORM


def test_anothers_draft_is_as_one_that_is_not_there(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours, theirs = desks(hub), desks(hub, "Hotline")
        begun = begin_draft(hub.exchange, ours.author, FORM)
        for who in (ours.colleague, theirs.author):
            for draft_id in (begun.draft_id, "0"):
                with pytest.raises(NotFoundError):
                    own_draft(hub.exchange, who, draft_id)
                with pytest.raises(NotFoundError):
                    save_draft(hub.exchange, who, draft_id, 1, {})
                with pytest.raises(NotFoundError):
                    discard_draft(hub.exchange, who, draft_id)
                with pytest.raises(NotFoundError):
                    take_back(hub.exchange, who, draft_id)
            assert own_drafts(hub.exchange, who) == []


def test_who_may_not_draft_does_not(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        read_only = ours.partner.person(ours.administrator, MemberRole.READ_ONLY)
        for who in (read_only, ours.reviewer, ours.partner.principal, hub.operator):
            for act in (own_drafts, lambda exchange, by: begin_draft(exchange, by, {})):
                with pytest.raises(ForbiddenError):
                    act(hub.exchange, who)


def test_a_change_takes_a_draft_back_from_the_second_reader(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        changed = save_draft(hub.exchange, ours.author, handed.draft_id, handed.revision, FORM)
        assert (changed.state, changed.frozen, changed.digest) == (DraftState.OPEN, None, None)
        again = ours.handed_over()
        back = take_back(hub.exchange, ours.author, again.draft_id)
        assert (back.state, back.frozen, back.form) == (DraftState.OPEN, None, again.form)
        assert take_back(hub.exchange, ours.author, again.draft_id) == back


def test_what_was_approved_is_neither_changed_nor_discarded(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        approved = approve(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest))
        with pytest.raises(ConflictError):
            save_draft(hub.exchange, ours.author, approved.draft_id, approved.revision, FORM)
        with pytest.raises(ConflictError):
            take_back(hub.exchange, ours.author, approved.draft_id)
        with pytest.raises(ConflictError):
            discard_draft(hub.exchange, ours.author, approved.draft_id)


def test_what_is_approved_while_its_author_discards_it_stays(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with started_hub(database_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        approved = approve(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest))
        monkeypatch.setattr(keep, "find_own", lambda *_: handed)  # what was read a moment before the approval
        with pytest.raises(ConflictError, match="changed meanwhile"):
            discard_draft(hub.exchange, ours.author, handed.draft_id)
        monkeypatch.undo()
        assert own_draft(hub.exchange, ours.author, handed.draft_id) == approved


def test_what_is_discarded_is_gone_at_once_and_an_event_says_that_it_was(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.author, {"what": {"title": "Synthetic words"}})
        discard_draft(hub.exchange, ours.author, begun.draft_id)
        stored = ours.everything_stored()
        assert "Synthetic words" not in stored
        assert Event.DRAFT_DISCARD in stored


def test_a_person_has_so_many_drafts_and_no_more(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        template = begin_draft(hub.exchange, ours.author, {})
        with hub.exchange.database.write() as connection:
            for number in range(MOST_DRAFTS - 1):
                drafts.add_draft(connection, replace(template, draft_id=str(number)))
        with pytest.raises(ConflictError):
            begin_draft(hub.exchange, ours.author, {})


def test_thirty_days_after_its_last_change_a_draft_is_erased(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begin_draft(hub.exchange, ours.author, {"what": {"title": "Synthetic words"}})
        hub.clock.pass_time(DRAFTS_ARE_KEPT)
        sweep_now(hub.exchange)
        assert "Synthetic words" in ours.everything_stored()
        hub.clock.pass_time(timedelta(seconds=1))
        sweep_now(hub.exchange)
        assert "Synthetic words" not in ours.everything_stored()
