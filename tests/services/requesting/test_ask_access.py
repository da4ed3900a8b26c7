"""Access is asked of whoever offers it, by whoever sees the offer; a hidden offer is an absent one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import BreakwaterError, ConflictError, ExhaustedError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.paging import MailKind
from app.domain.partner_request import ASK_AGAIN_AFTER, DeclineReason, RequestOutcome
from app.domain.usage import QuestionKind, start_of_day
from app.domain.vocabulary import Purpose, Role
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.ask_access import NewAccessRequest, ask_access
from app.services.requesting.look_up import list_asked, list_own
from app.services.requesting.start_clock import close_request
from app.services.requesting.watch_clocks import watch_clocks
from app.storage import mails, questions
from tests.factories.members import Hub, Member
from tests.factories.partner_requests import offer_of
from tests.factories.stix_objects import indicator, stix_id
from tests.factories.urgent import add_contacts

FOR = Purpose.DETECTION
ANOTHER = NewAnswer(RequestOutcome.DECLINED, reason=DeclineReason.NOT_NOW)


def asked(hub: Hub, who: Member, offer: dict[str, Any] | str, purpose: Purpose = FOR, basis: str = "contract") -> Any:
    offer_id = offer if isinstance(offer, str) else offer["id"]
    return ask_access(hub.exchange, who.reader(), NewAccessRequest(offer_id, purpose, basis))


def stored(hub: Hub, who: Member, **changes: Any) -> dict[str, Any]:
    offer = offer_of(hub.clock.now, **changes)
    who.store(offer)
    return offer


def renewed(hub: Hub, who: Member, offer: dict[str, Any], **changes: Any) -> None:
    hub.clock.pass_time(timedelta(seconds=1))
    who.store(offer | {"modified": offer_of(hub.clock.now)["modified"]} | changes)


def count(hub: Hub, who: Member) -> int:
    with hub.exchange.database.read() as connection:
        return questions.count_questions(connection, who.id, QuestionKind.ACCESS, start_of_day(hub.clock.now))


def test_it_stands_once_until_the_offer_says(quick_hub: Hub, agency: Member, platform: Member) -> None:
    offer = stored(quick_hub, agency)
    made = asked(quick_hub, platform, offer)
    assert made.due_at == quick_hub.clock.now + timedelta(days=14)
    assert asked(quick_hub, platform, offer) == made
    assert [one.request for one in list_own(quick_hub.exchange, platform.principal)] == [made]
    for other in ({"purpose": Purpose.INVESTIGATION}, {"basis": "consent"}):
        with pytest.raises(ConflictError):
            asked(quick_hub, platform, offer, **other)


def test_hidden_is_absent_and_each_question_counts(quick_hub: Hub, agency: Member, platform: Member) -> None:
    other = quick_hub.enrol("Platform B")
    hidden = stored(quick_hub, agency, object_marking_refs=[agency.mark_for(other)])
    no_offer = indicator()
    agency.store(no_offer)
    told = []
    for one in (hidden["id"], stix_id("access-offer"), no_offer["id"], "nonsense"):
        with pytest.raises(NotFoundError) as refusal:
            asked(quick_hub, platform, one)
        told.append((refusal.value.code, refusal.value.sentence))
    assert len(set(told)) == 1
    assert count(quick_hub, platform) == 4
    assert list_asked(quick_hub.exchange, agency.reader()) == []
    assert asked(quick_hub, other, hidden).stix_id == hidden["id"]


@pytest.mark.parametrize("how", ["own", "revoked", "purpose", "withdrawn", "two publishers", "role"])
def test_what_cannot_be_asked(quick_hub: Hub, agency: Member, platform: Member, how: str) -> None:
    offer, who, purpose = stored(quick_hub, agency), platform, FOR
    expected: type[BreakwaterError] = MalformedInputError
    if how == "own":
        who = agency
    elif how == "revoked":
        renewed(quick_hub, agency, offer, revoked=True)
    elif how == "purpose":
        purpose = Purpose.VICTIM_PROTECTION
    elif how == "withdrawn":
        withdraw(quick_hub.exchange, agency.principal, WithdrawalRequest(offer["id"]))
        expected = NotFoundError
    elif how == "two publishers":
        quick_hub.enrol("Platform B").store(offer)
        expected = ConflictError
    else:
        who, expected = quick_hub.enrol("Researcher", role=Role.RESEARCHER), ForbiddenError
    with pytest.raises(expected):
        asked(quick_hub, who, offer, purpose)
    assert list_asked(quick_hub.exchange, agency.reader()) == []


def test_who_is_answered_or_takes_it_back_asks_again_a_month_later_or_about_a_newer_offer(
    quick_hub: Hub, agency: Member, platform: Member
) -> None:
    offer = stored(quick_hub, agency)
    made = asked(quick_hub, platform, offer)
    answer_request(quick_hub.exchange, agency.reader(), made.request_id, ANOTHER)
    with pytest.raises(ConflictError):
        asked(quick_hub, platform, offer)
    renewed(quick_hub, agency, offer)
    second = asked(quick_hub, platform, offer)
    assert second.request_id != made.request_id
    close_request(quick_hub.exchange, platform.principal, second.request_id)
    with pytest.raises(ConflictError):
        asked(quick_hub, platform, offer)
    quick_hub.clock.pass_time(ASK_AGAIN_AFTER)
    third = asked(quick_hub, platform, offer)
    quick_hub.clock.pass_time(timedelta(days=14))  # nobody answered
    fourth = asked(quick_hub, platform, offer)
    assert [one.request for one in list_own(quick_hub.exchange, platform.principal)] == [fourth]
    assert third.request_id != fourth.request_id


def test_a_day_has_so_many_questions_and_no_more(quick_hub: Hub, agency: Member, platform: Member) -> None:
    few = replace(quick_hub.exchange, budgets=replace(quick_hub.exchange.budgets, access_requests_per_day=1))
    offer = NewAccessRequest(stored(quick_hub, agency)["id"], FOR, "contract")
    ask_access(few, platform.reader(), offer)
    with pytest.raises(ExhaustedError):
        ask_access(few, platform.reader(), offer)


def test_whoever_has_not_answered_is_warned_though_it_reads_nothing(quick_hub: Hub, agency: Member, platform: Member) -> None:
    add_contacts(agency)
    made = asked(quick_hub, platform, stored(quick_hub, agency))
    agency.agree(purposes=frozenset())
    with quick_hub.exchange.database.write() as connection:
        watch_clocks(connection, {}, made.due_at - timedelta(days=3))
        warned = connection.execute(mails.mail.select().where(mails.mail.c.kind == MailKind.REQUEST)).all()
    assert {one.subject_id for one in warned} == {made.request_id}


def test_so_many_requests_are_open_at_once(
    quick_hub: Hub, agency: Member, platform: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.requesting.ask_access.MOST_OPEN", 1)
    asked(quick_hub, platform, stored(quick_hub, agency))
    with pytest.raises(ConflictError):
        asked(quick_hub, platform, stored(quick_hub, agency))
