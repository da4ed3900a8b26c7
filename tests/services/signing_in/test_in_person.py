"""Who asks in person: whose token was issued by whom, as a chain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Code, ForbiddenError
from app.domain.partner import Principal
from app.domain.permissions import Permission
from app.domain.recovery import NEWCOMER_FOR
from app.domain.vocabulary import MemberRole, Tlp
from app.services.authenticate import authenticate
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.membership.keep_persons import Roles, change_roles
from app.services.signing_in.in_person import is_in_person, lately, others_who_know, require_in_person
from app.services.signing_in.recover import agree_to_recovery
from tests.factories.members import Hub
from tests.factories.sign_ins import new_person
from tests.services.signing_in.test_recover import office_of, signed_in


def issued(hub: Hub, by: Principal, person_id: str) -> Principal:
    """Give somebody with a token that another, or they themselves, issued in their name."""
    scopes = frozenset({Permission.PERSONS_WRITE, Permission.CREDENTIALS_WRITE})
    new = NewCredential(None, None, scopes, None, Tlp.AMBER, None, person_id)
    return authenticate(hub.exchange, issue_credential(hub.exchange, by, new).token)


def test_a_session_and_what_its_person_made_with_it_are_the_person(quick_hub: Hub) -> None:
    office = office_of(quick_hub)
    own = issued(quick_hub, office.administrator, office.first.person_id)
    for one in (office.administrator, own, issued(quick_hub, own, office.first.person_id), quick_hub.operator):
        with quick_hub.exchange.database.read() as connection:
            assert is_in_person(connection, one)
            require_in_person(connection, one)


def test_the_second_of_two_is_no_token_that_the_first_or_an_operator_issued(hub: Hub) -> None:
    office = office_of(hub)
    proposed = office.propose()
    borrowed = issued(hub, office.administrator, office.second.person_id)
    laundered = issued(hub, borrowed, office.second.person_id)
    by_operator = issued(hub, hub.operator, office.second.person_id)
    for one in (borrowed, laundered, by_operator):
        for act in (lambda: agree_to_recovery(hub.exchange, one, proposed.recovery_id), lambda: office.propose(one)):  # noqa: B023  # at once
            with pytest.raises(ForbiddenError) as refused:
                act()
            assert refused.value.code is Code.SECOND_PERSON_NEEDED
    assert agree_to_recovery(hub.exchange, signed_in(office.second), proposed.recovery_id)


def test_an_issuer_that_is_no_longer_kept_is_nobody_known(quick_hub: Hub) -> None:
    office = office_of(quick_hub)
    orphan = replace(office.administrator.credential, issued_by="00000000-0000-4000-8000-000000000000")
    with quick_hub.exchange.database.read() as connection:
        assert others_who_know(connection, orphan) == {None}


def test_who_got_a_role_that_keeps_people_is_told_for_three_days(quick_hub: Hub) -> None:
    office = office_of(quick_hub)
    one, other = (new_person(quick_hub, office.administrator) for _ in range(2))
    for person_id, role in ((one, MemberRole.ADMINISTRATOR), (other, MemberRole.REVIEWER)):
        change_roles(quick_hub.exchange, office.administrator, person_id, Roles(frozenset({role})))
    with quick_hub.exchange.database.read() as connection:
        assert lately(connection, quick_hub.clock.now).changed == {one}
        assert not lately(connection, quick_hub.clock.now + NEWCOMER_FOR).changed
