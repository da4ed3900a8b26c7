"""Steps 3 and 4 for one object: whose it is, and whether it is STIX that may be here; with no look at any row.

Owns what is asked of an object before policy: its size, its signature or the leave to come without one, the screen, schema,
profile and pattern. The server and a partner's dry run go the same way here. Kept by ``tests/services/intake/test_examine.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from app.domain.catalogue import Catalogue
from app.domain.errors import BreakwaterError, Code, MalformedInputError, RefusedError, TooLargeError, UntrustedSignatureError
from app.domain.stix_object import CheckedObject, JsonObject, ParsedObject, VerifiedObject
from app.domain.vocabulary import Assurance, Profile
from app.policy.catalogue import why_unnameable
from app.policy.imminent_risk import why_report_first
from app.services.cataloguing.founding import founding
from app.services.intake.recall_notice import TYPE as NOTICE
from app.stix.encoded_media import Allowance
from app.stix.profile import check_object
from app.stix.screen import screen
from breakwater_client.documents.strict_json import MAX_OBJECT_BYTES
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE
from breakwater_client.submission import ObjectResult, Refusal, ResultStatus
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PublicKey
from breakwater_client.trust.object_signature import check_creator, read_signature, verify_object

Examined = CheckedObject | ObjectResult


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that counts now, and the partner that signs with it: its id, the STIX identity it signs as, its own profiles."""

    partner_id: str
    identity_id: str
    key: PublicKey
    profiles: frozenset[Profile] = frozenset(Profile)


@dataclass(frozen=True, slots=True)
class Examination:
    """What objects are examined by: who submits, the profiles of its agreement, and by keyid the keys that count for it.

    The keys are its own and those of publishers whose objects it may pass on. Without ``takes_unsigned`` an object without a
    signature is refused; one with a signature is verified in any case. ``now`` is aware UTC. The
    ``allowance`` is for the close looks of one request; None if there is none. ``catalogue`` is the release whose codes objects
    may name.
    """

    submitter_id: str
    profiles: frozenset[Profile]
    takes_unsigned: bool
    signers: Mapping[str, Signer]
    now: datetime
    allowance: Allowance | None = None
    catalogue: Catalogue = field(default_factory=founding)


def examine(pointer: str, value: Any, examination: Examination) -> Examined:
    """Give the checked object, or its result if it is refused or published; ``value`` is any strictly parsed JSON, unverified.

    ``pointer`` is its place in what was submitted. NOT checked: markings, the agreement's terms, what is stored already.
    """
    return _examined(pointer, value, examination, _verify)


def examine_as_signed(pointer: str, value: Any, examination: Examination) -> Examined:
    """Give what ``examine`` gives, an object without a signature as if its publisher had signed it; for what is not sent yet.

    Where the agreement takes what nobody signed, it stays so. A signature that is there must be true.
    """
    return _examined(pointer, value, examination, _verify_or_suppose)


def examine_without_keys(pointer: str, value: dict[str, Any], examination: Examination) -> Refusal | None:
    """Give the refusal that ``examine`` comes to if every signature is true and its key counts, or None; for who has no keys.

    Signatures are read for their form, and for no other creator than the signer; nothing that passes is verified.
    """
    outcome = _examined(pointer, value, examination, _read)
    return outcome.refusal if isinstance(outcome, ObjectResult) else None


def _examined(
    pointer: str, value: Any, examination: Examination, settle: Callable[[ParsedObject, Examination], VerifiedObject]
) -> Examined:
    try:
        if not isinstance(value, dict):
            _refuse_no_object(value, examination.allowance)
        content = canonical_bytes(value)
        if len(content) > MAX_OBJECT_BYTES:
            raise TooLargeError("An object may have 1 MiB at most.", code=Code.OBJECT_TOO_LARGE)
        with _screened_if_refused(value, examination.allowance):
            if is_well_known(value):
                return ObjectResult(pointer, ResultStatus.ALREADY_STORED, value["id"], value.get("modified", value["created"]))
            verified = settle(ParsedObject(pointer, value, content), examination)
        checked = check_object(verified, _profiles(verified, examination), examination.allowance)
        if checked.facts.type == NOTICE:
            alone = "The exchange alone states a recall, to whoever was given what its owner withdrew: withdraw your object."
            raise RefusedError(alone, pointer="/type")
        _check_behaviours(value, examination.catalogue)
        sentence = why_report_first(checked.facts.context, examination.now)
        if sentence is not None:
            raise RefusedError(sentence, code=Code.REPORT_FIRST, pointer=f"/extensions/{OCSEA_CONTEXT}")
    except BreakwaterError as refusal:
        return ObjectResult(pointer, ResultStatus.REFUSED, refusal=Refusal.of(refusal, within=pointer))
    return checked


def _refuse_no_object(value: Any, allowance: Allowance | None) -> NoReturn:
    """Refuse what is no JSON object, after the screen has spoken as in ``_screened_if_refused``; as a whole, it has no places."""
    try:
        screen({"objects": value}, allowance)
    except BreakwaterError as refusal:
        refusal.pointer = ""
        raise
    raise MalformedInputError("Each member of objects is a STIX object.", pointer="")


def _check_behaviours(value: JsonObject, catalogue: Catalogue) -> None:
    """Refuse an object (schema-checked) that names a behaviour which the catalogue has not, or has no more."""
    named = value.get("extensions", {}).get(OCSEA_CONTEXT, {}).get("behaviours", ())
    reason = why_unnameable(named, catalogue)
    if reason is not None:
        raise RefusedError(reason.sentence, code=reason.code, pointer=f"/extensions/{OCSEA_CONTEXT}/behaviours/{reason.index}")


def _profiles(verified: VerifiedObject, examination: Examination) -> frozenset[Profile]:
    """Give what an object is checked by: of another publisher's, what both agreements have, if they have any together."""
    signer = examination.signers.get(verified.keyid or "")
    return (examination.profiles & signer.profiles if signer else examination.profiles) or examination.profiles


@contextmanager
def _screened_if_refused(value: JsonObject, allowance: Allowance | None) -> Iterator[None]:
    """Let the screen speak before any other refusal: whoever leaks material with a wrong key is to be noticed all the same."""
    try:
        yield
    except BreakwaterError:
        screen(value, allowance)
        raise


def _verify(parsed: ParsedObject, examination: Examination) -> VerifiedObject:
    if examination.takes_unsigned and not _is_signed(parsed.value):
        digest = hashlib.sha256(parsed.content).digest()
        return VerifiedObject(parsed, examination.submitter_id, None, digest, Assurance.CHANNEL_ATTESTED)
    entry = read_signature(parsed.value)
    signer = examination.signers.get(entry.keyid)
    if signer is None:
        sentence = "The signing key is not an active key of your organisation, nor of one whose objects you may pass on."
        raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACTIVE)
    if entry.signer != signer.identity_id:
        sentence = "The signer is not the registered identity of the organisation that has this key."
        raise UntrustedSignatureError(sentence, code=Code.SIGNER_MISMATCH)
    digest = verify_object(parsed.value, entry, signer.key)
    return VerifiedObject(parsed, signer.partner_id, entry.keyid, digest, Assurance.PUBLISHER_SIGNED)


def _verify_or_suppose(parsed: ParsedObject, examination: Examination) -> VerifiedObject:
    """Give an object that nobody signed yet as its submitter's own; it must not leave ``examine_as_signed``."""
    if examination.takes_unsigned or _is_signed(parsed.value):
        return _verify(parsed, examination)
    digest = hashlib.sha256(parsed.content).digest()
    return VerifiedObject(parsed, examination.submitter_id, None, digest, Assurance.PUBLISHER_SIGNED)


def _read(parsed: ParsedObject, examination: Examination) -> VerifiedObject:
    """Give an object as it would be if its signature were verified; it must not leave ``examine_without_keys``."""
    if examination.takes_unsigned and not _is_signed(parsed.value):
        return _verify(parsed, examination)
    entry = read_signature(parsed.value)
    check_creator(parsed.value, entry.signer)
    return VerifiedObject(parsed, examination.submitter_id, entry.keyid, b"", Assurance.PUBLISHER_SIGNED)


def _is_signed(value: JsonObject) -> bool:
    """Whether an object claims a signature: then that is judged, and never passed over."""
    extensions = value.get("extensions")
    return isinstance(extensions, dict) and SIGNATURE in extensions
