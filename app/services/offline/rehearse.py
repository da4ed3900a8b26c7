"""A partner's dry run: the checks that a submission goes through before policy, on the partner's own machine.

Owns what of an exchange is known there, and the words for what is not. The checks are ``examine``'s, which the exchange runs.
Needs no exchange, no database and no network. Kept by ``tests/services/offline/test_rehearse.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.errors import BreakwaterError
from app.domain.vocabulary import KeyState, Profile
from app.services.intake.examine import Examination, Signer, examine, examine_without_keys
from breakwater_client.documents.strict_json import parse
from breakwater_client.submission import ObjectResult, Refusal
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.verifying.known_keys import KnownSigner

_KEYS = "Signatures and keys: of signatures the form alone was looked at; give known keys to have them verified."
_KEYS_IF_SIGNED = (
    "Signatures and keys, where an object is signed: the form alone was looked at; give known keys to have them verified."
)
_KEYS_TODAY = "Whether the exchange counts these keys today, and whose objects you may pass on."
_POLICY = "Policy: your agreement, which may admit other profiles and assurances than were given here, by harm and sensitivity."
_POLICY_AS_AGREED = (
    "Policy: which harms and sensitivities your agreement lets you submit, and which of them it wants signed; its profiles and "
    "assurances were gone by."
)
_OTHERS = (
    "Markings: whether the audiences they name exist and are yours, and whom they reach; so also who may name persons.",
    "What the exchange holds: versions stored already, other content under the same version, and references to it.",
)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a dry run goes by: an examination as the exchange might make it, and whether it has keys to verify with.

    ``as_agreed``: profiles and assurances are those of the agreement.
    """

    examination: Examination
    has_keys: bool
    as_agreed: bool = False

    @classmethod
    def by(
        cls, profiles: Iterable[Profile], known_keys: Iterable[KnownSigner] | None = None, *, takes_unsigned: bool
    ) -> Rehearsal:
        """Go by these profiles, and by the keys that were active when they were fetched (None: none are known)."""
        signers = {one.key.keyid: Signer("", one.identity_id or "", one.key) for one in known_keys or () if _counts(one)}
        return cls(Examination("", frozenset(profiles), takes_unsigned, signers, datetime.now(UTC)), known_keys is not None)

    def with_catalogue(self, catalogue: Catalogue) -> Rehearsal:
        """Go by this release of the catalogue, and not by the one that comes with the program."""
        return replace(self, examination=replace(self.examination, catalogue=catalogue))

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Say what the exchange checks beyond this."""
        keys = _KEYS_IF_SIGNED if self.examination.takes_unsigned else _KEYS
        policy = _POLICY_AS_AGREED if self.as_agreed else _POLICY
        return (_KEYS_TODAY if self.has_keys else keys, policy, *_OTHERS)

    def why_refused(self, value: dict[str, Any]) -> Refusal | None:
        """Give the exchange's refusal of an object (strictly parsed, unverified), or None; the pointer is within the object.

        It is looked at in canonical order, as ``submit`` sends it: the screen reads together what stands together.
        """
        try:
            value = parse(canonical_bytes(value))
        except BreakwaterError as fault:
            return Refusal.of(fault)
        if not self.has_keys:
            return examine_without_keys("", value, self.examination)
        examined = examine("", value, self.examination)
        return examined.refusal if isinstance(examined, ObjectResult) else None


def _counts(known: KnownSigner) -> bool:
    return known.state == KeyState.ACTIVE and known.identity_id is not None
