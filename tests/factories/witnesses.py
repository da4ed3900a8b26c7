"""A partner's witness key in a test's exchange, and cosignatures of it: by the services, or over its routes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from app.domain.vocabulary import KeyUsage
from app.services.membership.manage_keys import activate_key, register_key
from app.services.proving.take_cosignature import Taken, take_cosignature
from breakwater_client.trust.checkpoint import cosign_checkpoint, witness_name
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.possession import prove_possession
from tests.factories.checkpoints import make_checkpoint
from tests.factories.exchanges import Caller, FakePartner
from tests.factories.members import Hub, Member


@dataclass
class HubWitness:
    """A member that cosigns checkpoints, with a key that counts unless ``active`` is false."""

    member: Member
    active: bool = True
    key: PrivateKey = field(default_factory=PrivateKey.generate)

    def __post_init__(self) -> None:
        """Register the key."""
        hub = self.member.hub
        register_key(hub.exchange, self.member.principal, self.member.registration(self.key, KeyUsage.CHECKPOINT_COSIGNING))
        if self.active:
            activate_key(hub.exchange, hub.operator, self.key.public.keyid)

    @property
    def name(self) -> str:
        """The name under which it cosigns."""
        return witness_name(self.member.partner.identity_id)

    def cosigned(self, note: str) -> str:
        """Give a note with its cosignature of now."""
        return cosign_checkpoint(note, self.name, self.key, self.member.hub.clock.now)

    def hand_in(self, note: str) -> Taken:
        """Cosign a note and hand it in."""
        return take_cosignature(self.member.hub.exchange, self.member.principal, self.cosigned(note))


def cosigned_checkpoint(hub: Hub, *witnesses: HubWitness) -> str:
    """Have a checkpoint made and cosigned by each; gives its note without their lines."""
    note = make_checkpoint(hub.exchange)
    for one in witnesses:
        one.hand_in(note)
    return note


@dataclass
class HttpWitness:
    """A partner that cosigns checkpoints over the exchange's routes, with a key that an operator activated."""

    partner: FakePartner
    operator: Caller
    key: PrivateKey = field(default_factory=PrivateKey.generate)

    def __post_init__(self) -> None:
        """Register the key."""
        challenge = self.partner.post("keys/challenges").json["challenge"]
        proof = prove_possession(self.key, challenge, self.partner.partner_id)
        registration = {"public_key": self.key.public.to_pem().decode(), "challenge": challenge, "proof": proof}
        answer = self.partner.post("keys", registration | {"usage": KeyUsage.CHECKPOINT_COSIGNING})
        assert answer.status == HTTPStatus.CREATED, answer.body
        assert self.operator.post(f"keys/{self.key.public.keyid}/activation").status == HTTPStatus.OK

    @property
    def name(self) -> str:
        """The name under which it cosigns."""
        return witness_name(self.partner.identity_id)

    def cosign(self) -> None:
        """Cosign the newest checkpoint, and hand it in."""
        note = self.partner.get("log/checkpoint").body.decode()
        answer = self.partner.post("log/cosignatures", {"note": cosign_checkpoint(note, self.name, self.key, datetime.now(UTC))})
        assert answer.status == HTTPStatus.CREATED, answer.body
