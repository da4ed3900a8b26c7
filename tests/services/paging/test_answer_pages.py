"""Pages are their partner's own, while it may see what they are about; acknowledging is done once."""

from __future__ import annotations

import pytest

from app.domain.errors import ForbiddenError, NotFoundError
from app.domain.events import Event
from app.domain.paging import MailState, PageState
from app.domain.permissions import Permission
from app.domain.vocabulary import Harm
from app.services.answer_once import key_use
from app.services.paging import answer_pages
from app.services.paging.answer_pages import acknowledge, list_pages
from app.storage import events
from tests.factories.members import Hub, Member
from tests.factories.stix_objects import newer
from tests.factories.urgent import WITHIN, add_contacts, call, page_of, records, urgent_indicator


@pytest.fixture
def called(quick_hub: Hub, publisher: Member, other: Member) -> Member:
    """A partner that is being called about an object of ``publisher``."""
    add_contacts(other, 2)
    publisher.store(urgent_indicator())
    call(quick_hub)
    return other


def test_a_page_is_seen_by_who_is_called_and_by_operators(quick_hub: Hub, publisher: Member, called: Member) -> None:
    page = page_of(called)
    assert [one.page for one in list_pages(quick_hub.exchange, quick_hub.operator, 10)] == [page]
    assert records(publisher) == []
    assert len(records(called)[0].mails) == 1


def test_the_newest_come_first_and_no_more_than_are_wanted(quick_hub: Hub, publisher: Member, called: Member) -> None:
    first = page_of(called)
    quick_hub.clock.pass_time(WITHIN / 3)
    publisher.store(urgent_indicator())
    call(quick_hub)
    newest, oldest = (one.page for one in records(called))
    assert (oldest.page_id, newest.made_at > oldest.made_at) == (first.page_id, True)
    assert [one.page for one in list_pages(quick_hub.exchange, called.principal, 1)] == [newest]


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_what_may_not_be_seen_takes_no_place_in_the_list(
    quick_hub: Hub, publisher: Member, called: Member, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(answer_pages, "_AT_ONCE", at_once)
    [first] = [one.page for one in records(called)]
    hidden = [urgent_indicator() for _ in range(3)]
    for value in hidden:
        quick_hub.clock.pass_time(WITHIN / 9)
        publisher.store(value)
        call(quick_hub)
    nobody = publisher.mark_for(publisher)
    publisher.store(*(newer(value, object_marking_refs=[nobody]) for value in hidden))
    for limit in (1, 2, 1_000):
        assert [one.page.page_id for one in list_pages(quick_hub.exchange, called.principal, limit)] == [first.page_id]


def test_acknowledging_again_changes_nothing(quick_hub: Hub, called: Member) -> None:
    page_id = page_of(called).page_id
    use = key_use(called.principal, "pages", "key", b"")
    first = acknowledge(quick_hub.exchange, called.principal, page_id, use)
    quick_hub.clock.pass_time(WITHIN)
    assert acknowledge(quick_hub.exchange, called.principal, page_id, use) == first
    assert acknowledge(quick_hub.exchange, called.principal, page_id) == first
    assert first.page.state is PageState.ACKNOWLEDGED
    assert [one.state for one in first.mails] == [MailState.DROPPED]
    assert first.page.acknowledged_by == called.principal.credential.credential_id
    with quick_hub.exchange.database.read() as connection:
        recorded = [one.subject for _, one in events.events(connection, 0, 1_000) if one.event is Event.PAGE_ACKNOWLEDGE]
    assert recorded == [page_id]


def test_after_the_operator_was_called_it_can_still_be_acknowledged(quick_hub: Hub, called: Member) -> None:
    for _ in range(3):
        quick_hub.clock.pass_time(WITHIN)
        call(quick_hub)
    assert page_of(called).state is PageState.ESCALATED
    record = acknowledge(quick_hub.exchange, called.principal, page_of(called).page_id)
    assert record.page.state is PageState.ACKNOWLEDGED


def test_anothers_page_an_absent_one_and_one_whose_objects_are_hidden_now_are_refused_alike(
    quick_hub: Hub, publisher: Member, called: Member
) -> None:
    page_id = page_of(called).page_id
    called.agree(harm_types=frozenset({Harm.CSAM}))
    for member, asked in ((publisher, page_id), (called, "00000000-0000-4000-8000-000000000000"), (called, page_id)):
        with pytest.raises(NotFoundError):
            acknowledge(quick_hub.exchange, member.principal, asked)
    assert records(called) == []


def test_operators_do_not_acknowledge_and_partners_need_the_permission(quick_hub: Hub, called: Member) -> None:
    page_id = page_of(called).page_id
    reader = called.principal_with(scopes=frozenset({Permission.PAGES_READ}))
    assert len(list_pages(quick_hub.exchange, reader, 10)) == 1
    for principal in (quick_hub.operator, reader):
        with pytest.raises(ForbiddenError):
            acknowledge(quick_hub.exchange, principal, page_id)
    with pytest.raises(ForbiddenError):
        list_pages(quick_hub.exchange, called.principal_with(scopes=frozenset({Permission.OBJECTS_READ})), 10)
