"""Passkeys (WebAuthn level 3): what a browser is asked, and what its answer shows.

Owns the exchange's terms: the person is verified by the device (user verification), no attestation is asked for, keys are of
Ed25519, P-256 or RSA. The library checks challenge, origin, relying party and signature. Which challenge was given to whom, and
that it serves once, is the caller's. Kept by ``tests/crypto/test_passkeys.py``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import NOT_SHOWN, Passkey

_NAME = "Breakwater"
_CHALLENGE_BYTES = 32
_LONGEST_ID = 300
"""So many bytes of a passkey's id can be kept; devices make 16 to 64."""
_NOT_SHOWN_BY = (
    WebAuthnException,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)
"""What the library raises over bytes that somebody made up."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Where passkeys are good: at ``origin``, e.g. ``https://exchange.example.org``, under its host's name."""

    origin: str

    @property
    def host(self) -> str:
        """The relying party's id. Browsers take names, not addresses."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """What a browser made: id in base64url, COSE key, signature counter."""

    passkey_id: str
    public_key: bytes
    uses: int


def new_challenge() -> bytes:
    """Give 32 random bytes."""
    return secrets.token_bytes(_CHALLENGE_BYTES)


def creation_options(party: RelyingParty, person_id: str, login: str, known: Iterable[str], challenge: bytes) -> str:
    """Give the JSON by which a browser makes a passkey for this person; none on a device that holds one of ``known``."""
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=_NAME,
        user_id=person_id.encode(),
        user_name=login,
        user_display_name=login,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return webauthn.options_to_json(options)


def made_passkey(party: RelyingParty, answer: str, challenge: bytes) -> NewPasskey:
    """Give the passkey that a browser's ``answer`` (unverified JSON) shows to be made over ``challenge``.

    Raises:
        UnauthenticatedError: it shows no such thing.
    """
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))  # the library does not look
    except _NOT_SHOWN_BY as exc:
        raise UnauthenticatedError(NOT_SHOWN) from exc
    if len(made.credential_id) > _LONGEST_ID:
        raise UnauthenticatedError(NOT_SHOWN)
    return NewPasskey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def request_options(party: RelyingParty, challenge: bytes, known: Iterable[str] = ()) -> str:
    """Give the JSON by which a browser asks for a passkey: one of ``known``, or any that it has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def named_passkey(answer: str) -> str:
    """Give the id of the passkey that an ``answer`` (unverified JSON) says it is of; NOT that it is.

    Raises:
        UnauthenticatedError: it names none.
    """
    try:
        return bytes_to_base64url(webauthn.helpers.parse_authentication_credential_json(answer).raw_id)
    except _NOT_SHOWN_BY as exc:
        raise UnauthenticatedError(NOT_SHOWN) from exc


def uses_after(party: RelyingParty, answer: str, challenge: bytes, passkey: Passkey) -> int:
    """Give the signature counter of a passkey after an ``answer`` (unverified JSON) that it signed over ``challenge``.

    Raises:
        UnauthenticatedError: it did not sign it, or its counter went back, as that of a copy does.
    """
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.uses,
            require_user_verification=True,
        )
    except _NOT_SHOWN_BY as exc:
        raise UnauthenticatedError(NOT_SHOWN) from exc
    return shown.new_sign_count
