"""Bodies of the routes of keys: challenges, registrations, rotations, ends, and the JSON Web Key Set.

Kept by ``tests/http/test_key_payloads.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from app.domain.vocabulary import KeyAlgorithm, KeyState, KeyUsage
from app.http.fields import Moment, Word
from app.http.payloads import EnvelopePayload, Strict
from app.services.membership.look_up_keys import public_pem
from app.services.membership.manage_keys import KeyRegistration
from app.services.membership.rotate_keys import KeyRotation


class ChallengePayload(Schema):
    """A nonce over which possession of a key is proved, for ``partner_id``, until ``expires_at``."""

    challenge = fields.String(required=True)
    partner_id = fields.String(required=True)
    expires_at = Moment(required=True)


class NewKeyPayload(Strict):
    """A public key (PEM) with the proof, base64, that its holder made over the challenge, and what it is to sign."""

    public_key = fields.String(required=True, validate=validate.Length(max=4096))
    challenge = fields.String(required=True, validate=validate.Length(max=64))
    proof = fields.String(required=True, validate=validate.Length(max=256))
    usage = Word(KeyUsage, load_default=KeyUsage.OBJECT_SIGNING)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> KeyRegistration:
        return KeyRegistration(**values)


class Pem(fields.String):
    """A public key on the wire: PEM of its SubjectPublicKeyInfo."""

    def _serialize(self, value: bytes, *_: Any, **__: Any) -> str:  # type: ignore[override]  # of keys only
        return public_pem(value)


class KeyPayload(Schema):
    """A registered key; ``public_key`` in PEM. It counts while ``active`` and within its dates, by the exchange's clock."""

    keyid = fields.String(required=True)
    partner_id = fields.String(required=True)
    usage = Word(KeyUsage, required=True)
    algorithm = Word(KeyAlgorithm, required=True)
    public_key = Pem(required=True)
    state = Word(KeyState, required=True)
    registered_at = Moment(required=True)
    changed_at = Moment(required=True)
    not_before = Moment(required=True, allow_none=True)
    not_after = Moment(required=True, allow_none=True)
    activated_at = Moment(required=True, allow_none=True)
    compromised_since = Moment(required=True, allow_none=True)
    reported_at = Moment(required=True, allow_none=True)
    replaces = fields.String(required=True, allow_none=True)


class KeyOwnerPayload(Schema):
    """Whose key it is; ``identity_id`` is the ``signer`` that its signatures must name."""

    id = fields.String(attribute="partner_id", required=True)
    name = fields.String(required=True)
    identity_id = fields.String(required=True)


class KnownKeyPayload(Schema):
    """A key and its owner, as whoever verifies needs them."""

    key = fields.Nested(KeyPayload, required=True)
    owner = fields.Nested(KeyOwnerPayload, required=True)


class KnownKeysPayload(Schema):
    """Keys, oldest first."""

    keys = fields.List(fields.Nested(KnownKeyPayload), required=True)


class RotationPayload(Strict):
    """A new key with its proof, as for registering, and `rotation`: the DSSE envelope in which the old key signs for it."""

    public_key = fields.String(required=True, validate=validate.Length(max=4096))
    challenge = fields.String(required=True, validate=validate.Length(max=64))
    proof = fields.String(required=True, validate=validate.Length(max=256))
    rotation = fields.Nested(EnvelopePayload, required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> KeyRotation:
        envelope = values.pop("rotation")
        return KeyRotation(KeyRegistration(**values), envelope)


@dataclass(frozen=True, slots=True)
class End:
    """When a key is to end; None: now."""

    retire_at: datetime | None


class RetirementPayload(Strict):
    """When a key is to end, now if it does not say."""

    retire_at = Moment(load_default=None, allow_none=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> End:
        return End(**values)


@dataclass(frozen=True, slots=True)
class Report:
    """Since when a key is in other hands."""

    since: datetime


class CompromisePayload(Strict):
    """Since when a key is in other hands: what was logged from then on is withdrawn and recalled."""

    since = Moment(required=True)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Report:
        return Report(**values)


class CompromisedPayload(Schema):
    """What a report of a compromise took along: `also` are keys that fell with it; recalls are found under `/recalls`.

    `submissions` are ids of what was sent with a key that signs requests, in the window: look them through. At most 1,000 ids are
    listed of each; the counts are of all.

    `successors` have their right to count from the key, since before the window, and count on: are they yours? `credentials` were
    issued in the window with a key that fell, and are revoked. `audiences` were signed with it in the window, and stay.
    """

    key = fields.Nested(KeyPayload, required=True)
    also = fields.List(fields.Nested(KeyPayload), required=True)
    withdrawn = fields.Integer(required=True)
    recalls = fields.List(fields.String(), required=True)
    submissions = fields.List(fields.String(), required=True)
    submission_count = fields.Integer(required=True)
    successors = fields.List(fields.Nested(KeyPayload), required=True)
    credentials = fields.List(fields.String(), required=True)
    audiences = fields.List(fields.String(), required=True)


class WebKeyPayload(Schema):
    """A public key that counts (RFC 7517, RFC 8037), with its usage and the STIX identity of its owner; ``kid`` is the keyid."""

    kid = fields.String(required=True)
    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    y = fields.String()
    alg = fields.String(required=True)
    use = fields.String(required=True)
    usage = Word(KeyUsage, required=True)
    owner = fields.String(required=True)


class WebKeysPayload(Schema):
    """A JSON Web Key Set."""

    keys = fields.List(fields.Nested(WebKeyPayload), required=True)
