"""People who sign in, as the services see them: invited, set up with a password, with the codes of the exchange's own clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

import pyotp

from app.domain.partner import Principal
from app.domain.vocabulary import MemberRole
from app.services.membership.keep_persons import NewPerson, add_person
from app.services.signing_in.accept_invitation import Setup, accept_with_password, look_at_invitation
from app.services.signing_in.by_password import Shown, sign_in_by_password
from app.services.signing_in.invite import invite_person
from app.services.signing_in.sessions import SignedIn, find_session
from tests.factories.members import Hub

PASSWORD = "correct horse battery staple"
HALF_A_MINUTE = timedelta(seconds=30)


@dataclass
class SomebodySigningIn:
    """Somebody who is set up with a password."""

    hub: Hub
    person_id: str
    login: str
    codes: str = field(repr=False)
    session: str = field(repr=False)

    def code(self) -> str:
        """Give the code of now."""
        return pyotp.TOTP(self.codes).at(self.hub.clock.now)

    def sign_in(self, password: str = PASSWORD, code: str | None = None) -> str:
        """Sign in half a minute later, so that the code is a new one, and give the session's secret."""
        self.hub.clock.now += HALF_A_MINUTE
        return sign_in_by_password(self.hub.exchange, Shown(self.login, password, code or self.code()))

    def signed_in(self) -> SignedIn:
        """Give who asks through the session of the set-up."""
        return find_session(self.hub.exchange, self.session)


def new_person(hub: Hub, administrator: Principal, *roles: MemberRole) -> str:
    """Add a person and give their id."""
    added = add_person(hub.exchange, administrator, NewPerson(None, "Somebody else", frozenset(roles or {MemberRole.ANALYST})))
    return added.person.person_id


def set_up(hub: Hub, administrator: Principal, login: str = "analyst.a", *roles: MemberRole) -> SomebodySigningIn:
    """Add a person of an administrator's partner, invite them, and let them set up a password."""
    person_id = new_person(hub, administrator, *roles)
    return accept(hub, invite_person(hub.exchange, administrator, person_id).secret, login)


def accept(hub: Hub, secret: str, login: str = "analyst.a") -> SomebodySigningIn:
    """Let whoever has an invitation set up a password."""
    welcome = look_at_invitation(hub.exchange, secret)
    code = pyotp.TOTP(welcome.code_secret).at(hub.clock.now)
    session = accept_with_password(hub.exchange, secret, Setup(login, PASSWORD, code, welcome.sealed_secret))
    return SomebodySigningIn(hub, welcome.person.person_id, login, welcome.code_secret, session)


def no_secret() -> str:
    """Give a secret that nobody was given."""
    return f"bws_{secrets.token_urlsafe(32)}"
