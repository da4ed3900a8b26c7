from __future__ import annotations

import json

from app.domain.permissions import Permission
from app.services.authenticate import require
from app.services.signing_in.by_passkey import Made, accept_with_passkey, begin_by_invitation
from app.services.signing_in.invite import invite_here
from app.services.signing_in.sessions import find_session
from tests.factories.authenticators import Authenticator, challenge_of
from tests.factories.members import Hub


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
