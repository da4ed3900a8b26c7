"""People of a hub with a provider of the test, on the level of services: leaving, coming back, adding an account."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from app.domain.openid import OpenIdAttempt, OpenIdProvider
from app.egress.provider_calls import ProviderCalls
from app.services.signing_in.ask_provider import Returned
from app.services.signing_in.by_openid import sign_in_by_openid
from app.services.signing_in.openid_attempts import Leaving, begin_adding, begin_sign_in, take_attempt
from app.services.signing_in.own_accounts import add_account
from app.services.signing_in.sessions import SignedIn
from tests.factories.members import Hub
from tests.factories.openid_providers import Simulator


@dataclass
class OpenIdHub:
    """A hub that offers a provider, whose clock is the hub's."""

    hub: Hub
    known: Simulator

    def __post_init__(self) -> None:
        """Offer it."""
        exchange = self.hub.exchange
        calls = ProviderCalls(self.known.egress(call_seconds=60))
        self.hub.exchange = replace(exchange, providers=(self.known.provider(),), provider_calls=calls)

    def returned(self, leaving: Leaving, **changes: str) -> Returned:
        """Let somebody who left sign in there, and give with what they come back; ``changes`` are of that."""
        self.known.clock_ahead = self.hub.clock.now.timestamp() - time.time()
        query = parse_qs(urlsplit(self.known.comes_back(leaving.address)).query)
        said = {name: query.get(name, [""])[0] for name in ("state", "code", "iss", "error")}
        came = Returned(self.known.name, said["state"], said["code"], said["iss"], said["error"], leaving.secret)
        return replace(came, **changes)

    def away_to_add(self, signed_in: SignedIn) -> tuple[OpenIdProvider, OpenIdAttempt, Returned]:
        """Let somebody leave to add an account and come back, up to where it is added."""
        came = self.returned(begin_adding(self.hub.exchange, signed_in, self.known.name))
        return *take_attempt(self.hub.exchange, came), came

    def add(self, signed_in: SignedIn) -> None:
        """Let somebody add the account of the provider's subject."""
        add_account(self.hub.exchange, signed_in, *self.away_to_add(signed_in))

    def sign_in(self, network: str | None = None) -> str:
        """Let whoever is the provider's subject sign in, and give the session's secret."""
        came = self.returned(begin_sign_in(self.hub.exchange, self.known.name, "", network))
        provider, _ = take_attempt(self.hub.exchange, came)
        return sign_in_by_openid(self.hub.exchange, provider, came, network)
