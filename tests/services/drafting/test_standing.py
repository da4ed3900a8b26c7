"""Keeps that nobody makes their own second reader: newcomers, and who invited whom, in either direction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain.draft import Draft, DraftState
from app.domain.errors import ConflictError
from app.domain.partner import Principal
from app.domain.recovery import NEWCOMER_FOR
from app.domain.vocabulary import MemberRole
from app.policy.drafts import Standing
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import begin_draft
from app.services.drafting.queue import take_to_read
from app.services.drafting.read_second import approve, send_back, why_not_read
from app.services.drafting.standing import standing_of
from app.services.signing_in.invite import invite_here, invite_person
from app.storage import credentials
from app.storage.tables import person
from tests.factories.drafting import Desks, desks
from tests.factories.members import Hub, started_hub


def of(ours: Desks, who: Principal, draft: Draft) -> Standing:
    with ours.hub.exchange.database.read() as connection:
        return standing_of(connection, who, draft, ours.hub.clock.now)


def invite(ours: Desks, by: Principal, whom: Principal) -> None:
    assert whom.person is not None
    invite_person(ours.hub.exchange, by, whom.person.person_id)


def test_whom_the_author_has_just_made_neither_takes_nor_decides_and_nothing_changes(database_url: str) -> None:
    with started_hub(database_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        second = ours.partner.person(ours.administrator, MemberRole.REVIEWER)
        assert "three days" in str(why_not_read(hub.exchange, second, handed))
        for act in (
            lambda: take_to_read(hub.exchange, second, handed.draft_id),
            lambda: approve(hub.exchange, second, handed.draft_id, str(handed.digest)),
            lambda: send_back(hub.exchange, second, handed.draft_id, str(handed.digest), "No."),
        ):
            with pytest.raises(ConflictError, match="three days"):
                act()
        assert approve(hub.exchange, ours.reviewer, handed.draft_id, str(handed.digest)).state is DraftState.APPROVED
        hub.clock.now += NEWCOMER_FOR - timedelta(hours=30)
        assert of(ours, second, handed) == Standing(is_new=True)
        hub.clock.now += timedelta(hours=30)
        assert of(ours, second, handed) == Standing()


def test_neither_of_two_who_are_bound_by_an_invitation_reads_for_the_other_however_old_it_is(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.administrator, ours.complete())
        of_administrator = hand_over(hub.exchange, ours.administrator, begun.draft_id, begun.revision)
        of_author = ours.handed_over()
        assert why_not_read(hub.exchange, ours.reviewer, of_administrator) is None
        invite(ours, ours.administrator, ours.reviewer)
        invite(ours, ours.administrator, ours.author)
        hub.clock.now += timedelta(days=400)
        assert of(ours, ours.reviewer, of_administrator).is_by_invitation
        assert of(ours, ours.administrator, of_author).is_by_invitation
        assert "invited" in str(why_not_read(hub.exchange, ours.reviewer, of_administrator))
        assert not of(ours, ours.reviewer, of_author).is_by_invitation
        assert not of(ours, ours.colleague, of_administrator).is_by_invitation


def test_a_token_that_the_author_issued_is_no_second_reader_however_old_its_person_is(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.administrator, ours.complete())
        of_administrator = hand_over(hub.exchange, ours.administrator, begun.draft_id, begun.revision)
        of_author = ours.handed_over()
        borrowed = ours.partner.person(ours.administrator, MemberRole.REVIEWER)
        borrowed = after_a_while(hub, borrowed)
        with pytest.raises(ConflictError, match="issued the token"):
            approve(hub.exchange, borrowed, of_administrator.draft_id, str(of_administrator.digest))
        assert approve(hub.exchange, borrowed, of_author.draft_id, str(of_author.digest)).state is DraftState.APPROVED


def test_whom_the_author_invited_with_a_token_in_a_colleagues_name_is_bound_to_the_author(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        begun = begin_draft(hub.exchange, ours.administrator, ours.complete())
        of_administrator = hand_over(hub.exchange, ours.administrator, begun.draft_id, begun.revision)
        of_author = ours.handed_over()
        borrowed = ours.partner.person(ours.administrator, MemberRole.ADMINISTRATOR)
        invite(ours, borrowed, ours.reviewer)
        assert of(ours, ours.reviewer, of_administrator).is_by_invitation
        assert not of(ours, ours.reviewer, of_author).is_by_invitation


def after_a_while(hub: Hub, principal: Principal) -> Principal:
    """Give somebody who has been there for long, with a token that they did not make themselves."""
    with hub.exchange.database.write() as connection:
        connection.execute(update(person).where(person.c.person_id == principal.credential.person_id).values(added_at=None))
        found = credentials.principal_by_id(connection, principal.credential.credential_id)
    assert found is not None
    return found


def test_whom_the_exchange_itself_let_in_reads_at_once(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub:
        ours = desks(hub)
        handed = ours.handed_over()
        new = ours.partner.person(ours.administrator, MemberRole.REVIEWER)
        assert new.person is not None
        invite_here(hub.exchange, new.person.person_id)
        assert of(ours, new, handed) == Standing()
        assert of(ours, replace(new, person=None), handed) == Standing()
