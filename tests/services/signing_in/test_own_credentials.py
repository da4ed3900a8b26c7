from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.sign_in import SESSION_IDLES
from app.domain.vocabulary import MemberRole, Tlp
from app.services.list_pages import ListAsked
from app.services.membership.issue_credentials import NewCredential, issue_credential, revoke_credential
from app.services.signing_in.own_credentials import (
    count_own_sessions,
    end_credentials_of,
    own_credentials,
    page_of_own_tokens,
)
from app.storage import credentials
from tests.factories.members import Hub
from tests.factories.sign_ins import set_up


def test_sessions_and_tokens_are_told_apart_and_end_together(quick_hub: Hub) -> None:
    administrator = quick_hub.enrol("Platform A").administrator()
    person = set_up(quick_hub, administrator)
    person_id = str(person.signed_in().principal.credential.person_id)
    own = own_credentials(quick_hub.exchange, administrator)
    [session] = [one for one in own if one.credential.person_id == person_id]
    assert session.session is not None
    assert session.last_seen_at == session.session.seen_at
    assert session.counts(quick_hub.clock.now)
    assert not session.counts(quick_hub.clock.now + SESSION_IDLES)
    tokens = [one for one in own if one.credential.credential_id == administrator.credential.credential_id]
    assert [(one.session, one.last_seen_at) for one in tokens] == [(None, None)], "nothing was read with it"
    assert end_credentials_of(quick_hub.exchange, administrator, person_id) == 1
    assert end_credentials_of(quick_hub.exchange, administrator, person_id) == 0
    [session] = [one for one in own_credentials(quick_hub.exchange, administrator) if one.credential.person_id == person_id]
    assert not session.counts(quick_hub.clock.now + timedelta(0))


def test_tokens_come_in_pages_without_sessions_and_those_that_ended_apart(hub: Hub) -> None:
    member = hub.enrol("Platform A")
    administrator, exchange = member.administrator(), hub.exchange
    set_up(hub, administrator)
    assert count_own_sessions(exchange, administrator) == 1
    ids = []
    for _ in range(3):
        hub.clock.now += timedelta(seconds=1)
        ids.append(member.principal_with().credential.credential_id)
    revoke_credential(exchange, administrator, ids[1])
    first = page_of_own_tokens(exchange, administrator, ListAsked(None, 2))
    assert [one.credential.credential_id for one in first.rows] == [ids[2], ids[0]]
    assert [(one.session, one.counts(hub.clock.now)) for one in first.rows] == [(None, True)] * 2
    second = page_of_own_tokens(exchange, administrator, ListAsked(first.next, 2))
    tokens = [one for one in own_credentials(exchange, administrator) if one.session is None and one.counts(hub.clock.now)]
    assert sorted(tokens, key=lambda one: one.credential.credential_id) == sorted(
        [*first.rows, *second.rows], key=lambda one: one.credential.credential_id
    )
    assert page_of_own_tokens(exchange, administrator, ListAsked(second.previous, 2)) == first
    [ended] = page_of_own_tokens(exchange, administrator, ListAsked(None, 2), ended=True).rows
    assert ended.credential.credential_id == ids[1]
    hub.clock.now += SESSION_IDLES
    assert count_own_sessions(exchange, administrator) == 0


def test_a_page_of_tokens_is_its_callers_and_its_lists_own(quick_hub: Hub) -> None:
    first, second = (quick_hub.enrol(name).administrator() for name in ("Platform A", "Platform B"))
    cursor = page_of_own_tokens(quick_hub.exchange, first, ListAsked(None, 1)).next
    for who, ended in ((second, False), (first, True)):
        with pytest.raises(MalformedInputError):
            page_of_own_tokens(quick_hub.exchange, who, ListAsked(cursor, 1), ended=ended)
    for look in (count_own_sessions, lambda *args: page_of_own_tokens(*args, ListAsked(None, 1))):
        with pytest.raises(ForbiddenError):
            look(quick_hub.exchange, quick_hub.operator)


def test_another_organisations_credentials_are_not_there(quick_hub: Hub) -> None:
    first, second = (quick_hub.enrol(name).administrator() for name in ("Platform A", "Platform B"))
    ids = {one.credential.credential_id for one in own_credentials(quick_hub.exchange, second)}
    assert first.credential.credential_id not in ids
    assert end_credentials_of(quick_hub.exchange, second, str(first.credential.person_id)) == 0
    with pytest.raises(ForbiddenError):
        own_credentials(quick_hub.exchange, set_up(quick_hub, first).signed_in().principal)
    with pytest.raises(ForbiddenError):
        own_credentials(quick_hub.exchange, quick_hub.operator)


def test_whoever_ends_all_of_their_own_ends_the_one_they_act_with_last(quick_hub: Hub) -> None:
    member = quick_hub.enrol("Platform A")
    administrator = set_up(quick_hub, member.administrator(), "keeper.a", MemberRole.ADMINISTRATOR)
    acting = administrator.signed_in().principal
    person_id = str(acting.credential.person_id)
    until = quick_hub.clock.now + timedelta(hours=1)
    for _ in range(3):
        new = NewCredential(None, None, frozenset({Permission.PERSONS_READ}), None, Tlp.AMBER, until, person_id)
        issue_credential(quick_hub.exchange, acting, new)
    assert end_credentials_of(quick_hub.exchange, acting, person_id) == 4
    with quick_hub.exchange.database.read() as connection:
        held = [one for one in credentials.credentials(connection, member.id) if one.person_id == person_id]
    assert [one.revoked_at is None for one in held] == [False] * 4
