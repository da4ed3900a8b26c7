"""Verifying offline: each step, both ways."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.vocabulary import KeyUsage
from breakwater_client.documents.published import tlp_markings
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from breakwater_client.verifying.known_keys import KnownSigner
from breakwater_client.verifying.verdicts import FailedSignature, Level, Verdict, VerifiedSignature
from breakwater_client.verifying.verify_objects import OBJECT_STEPS, Evidence, named_keyids, named_signer, verify_document
from breakwater_client.verifying.verify_receipts import ATTESTATION_STEPS, RECEIPT_STEPS, VerifiedAttestation
from tests.factories.stix_objects import indicator

SIGNER = "identity--8c4f2f6e-6d2b-4f0e-9a35-0c8f3b1f7a10"
OTHER = "identity--11111111-1111-4111-8111-111111111111"
KEY, OTHER_KEY = PrivateKey.generate(), PrivateKey.generate()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KNOWN = [KnownSigner(KEY.public, SIGNER, "active")]


def signed(**changes: Any) -> dict[str, Any]:
    return sign_object(indicator(**changes), KEY, signer=SIGNER, signed_at=NOW)


def verdict_on(value: dict[str, Any], signers: Sequence[KnownSigner] = KNOWN) -> Verdict:
    [verdict] = verify_document(json.dumps(value).encode(), signers)
    return verdict


def test_a_signed_object_is_verified_as_what_it_is() -> None:
    value = signed(created_by_ref=SIGNER)
    verdict = verdict_on(value)
    assert isinstance(verdict, VerifiedSignature)
    assert (verdict.level, verdict.stix_id, verdict.signer, verdict.keyid) == (
        Level.SIGNED,
        value["id"],
        SIGNER,
        KEY.public.keyid,
    )
    assert (verdict.signed_at, verdict.key_state) == ("2026-03-01T12:00:00Z", "active")


def test_a_published_object_needs_no_signature() -> None:
    verdict = verdict_on(tlp_markings()[0], [])
    assert isinstance(verdict, VerifiedSignature)
    assert verdict.level is Level.PUBLISHED


CHANGED = signed() | {"confidence": 1}
FOREIGN_CREATOR = signed() | {"created_by_ref": OTHER}
FALSE_MARKING = tlp_markings()[0] | {"name": "mine"}


@pytest.mark.parametrize(
    ("value", "signers", "step", "code"),
    [
        (indicator(), KNOWN, 2, Code.SIGNATURE_MISSING),
        (FALSE_MARKING, KNOWN, 2, Code.PROFILE_VIOLATION),
        (signed(), [], 3, Code.KEY_NOT_ACCEPTED),
        (signed(), [KnownSigner(OTHER_KEY.public, SIGNER)], 3, Code.KEY_NOT_ACCEPTED),
        (signed(), [KnownSigner(KEY.public, None)], 4, Code.SIGNER_MISMATCH),
        (signed(), [KnownSigner(KEY.public, OTHER)], 4, Code.SIGNER_MISMATCH),
        (FOREIGN_CREATOR, KNOWN, 4, Code.SIGNER_MISMATCH),
        (CHANGED, KNOWN, 5, Code.SIGNATURE_INVALID),
    ],
)
def test_each_step_fails_by_its_number(value: dict[str, Any], signers: list[KnownSigner], step: int, code: Code) -> None:
    verdict = verdict_on(value, signers)
    assert isinstance(verdict, FailedSignature)
    assert (verdict.step, verdict.refusal.code) == (step, code)


def test_one_bad_object_does_not_hide_the_others() -> None:
    raw = json.dumps({"type": "bundle", "objects": [CHANGED, signed()]}).encode()
    bad, good = verify_document(raw, KNOWN)
    assert isinstance(bad, FailedSignature)
    assert isinstance(good, VerifiedSignature)
    assert (bad.place, good.place) == ("/objects/0", "/objects/1")


@pytest.mark.parametrize("form", ['{"type": "bundle", "objects": [%s]}', "%s\n"], ids=["bundle", "lines"])
def test_an_object_that_cannot_be_read_fails_at_the_first_step_and_does_not_hide_the_others(form: str) -> None:
    good = json.dumps(signed())
    text = form % ("\n" if form.startswith("%") else ",").join([good, '{"id": "a", "id": "b"}', good])
    first, bad, last = verify_document(text.encode(), KNOWN)
    assert isinstance(bad, FailedSignature)
    assert (bad.step, bad.stix_id, bad.refusal.code) == (1, None, Code.JSON_DUPLICATE_KEY)
    assert isinstance(first, VerifiedSignature)
    assert isinstance(last, VerifiedSignature)


@pytest.mark.parametrize("extensions", [5, None, True, "x", [], [1], {}])
def test_extensions_of_another_shape_fail_alone(extensions: object) -> None:
    raw = "\n".join(map(json.dumps, [signed(), indicator() | {"extensions": extensions}, signed()])).encode()
    first, bad, last = verify_document(raw, KNOWN)
    assert isinstance(bad, FailedSignature)
    assert (bad.step, bad.refusal.code) == (2, Code.SIGNATURE_MISSING)
    assert isinstance(first, VerifiedSignature)
    assert isinstance(last, VerifiedSignature)


def test_an_object_without_an_id_can_still_fail() -> None:
    verdict = verdict_on({"type": "indicator", "id": 7})
    assert isinstance(verdict, FailedSignature)
    assert verdict.stix_id is None


def test_steps_are_numbered_and_each_says_what_it_does_not_check() -> None:
    for steps in (OBJECT_STEPS, RECEIPT_STEPS, ATTESTATION_STEPS):
        assert [step.number for step in steps] == list(range(1, len(steps) + 1))
        assert all(step.checked and step.not_checked for step in steps)


def test_the_keys_and_the_signer_that_objects_name_are_found() -> None:
    raw = json.dumps({"objects": [signed(), indicator(), signed()]}).encode()
    assert named_keyids(raw) == [KEY.public.keyid]
    assert (named_signer(signed()), named_signer(indicator())) == (SIGNER, None)


# --- objects that nobody signed ---------------------------------------------------------------------------------------------


THIRD = "identity--33333333-3333-4333-8333-333333333333"


def attested(value: dict[str, Any], unsigned_from: tuple[str, ...] = (), **changes: Any) -> Verdict:
    """Give the verdict on an unsigned object with an attestation of another or the same content, of somebody without a key."""
    digest = hashlib.sha256(canonical_bytes(value)).hexdigest()
    document = {"id": value["id"], "identity": THIRD, "payload_digest": digest} | changes
    given = {document["payload_digest"]: VerifiedAttestation(document, KEY.public.keyid)}
    [verdict] = verify_document(json.dumps(value).encode(), KNOWN, Evidence(given, unsigned_from=unsigned_from))
    return verdict


def test_an_unsigned_object_is_attested_by_the_exchange_alone() -> None:
    for claims in ({}, {"created_by_ref": THIRD}, {"created_by_ref": "identity--44444444-4444-4444-8444-444444444444"}):
        verdict = attested(indicator(**claims))
        assert isinstance(verdict, VerifiedSignature)
        assert (verdict.level, verdict.signer, verdict.keyid) == (Level.CHANNEL_ATTESTED, THIRD, KEY.public.keyid)


@pytest.mark.parametrize(("sender", "creator"), [(SIGNER, SIGNER), (SIGNER, THIRD), (THIRD, SIGNER)])
def test_for_whoever_has_a_key_the_exchange_alone_speaks_only_if_the_sender_is_named(sender: str, creator: str) -> None:
    value = indicator(created_by_ref=creator)
    refused = attested(value, identity=sender)
    assert isinstance(refused, FailedSignature)
    assert (refused.step, refused.refusal.code) == (2, Code.SIGNATURE_MISSING)
    named = attested(value, (sender,), identity=sender)
    assert isinstance(named, VerifiedSignature)
    assert (named.level, named.signer) == (Level.CHANNEL_ATTESTED, sender)
    if creator != sender:
        assert isinstance(attested(value, (creator,), identity=sender), FailedSignature)


@pytest.mark.parametrize("changes", [{"payload_digest": "0" * 64}, {"id": "indicator--1"}])
def test_an_attestation_of_another_object_attests_nothing(changes: dict[str, Any]) -> None:
    verdict = attested(indicator(), **changes)
    assert isinstance(verdict, FailedSignature)
    assert (verdict.step, verdict.refusal.code) == (2, Code.SIGNATURE_MISSING)


def test_an_attestation_does_not_stand_for_a_signature_that_fails() -> None:
    value = signed() | {"name": "Changed"}
    assert isinstance(attested(value), FailedSignature)


# --- notices of recalls -------------------------------------------------------------------------------------------------------

NOTICE = sign_object(indicator() | {"type": "recall-notice"}, KEY, signer=SIGNER, signed_at=NOW)
STATES, PUBLISHES = (
    [KnownSigner(KEY.public, SIGNER, usage=usage)] for usage in (KeyUsage.STATEMENT_SIGNING, KeyUsage.OBJECT_SIGNING)
)


def test_a_notice_is_verified_with_the_key_of_the_exchanges_statements() -> None:
    verdict = verdict_on(NOTICE, STATES)
    assert isinstance(verdict, VerifiedSignature)
    assert (verdict.level, verdict.signer) == (Level.SIGNED, SIGNER)


@pytest.mark.parametrize(("value", "signers"), [(NOTICE, PUBLISHES), (signed(), STATES)])
def test_a_partners_key_signs_no_notice_and_the_exchanges_nothing_else(value: Any, signers: list[KnownSigner]) -> None:
    verdict = verdict_on(value, signers)
    assert isinstance(verdict, FailedSignature)
    assert (verdict.step, verdict.refusal.code) == (4, Code.SIGNER_MISMATCH)


def test_a_key_of_which_nobody_said_what_it_is_for_signs_either() -> None:
    assert isinstance(verdict_on(NOTICE), VerifiedSignature)
