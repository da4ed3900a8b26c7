"""Those concerned are warned some days before, once each, by letters that name the request alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.paging import MailKind
from app.domain.partner_request import RequestOutcome
from app.services.requesting.answer import NewAnswer, answer_request
from app.services.requesting.start_clock import close_request, start_clock
from app.services.requesting.watch_clocks import WATCH_CLOCKS, watch_clocks
from app.services.working.kinds import PERIODIC
from app.storage import contacts, mails
from breakwater_client.instant import instant_text
from tests.factories.members import Hub, Member
from tests.factories.partner_requests import request_of
from tests.factories.urgent import add_contacts

DAY = timedelta(days=1)


def warned(hub: Hub, at: datetime, *members: Member) -> list[int]:
    """Look at a moment, and give how many mails each member's first contact has by then."""
    hub.clock.now = at
    with hub.exchange.database.write() as connection:
        assert watch_clocks(connection, {}, at) == at + timedelta(hours=1)
        found = []
        for one in members:
            first = contacts.contacts(connection, one.id)[0].contact_id
            sent = connection.execute(mails.mail.select().where(mails.mail.c.kind == MailKind.REQUEST)).all()
            found.append(sum(row.contact_id == first for row in sent))
        return found


def test_it_is_periodic_work() -> None:
    assert WATCH_CLOCKS in PERIODIC


def test_who_has_not_answered_is_warned_and_then_who_preserves_and_who_asked(
    quick_hub: Hub, agency: Member, platform: Member
) -> None:
    for one in (agency, platform):
        add_contacts(one)
    start = quick_hub.clock.now
    times = {"respond_by": instant_text(start + 20 * DAY), "preserve_until": instant_text(start + 80 * DAY)}
    value = request_of("preservation-request", [platform.partner.identity_id], start, **times)
    agency.store(value)
    made = start_clock(quick_hub.exchange, agency.principal, value["id"], "us-2703-f")
    assert warned(quick_hub, start + 5 * DAY, agency, platform) == [0, 0]
    assert warned(quick_hub, start + 7 * DAY, agency, platform) == [0, 1]
    assert warned(quick_hub, start + 7 * DAY, agency, platform) == [0, 1]
    answer_request(quick_hub.exchange, platform.reader(), made.request_id, NewAnswer(RequestOutcome.PRESERVED))
    assert warned(quick_hub, start + 18 * DAY, agency, platform) == [0, 1]
    assert warned(quick_hub, start + 67 * DAY, agency, platform) == [1, 2]
    close_request(quick_hub.exchange, agency.principal, made.request_id)
    assert warned(quick_hub, start + 79 * DAY, agency, platform) == [1, 2]
