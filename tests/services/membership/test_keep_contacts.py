"""A partner keeps its own contacts, operators see them, and nothing of them is anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, MalformedInputError, NotFoundError
from app.domain.events import Event
from app.domain.paging import MailState
from app.services.answer_once import key_use
from app.services.membership.keep_contacts import (
    MOST_CONTACTS,
    ContactRecord,
    NewContact,
    add_contact,
    list_contacts,
    remove_contact,
    try_contact,
)
from app.storage import events
from tests.factories.mail_servers import FakeMailServer, mail_server
from tests.factories.members import Hub, Member
from tests.factories.urgent import call, connect, urgent_indicator

NEW = NewContact("Duty officer", "duty@example.org", "+1 555 0100")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(quick_hub: Hub) -> Iterator[FakeMailServer]:
    with mail_server() as server:
        connect(quick_hub, server.relay())
        yield server


def _add(member: Member, **changes: object) -> ContactRecord:
    return add_contact(member.hub.exchange, member.principal, replace(NEW, **changes))  # type: ignore[arg-type]  # of its fields


def _ranks(member: Member) -> list[int]:
    return [one.contact.rank for one in list_contacts(member.hub.exchange, member.principal)]


def test_a_contact_is_added_after_all_others_unless_its_rank_is_said(publisher: Member) -> None:
    assert [_add(publisher, rank=rank).contact.rank for rank in (None, 5, None, 2)] == [1, 5, 6, 2]
    assert _ranks(publisher) == [1, 2, 5, 6]
    with pytest.raises(ConflictError):
        _add(publisher, rank=5)


def test_contacts_are_their_partners_own_and_operators_see_all(quick_hub: Hub, publisher: Member, other: Member) -> None:
    mine, theirs = _add(publisher), _add(other)
    assert list_contacts(quick_hub.exchange, publisher.principal) == [mine]
    assert list_contacts(quick_hub.exchange, other.principal) == [theirs]
    found = list_contacts(quick_hub.exchange, quick_hub.operator)
    assert {one.contact.contact_id for one in found} == {mine.contact.contact_id, theirs.contact.contact_id}
    for act in (remove_contact, try_contact):
        with pytest.raises(NotFoundError):
            act(quick_hub.exchange, other.principal, mine.contact.contact_id)
        with pytest.raises(ForbiddenError):
            act(quick_hub.exchange, quick_hub.operator, mine.contact.contact_id)
    with pytest.raises(ForbiddenError):
        add_contact(quick_hub.exchange, quick_hub.operator, NEW)


def test_an_address_that_no_mail_can_be_written_to_is_refused(publisher: Member) -> None:
    for email in ("duty..officer@example.org", ".duty@example.org", "duty.@example.org", "=?utf-8?q?duty?=@example.org"):
        with pytest.raises(MalformedInputError) as refusal:
            _add(publisher, email=email)
        assert refusal.value.pointer == "/email"
        assert email not in refusal.value.sentence
    assert _ranks(publisher) == []


def test_there_is_an_end_to_them(publisher: Member) -> None:
    for _ in range(MOST_CONTACTS):
        _add(publisher)
    with pytest.raises(ConflictError):
        _add(publisher)


def test_who_is_removed_is_erased_and_sent_nothing_more(quick_hub: Hub, publisher: Member, other: Member) -> None:
    contact_id = _add(publisher).contact.contact_id
    other.store(urgent_indicator())
    call(quick_hub)  # no mail server: the mail waits
    remove_contact(quick_hub.exchange, publisher.principal, contact_id)
    with mail_server() as server:
        connect(quick_hub, server.relay())
        call(quick_hub)
        assert server.to(NEW.email) == []
    assert list_contacts(quick_hub.exchange, publisher.principal) == []
    with pytest.raises(NotFoundError):
        remove_contact(quick_hub.exchange, publisher.principal, contact_id)


def test_nothing_of_a_contact_is_in_any_event_and_no_refusal_repeats_it(quick_hub: Hub, publisher: Member) -> None:
    contact_id = _add(publisher).contact.contact_id
    with pytest.raises(ConflictError) as refusal:
        _add(publisher, rank=1)
    remove_contact(quick_hub.exchange, publisher.principal, contact_id)
    with quick_hub.exchange.database.read() as connection:
        recorded = [one for _, one in events.events(connection, 0, 1_000) if one.subject == contact_id]
    assert [one.event for one in recorded] == [Event.CONTACT_ADD, Event.CONTACT_REMOVE]
    assert not any(secret in f"{recorded}{refusal.value}" for secret in ("Duty", "duty@", "0100"))


def test_a_contact_is_tried_by_a_mail_and_the_list_says_what_became_of_it(
    quick_hub: Hub, publisher: Member, server: FakeMailServer
) -> None:
    contact_id = _add(publisher).contact.contact_id
    tried = try_contact(quick_hub.exchange, publisher.principal, contact_id)
    assert tried.last_mail is not None
    assert tried.last_mail.state is MailState.WAITING
    call(quick_hub)
    [record] = list_contacts(quick_hub.exchange, publisher.principal)
    assert record.last_mail is not None
    assert record.last_mail.state is MailState.SENT
    assert "Nothing awaits you" in server.to(NEW.email)[0].text


def test_a_contact_is_not_tried_again_within_a_minute(quick_hub: Hub, publisher: Member, server: FakeMailServer) -> None:
    contact_id = _add(publisher).contact.contact_id
    try_contact(quick_hub.exchange, publisher.principal, contact_id)
    with pytest.raises(ConflictError):
        try_contact(quick_hub.exchange, publisher.principal, contact_id)
    quick_hub.clock.pass_time(MINUTE)
    try_contact(quick_hub.exchange, publisher.principal, contact_id)
    call(quick_hub)
    assert len(server.to(NEW.email)) == 2


def test_without_a_mail_server_trying_is_refused(quick_hub: Hub, publisher: Member) -> None:
    with pytest.raises(ConflictError):
        try_contact(quick_hub.exchange, publisher.principal, _add(publisher).contact.contact_id)


def test_under_one_idempotency_key_things_are_done_once(quick_hub: Hub, publisher: Member, server: FakeMailServer) -> None:
    exchange, principal = quick_hub.exchange, publisher.principal
    uses = {route: key_use(principal, route, "key", b"body") for route in ("add", "try", "remove")}
    first, again = (add_contact(exchange, principal, NEW, uses["add"]) for _ in range(2))
    assert first.contact == again.contact
    for _ in range(2):
        try_contact(exchange, principal, first.contact.contact_id, uses["try"])
    call(quick_hub)
    assert len(server.to(NEW.email)) == 1
    for _ in range(2):
        remove_contact(exchange, principal, first.contact.contact_id, uses["remove"])
    assert _ranks(publisher) == []
