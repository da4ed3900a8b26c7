from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.errors import ForbiddenError, UnauthenticatedError
from app.domain.permissions import Permission
from app.domain.sign_in import STEP_UP_HOLDS
from app.services.authenticate import require
from app.services.signing_in.by_passkey import (
    Made,
    accept_with_passkey,
    add_another,
    begin_another,
    begin_by_invitation,
    remove_passkey,
)
from app.services.signing_in.invite import invite_here
from app.services.signing_in.sessions import end_session, find_session
from tests.factories.authenticators import Authenticator, challenge_of
from tests.factories.members import Hub
from tests.factories.sign_ins import set_up


def test_who_is_invited_makes_a_passkey_under_a_name_however_it_is_spelled(hub: Hub) -> None:
    person = hub.another_operator().person
    assert person is not None
    secret = invite_here(hub.exchange, person.person_id).secret
    device = Authenticator(hub.exchange.duty.portal_origin)
    options = begin_by_invitation(hub.exchange, secret, " Operator.B ")
    assert json.loads(options)["user"]["name"] == "operator.b"
    made = Made(device.make(options), challenge_of(options), "Device A")
    signed_in = find_session(hub.exchange, accept_with_passkey(hub.exchange, secret, " Operator.B ", made))
    assert signed_in.principal.person == person
    require(signed_in.principal, Permission.PERSONS_WRITE)


def test_a_session_that_was_ended_meanwhile_adds_and_removes_no_passkey(quick_hub: Hub) -> None:
    somebody = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    signed_in, device = somebody.signed_in(), Authenticator(quick_hub.exchange.duty.portal_origin)
    options = begin_another(quick_hub.exchange, signed_in)
    made = Made(device.make(options), challenge_of(options), "Device A")
    end_session(quick_hub.exchange, signed_in)
    with pytest.raises(UnauthenticatedError):
        add_another(quick_hub.exchange, signed_in, made)
    with pytest.raises(UnauthenticatedError):
        remove_passkey(quick_hub.exchange, signed_in, "none")


def test_a_session_that_is_fresh_no_more_adds_no_passkey(quick_hub: Hub) -> None:
    somebody = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    signed_in, device = somebody.signed_in(), Authenticator(quick_hub.exchange.duty.portal_origin)
    quick_hub.clock.now += STEP_UP_HOLDS - timedelta(seconds=1)
    options = begin_another(quick_hub.exchange, signed_in)
    made = Made(device.make(options), challenge_of(options), "Device A")
    quick_hub.clock.now += timedelta(seconds=1)
    with pytest.raises(ForbiddenError):
        add_another(quick_hub.exchange, signed_in, made)
    quick_hub.clock.now -= timedelta(seconds=1)
    add_another(quick_hub.exchange, signed_in, made)
