"""What each kind of task is: when its document is one, what a signed one says, and what is done with it.

Owns the table of kinds: a further kind is a word of ``TaskKind`` and an entry here. Kept by
``tests/services/signing_tasks/test_kinds.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.domain.errors import (
    BreakwaterError,
    Code,
    ConflictError,
    ForbiddenError,
    MalformedInputError,
    NotFoundError,
    TooLargeError,
    UntrustedSignatureError,
)
from app.domain.partner import Partner, Principal
from app.domain.signing_task import TaskKind
from app.services.exchange import Exchange
from app.services.intake.post import NOT_POSTED_TO
from app.services.intake.submit import SubmissionRequest, take_in
from app.services.recalling.acknowledge import SignedAnswer, take_answer
from app.services.recalling.acknowledgement import TYPE as ACKNOWLEDGEMENT
from app.storage.session import Connection
from breakwater_client.documents.strict_json import parse
from breakwater_client.documents.well_known import is_well_known
from breakwater_client.submission import Refusal, Submission
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import open_envelope, unverified_payload
from breakwater_client.trust.keys import PublicKey
from breakwater_client.trust.object_signature import check_creator, read_signature, unsigned, verify_object
from breakwater_client.trust.payload_type import PayloadType

_AT_MOST_TOLD = 20
_OF_SIGNATURES = frozenset({Code.KEY_NOT_ACTIVE, Code.SIGNATURE_INVALID, Code.SIGNATURE_MISSING, Code.SIGNER_MISMATCH})


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose signature counts: the partner, and its keys that count now, by keyid."""

    partner: Partner
    keys: Mapping[str, PublicKey]


@dataclass(frozen=True, slots=True)
class Read:
    """What a signed document says without its signatures, and the key that made them."""

    document: Mapping[str, Any]
    keyid: str


@dataclass(frozen=True, slots=True)
class Became:
    """What became of it: the submission or the notice, and why it was refused, if it was."""

    reference: str | None
    refusals: tuple[Refusal, ...] = ()


Settle = Callable[[Connection, Became], None]
"""Keeps what became of a task, in the transaction that did it; raises where that must not be done any more."""


class Kind(ABC):
    """How tasks of one kind are checked and carried out.

    ``never`` is what says that the exchange will not take a document, however often it comes.
    """

    never: tuple[type[BreakwaterError], ...]

    @abstractmethod
    def check(self, document: Mapping[str, Any], partner: Partner) -> None:
        """Refuse a document that is none of this kind, or not the partner's own to sign."""

    @abstractmethod
    def read(self, signed: Mapping[str, Any], signers: Signers) -> Read:
        """Give what a signed document (untrusted) says, once its signatures verify; raises ``UntrustedSignatureError``."""

    @abstractmethod
    def carry_out(self, exchange: Exchange, principal: Principal, signed: Mapping[str, Any], settle: Settle) -> None:
        """Do what a verified document says, and ``settle`` in the same transaction."""


class _Objects(Kind):
    never = (ConflictError, ForbiddenError, MalformedInputError, NotFoundError, TooLargeError)

    def check(self, document: Mapping[str, Any], partner: Partner) -> None:
        for value in _objects_of(document):
            if not is_well_known(value):
                check_creator(value, partner.identity_id)

    def read(self, signed: Mapping[str, Any], signers: Signers) -> Read:
        objects, keyids = _objects_of(signed), set()
        for place, value in enumerate(objects):
            if not is_well_known(value):
                keyids.add(_signed_by(value, f"/objects/{place}", signers))
        if len(keyids) != 1:
            raise UntrustedSignatureError("All objects of a task are signed with one key.", pointer="/objects")
        return Read({**signed, "objects": [unsigned(value) for value in objects]}, keyids.pop())

    def carry_out(self, exchange: Exchange, principal: Principal, signed: Mapping[str, Any], settle: Settle) -> None:
        body = canonical_bytes({"objects": list(signed["objects"])})
        request = SubmissionRequest(body, atomic=True, group_id=signed["group_id"])
        try:
            take_in(exchange, principal, request, settle=lambda connection, made: settle(connection, _became(made)))
        except NotFoundError:  # of the group, which was there when it was decided
            raise ForbiddenError(NOT_POSTED_TO, code=Code.GROUP_NOT_WRITABLE, pointer="/group_id") from None


class _Acknowledgement(Kind):
    never = (ConflictError, MalformedInputError, NotFoundError)

    def check(self, document: Mapping[str, Any], partner: Partner) -> None:
        if document.get("type") != ACKNOWLEDGEMENT or document.get("partner") != partner.partner_id:
            raise MalformedInputError("This is no answer of this organisation to a notice.")

    def read(self, signed: Mapping[str, Any], signers: Signers) -> Read:
        opened = open_envelope(signed, PayloadType.RECALL_ACKNOWLEDGEMENT, signers.keys)
        document = parse(opened.payload)
        if not isinstance(document, dict) or canonical_bytes(document) != opened.payload:
            raise MalformedInputError("An answer is signed in its canonical form (RFC 8785).", pointer="/payload")
        return Read(document, opened.keyid)

    def carry_out(self, exchange: Exchange, principal: Principal, signed: Mapping[str, Any], settle: Settle) -> None:
        notice_id = str(parse(unverified_payload(signed, PayloadType.RECALL_ACKNOWLEDGEMENT))["notice"])  # verified by ``read``
        answer = SignedAnswer(notice_id, signed, settle=lambda connection: settle(connection, Became(notice_id)))
        take_answer(exchange, principal, answer)


KINDS: Mapping[TaskKind, Kind] = MappingProxyType(
    {TaskKind.OBJECTS: _Objects(), TaskKind.RECALL_ACKNOWLEDGEMENT: _Acknowledgement()}
)
"""How each kind is checked and carried out."""


def check_document(kind: TaskKind, document: Mapping[str, Any], partner: Partner) -> None:
    """Refuse a document that is none of a kind, or not the partner's own to sign.

    Raises ``MalformedInputError``, ``UntrustedSignatureError`` or ``ProfileError``.
    """
    KINDS[kind].check(document, partner)


def _objects_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    objects, group_id = document.get("objects"), document.get("group_id")
    if document.keys() != {"group_id", "objects"} or not (group_id is None or isinstance(group_id, str)):
        raise MalformedInputError("Objects to be submitted stand in a document of group_id and objects.")
    if not isinstance(objects, list) or not objects or not all(isinstance(one, dict) for one in objects):
        raise MalformedInputError("A task has objects.", pointer="/objects")
    return objects


def _signed_by(value: dict[str, Any], at: str, signers: Signers) -> str:
    entry = read_signature(value)
    if entry.signer != signers.partner.identity_id:
        raise UntrustedSignatureError("The signer is another organisation.", code=Code.SIGNER_MISMATCH, pointer=at)
    key = signers.keys.get(entry.keyid)
    if key is None:
        sentence = "The signature names a key that does not count here."
        raise UntrustedSignatureError(sentence, code=Code.KEY_NOT_ACTIVE, pointer=at)
    verify_object(value, entry, key)
    return entry.keyid


def _became(made: Submission) -> Became:
    """Give what became of a submission; one that failed for its signature settles nothing: it may be signed anew."""
    refusals = [one.refusal for one in made.results if one.refusal and one.refusal.code is not Code.SUBMISSION_NOT_ATOMIC]
    for one in refusals:
        if one.code in _OF_SIGNATURES:
            raise UntrustedSignatureError(one.sentence, code=one.code, pointer=one.pointer)
    return Became(made.submission_id, tuple(refusals[:_AT_MOST_TOLD]))
