"""Keeps the four eyes: never the author's own, and never anything but what was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.draft import LONGEST_REMARK, DraftState
from app.domain.errors import ConflictError, ForbiddenContentError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.vocabulary import MemberRole
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import save_draft, take_back
from app.services.drafting.read_second import approve, drafts_to_read, frozen_draft, send_back
from tests.factories.drafting import desks
from tests.factories.members import started_hub

REPORTED = {"urgency": "imminent-risk", "already_reported_to": [{"body": "Police", "reported_at": "2026-01-01T00:00:00Z"}]}


def test_what_waits_is_listed_for_others_of_the_organisation_and_never_for_its_author(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours, theirs = desks(hub), desks(hub, "Hotline")
        begun, handed = ours.begun(), ours.handed_over()
        urgent = ours.handed_over(**REPORTED)
        assert drafts_to_read(hub.exchange, ours.reviewer) == [urgent, handed]
        assert drafts_to_read(hub.exchange, ours.colleague) == [urgent, handed]
        assert drafts_to_read(hub.exchange, ours.author) == []
        assert drafts_to_read(hub.exchange, theirs.reviewer) == []
        assert frozen_draft(hub.exchange, ours.reviewer, handed.draft_id) == handed
        for who, draft_id in ((ours.reviewer, begun.draft_id), (theirs.reviewer, handed.draft_id), (ours.reviewer, "0")):
            with pytest.raises(NotFoundError):
                frozen_draft(hub.exchange, who, draft_id)


def test_another_person_approves_exactly_what_they_saw(database_url: str) -> None:
    with started_hub(database_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        approved = approve(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest))
        assert approved.state is DraftState.APPROVED
        assert approved.frozen == handed.frozen
        assert ours.reviewer.person is not None
        assert approved.reviewer_id == ours.reviewer.person.person_id
        with pytest.raises(ConflictError):
            approve(hub.exchange, ours.colleague, handed.draft_id, str(handed.digest))


def test_an_author_is_never_the_second_reader_of_their_own(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        credential = replace(ours.author.credential, credential_id=ours.colleague.credential.credential_id)
        for who in (ours.author, replace(ours.author, credential=credential)):
            with pytest.raises(ConflictError):
                approve(hub.exchange, who, handed.draft_id, str(handed.digest))
            with pytest.raises(ConflictError):
                send_back(hub.exchange, who, handed.draft_id, str(handed.digest), "Mine.")


def test_who_may_not_review_does_not(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours, theirs = desks(hub), desks(hub, "Hotline")
        handed = ours.handed_over()
        read_only = ours.partner.person(ours.administrator, MemberRole.READ_ONLY)
        for who, refusal in (
            (read_only, ForbiddenError),
            (ours.partner.principal, ForbiddenError),
            (hub.operator, ForbiddenError),
            (theirs.reviewer, NotFoundError),
        ):
            with pytest.raises(refusal):
                approve(hub.exchange, who, handed.draft_id, str(handed.digest))
            with pytest.raises(refusal):
                send_back(hub.exchange, who, handed.draft_id, str(handed.digest), "No.")
        with pytest.raises(ForbiddenError):
            drafts_to_read(hub.exchange, read_only)
        with pytest.raises(ForbiddenError):
            frozen_draft(hub.exchange, read_only, handed.draft_id)


def test_what_was_changed_after_it_was_seen_is_not_approved(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        back = take_back(hub.exchange, ours.author, handed.draft_id)
        with pytest.raises(NotFoundError):
            approve(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest))
        saved = save_draft(hub.exchange, ours.author, back.draft_id, back.revision, ours.complete(urgency="historic"))
        again = hand_over(hub.exchange, ours.author, saved.draft_id, saved.revision)
        assert again.digest != handed.digest
        for digest in (str(handed.digest), "", "0" * 64):
            with pytest.raises(ConflictError, match="changed meanwhile"):
                approve(hub.exchange, ours.reviewer, handed.draft_id, digest)
        assert approve(hub.exchange, ours.reviewer, handed.draft_id, str(again.digest)).state is DraftState.APPROVED


def test_what_is_sent_back_says_why_and_what_it_says_is_looked_at(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        for remark, refusal in (
            (" ", MalformedInputError),
            ("a" * (LONGEST_REMARK + 1), MalformedInputError),
            ("Ask anna.b@mail.example.org", ForbiddenContentError),
        ):
            with pytest.raises(refusal):
                send_back(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest), remark)
        assert "anna.b" not in ours.everything_stored()
        back = send_back(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest), " Which service? ")
        assert (back.state, back.remark, back.frozen) == (DraftState.RETURNED, "Which service?", None)
        again = hand_over(hub.exchange, ours.author, back.draft_id, back.revision)
        assert (again.state, again.remark) == (DraftState.IN_REVIEW, None)
