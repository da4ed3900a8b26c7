"""Keeps that an author is told why an approved draft is not signed, and what can be done."""

from __future__ import annotations

from app.domain.draft import Draft
from app.domain.vocabulary import Channel, MemberRole, Purpose
from app.services.drafting.correct import hand_over_correction
from app.services.drafting.freeze import hand_over
from app.services.drafting.read_second import approve
from app.services.reading.readers import reader
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_drafts import begun, complete_form, corrected, principal_of
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator

GONE = "Whoever decided this has left your organisation. Take it back, and decide it anew."


def test_an_approved_draft_whose_second_reader_left_says_so_and_comes_back(
    running: RunningExchange, platform: FakePartner
) -> None:
    author, second, administrator = _people(running, platform)
    draft = begun(author, complete_form(platform))
    handed = hand_over(running.exchange, principal_of(author), draft.draft_id, draft.revision)
    _stands_still(f"/share/drafts/{draft.draft_id}/overview", handed, (author, second, administrator))
    task = author.page.text.partition('href="/portal/signing/tasks/')[2].partition('"')[0]
    shown = author.get(f"/signing/tasks/{task}")
    assert GONE in shown.words
    assert "Sign it with this browser" not in shown.words
    assert author.post(f"/signing/tasks/{task}/taking-back").status == 303
    assert "It came back with this remark" in author.get(f"/share/drafts/{draft.draft_id}").words


def test_so_does_a_correction(running: RunningExchange, platform: FakePartner) -> None:
    author, second, administrator = _people(running, platform)
    value = indicator()
    assert platform.submit(value).status == 201
    draft = corrected(author, value["id"])
    reading = reader(principal_of(author), Purpose.DETECTION, Channel.PORTAL)
    handed = hand_over_correction(running.exchange, reading, draft.draft_id, draft.revision)
    _stands_still(f"/share/corrections/{draft.draft_id}", handed, (author, second, administrator))


def _people(running: RunningExchange, platform: FakePartner) -> tuple[Visitor, Visitor, Visitor]:
    roles = (MemberRole.ANALYST, MemberRole.REVIEWER, MemberRole.ADMINISTRATOR)
    author, second, administrator = (entered(running, platform, role) for role in roles)
    return author, second, administrator


def _stands_still(path: str, handed: Draft, people: tuple[Visitor, Visitor, Visitor]) -> None:
    author, second, administrator = people
    approve(author.running.exchange, principal_of(second), handed.draft_id, str(handed.digest))
    assert "then it is sent by itself" in author.get(path).words
    assert GONE not in author.page.words
    administrator.get(f"/organisation/members/{second.person_id}")
    assert administrator.post(f"/organisation/members/{second.person_id}/departure").status == 303
    assert GONE in author.get(path).words
    assert "then it is sent by itself" not in author.page.words
