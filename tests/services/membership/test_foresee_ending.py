"""What ends with a key, or with who keeps persons no more, foreseen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ConflictError, ForbiddenError, NotFoundError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.vocabulary import MemberRole, Tlp
from app.services.membership.foresee_ending import KeyEnding, MadeForOthers, foresee_ending, foresee_keeping_end
from app.services.membership.issue_credentials import NewCredential, issue_credential, revoke_credential
from app.services.membership.keep_persons import record_departure
from app.services.signing_in.invite import invite_person
from app.storage import credentials
from tests.factories.members import Hub, Member


def _keyid(hub: Hub, member: Member) -> str:
    with hub.exchange.database.read() as connection:
        return credentials.keys(connection, member.id)[0].keyid


def test_the_last_key_of_its_use_is_said_to_be_that(quick_hub: Hub, publisher: Member) -> None:
    keyid = _keyid(quick_hub, publisher)
    assert foresee_ending(quick_hub.exchange, publisher.principal, keyid) == KeyEnding(others=0, credentials=0)
    assert foresee_ending(quick_hub.exchange, quick_hub.operator, keyid) == KeyEnding(others=0, credentials=0)


def test_anothers_key_is_not_there(quick_hub: Hub, publisher: Member, other: Member) -> None:
    for keyid in (_keyid(quick_hub, other), "0" * 64):
        with pytest.raises(NotFoundError):
            foresee_ending(quick_hub.exchange, publisher.principal, keyid)


def test_what_a_person_made_for_others_is_counted_while_it_counts(quick_hub: Hub, publisher: Member) -> None:
    exchange, first = quick_hub.exchange, publisher.administrator()
    keeper = publisher.person(first, MemberRole.ADMINISTRATOR)
    invited, again, analyst = (_id(publisher.person(first, MemberRole.ANALYST)) for _ in range(3))

    def issue(name: str | None, person_id: str | None, hours: int = 1) -> str:
        until, scopes = quick_hub.clock.now + timedelta(hours=hours), frozenset({Permission.OBJECTS_READ})
        new = NewCredential(None, name, scopes, None, Tlp.AMBER, until, person_id)
        return issue_credential(exchange, keeper, new).credential.credential_id

    def made() -> MadeForOthers:
        return foresee_keeping_end(exchange, first, _id(keeper))

    assert made() == MadeForOthers(0, 0, ())
    for one in (invited, again, again):
        invite_person(exchange, keeper, one)
    issue("feed", None)
    issue("bulk", None)
    issue(None, _id(keeper))
    revoked, _ = issue(None, analyst), issue(None, analyst)
    assert made() == MadeForOthers(2, 2, ("bulk", "feed")), "an earlier invitation of the same person ended; their own counts not"
    revoke_credential(exchange, first, revoked)
    assert made().tokens == 1
    quick_hub.clock.pass_time(timedelta(hours=73))
    assert made() == MadeForOthers(0, 0, ())


def test_of_whom_one_does_not_keep_nothing_is_foreseen(quick_hub: Hub, publisher: Member, other: Member) -> None:
    first = publisher.administrator()
    analyst = publisher.person(first, MemberRole.ANALYST)
    with pytest.raises(NotFoundError):
        foresee_keeping_end(quick_hub.exchange, other.administrator(), _id(analyst))
    with pytest.raises(ForbiddenError):
        foresee_keeping_end(quick_hub.exchange, quick_hub.operator, _id(analyst))
    record_departure(quick_hub.exchange, first, _id(analyst))
    with pytest.raises(ConflictError):
        foresee_keeping_end(quick_hub.exchange, first, _id(analyst))


def _id(person: Principal) -> str:
    return str(person.credential.person_id)
