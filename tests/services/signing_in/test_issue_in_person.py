from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, MalformedInputError
from app.domain.permissions import Permission
from app.domain.sign_in import STEP_UP_HOLDS, Method
from app.domain.vocabulary import Tlp
from app.services.membership.issue_credentials import NewCredential, issue_credential
from app.services.signing_in.issue_in_person import LONGEST_DAYS, issue_in_person
from app.services.signing_in.sessions import SignedIn, find_session, open_session
from tests.factories.members import Hub

NEW = NewCredential(None, "feed reader", frozenset({Permission.OBJECTS_READ}), None, Tlp.AMBER, None)


def _administrator(hub: Hub) -> SignedIn:
    """Give an administrator who has just signed in."""
    who = hub.enrol("Platform A").administrator().person
    assert who is not None
    with hub.exchange.database.write() as connection:
        secret = open_session(connection, who, Method.PASSKEY, hub.clock.now)
    return find_session(hub.exchange, secret)


def test_a_person_who_has_just_shown_who_they_are_issues_for_longer_than_their_session(quick_hub: Hub) -> None:
    signed_in = _administrator(quick_hub)
    issued = issue_in_person(quick_hub.exchange, signed_in, NEW, LONGEST_DAYS)
    assert issued.credential.expires_at == quick_hub.clock.now + timedelta(days=LONGEST_DAYS)
    assert issued.credential.issued_by == signed_in.principal.credential.credential_id
    with pytest.raises(ForbiddenError, match="a later end"):
        issue_credential(quick_hub.exchange, signed_in.principal, replace(NEW, expires_at=issued.credential.expires_at))


@pytest.mark.parametrize("days", [0, -1, LONGEST_DAYS + 1])
def test_no_longer_than_a_year(quick_hub: Hub, days: int) -> None:
    with pytest.raises(MalformedInputError):
        issue_in_person(quick_hub.exchange, _administrator(quick_hub), NEW, days)


def test_a_screen_that_is_found_open_issues_nothing(quick_hub: Hub) -> None:
    signed_in = _administrator(quick_hub)
    quick_hub.clock.now += STEP_UP_HOLDS
    with pytest.raises(ForbiddenError):
        issue_in_person(quick_hub.exchange, signed_in, NEW, 1)


def test_nobody_issues_more_than_they_hold(quick_hub: Hub) -> None:
    with pytest.raises(ForbiddenError):
        issue_in_person(quick_hub.exchange, _administrator(quick_hub), replace(NEW, scopes=frozenset({Permission.WORK_READ})), 1)
