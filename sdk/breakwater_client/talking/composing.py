"""From a form of what was seen to signed objects, and signed feedback.

Owns the request, and what is looked at before a signature. An exchange that composes for you could put other words into your
mouth: what no form comes to is not signed, and that an object says what your form said is NOT checked. Who wants to trust nobody
with that composes on its own machine (``breakwater compose``). Feedback is made here: the exchange is asked whether anybody would
be told of it, and has no part in what it says. Kept by ``tests/client/talking/test_composing.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from breakwater_client.documents.well_known import is_well_known
from breakwater_client.errors import Code, MalformedInputError, ProfileError, UntrustedSignatureError
from breakwater_client.object_vocabulary import DisputeEvidence, FeedbackKind
from breakwater_client.signing.feedback_objects import FeedbackAsked, feedback_object
from breakwater_client.signing.make_keys import read_private_key
from breakwater_client.signing.sign_objects import Signing, sign_value
from breakwater_client.stix_values import timestamp_key
from breakwater_client.submission import Refusal
from breakwater_client.talking.addresses import segment
from breakwater_client.talking.answers import member, objects_in
from breakwater_client.talking.connection import Connection, Request
from breakwater_client.trust.keys import PrivateKey

_LONGEST_AGO = timedelta(minutes=10)
_NEVER = frozenset({"identity", "note", "opinion", "report", "sighting"})


@dataclass(frozen=True, slots=True)
class Author:
    """Who signs: a private key for objects, and the STIX identity that the exchange registered for its owner."""

    key: PrivateKey
    identity_id: str

    @classmethod
    def from_pem(cls, pem: bytes, identity_id: str) -> Self:
        """Give the author whose private key is in a PEM file with this content; raises ``UnfitKeyError``."""
        return cls(read_private_key(pem), identity_id)

    def sign(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Give an object of one's own, signed as it is spelled. Who may send it again keeps it signed: a signature says when."""
        return sign_value(dict(value), Signing(self.key, self.identity_id, datetime.now(UTC), hub_stable=False))


@dataclass(frozen=True, slots=True)
class Composed:
    """What a form came to: signed objects, the group they are for, or why there are none, each with its place in the form."""

    objects: Sequence[dict[str, Any]]
    group_id: str | None
    refusals: Sequence[Refusal]
    document: Mapping[str, Any]
    """All that the exchange said: warnings, whom to call, what each object tells and to whom."""

    def unrefused(self) -> Sequence[dict[str, Any]]:
        """Give the signed objects, where no refusal is expected.

        Raises:
            ProfileError: the form was refused; it says the first of the refusals.
        """
        for one in self.refusals:
            raise ProfileError(one.sentence, code=one.code, pointer=one.pointer)
        return self.objects


def compose(connection: Connection, form: Mapping[str, Any], author: Author) -> Composed:
    """Have the exchange compose a form, by its catalogue and your audiences, and sign what it made. Nothing is stored.

    Raises:
        UntrustedSignatureError, MalformedInputError: as ``sign_composed``; nothing is signed then.
        ExchangeError: the exchange refuses the form as a whole or stays away.
    """
    body = json.dumps(form, ensure_ascii=False).encode()
    document = connection.send(Request("POST", "/compose", body=body))
    refusals, objects = [_refusal(one) for one in objects_in(document, "refusals")], objects_in(document, "objects")
    group_id = None if document.get("group_id") is None else member(document, "group_id", str)
    return Composed([] if refusals else sign_composed(objects, author), group_id, refusals, document)


def sign_composed(objects: Sequence[Mapping[str, Any]], author: Author) -> list[dict[str, Any]]:
    """Sign objects that were composed for you; published ones among them stay unsigned.

    Checked is that each is yours, new, and of a kind that forms come to. NOT checked is that they say what your form said.

    Raises:
        UntrustedSignatureError: code ``signer-mismatch``: one names another author.
        MalformedInputError: one is withdrawn or made at another time than now, or of a kind that no form comes to.
    """
    now = datetime.now(UTC)
    for one in objects:
        _check_composed(one, author, now)
    return [dict(one) if is_well_known(one) else author.sign(_as_tools_leave_it(one)) for one in objects]


def feedback_on(stix_id: str, said: Mapping[str, Any], author: Author) -> dict[str, Any]:
    """Give signed feedback on an object, ready to be submitted: ``kind``, ``word``, ``evidence`` of a dispute, ``count``.

    Kinds are sighting, outcome, opinion, dispute and mark; ``docs/feedback.md`` says which words they have.

    Raises:
        MalformedInputError: no kind, no word of the kind, or what does not go with it.
    """
    if not said.keys() <= {"kind", "word", "evidence", "count"} or said.get("kind") not in set(FeedbackKind):
        sentence = f"Feedback has a kind ({', '.join(FeedbackKind)}), a word, and no more than what goes with them."
        raise MalformedInputError(sentence, pointer="/kind")
    evidence = said.get("evidence")
    if evidence is not None and evidence not in set(DisputeEvidence):
        raise MalformedInputError(f"A dispute rests on one of these: {', '.join(DisputeEvidence)}.", pointer="/evidence")
    basis = None if evidence is None else DisputeEvidence(evidence)
    asked = FeedbackAsked(FeedbackKind(said["kind"]), said.get("word"), basis, said.get("count"))
    return author.sign(feedback_object(stix_id, asked, author.identity_id, datetime.now(UTC)))


def check_told(connection: Connection, stix_id: str, said: Mapping[str, Any], purpose: str | None) -> None:
    """Return if the exchange would tell somebody of this feedback: stored is any, and that on an absent id is told to nobody.

    For an observable this is a look-up by its id, which the exchange counts.

    Raises:
        ExchangeRefusedError: 404: the id is hidden or absent, which are answered alike; or it refuses what is said.
        ExchangeAwayError: it stays away.
    """
    body = json.dumps(said).encode()
    connection.send(Request("POST", f"/objects/{segment(stix_id)}/feedback", body=body, purpose=purpose))


def _as_tools_leave_it(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is composed outlives tools on the stix2 library but for this member, which they would add behind the signature."""
    is_pattern = value.get("type") == "indicator" and value.get("pattern_type") == "stix"
    return {"pattern_version": "2.1", **value} if is_pattern else value


def _check_composed(value: Mapping[str, Any], author: Author, now: datetime) -> None:
    if is_well_known(value):
        return
    if value.get("created_by_ref", author.identity_id) != author.identity_id:
        raise UntrustedSignatureError("An object that was composed for you names another author.", code=Code.SIGNER_MISMATCH)
    if value.get("revoked") or value.get("type") in _NEVER:
        raise MalformedInputError("What was composed for you is nothing that a form comes to: nothing is signed.")
    for name in ("created", "modified"):
        if name in value and not _is_of(value[name], now):
            raise MalformedInputError("What was composed for you was not made just now: nothing is signed.")


def _is_of(text: object, now: datetime) -> bool:
    if not isinstance(text, str) or timestamp_key(text) is None:
        return False
    return abs(datetime.fromisoformat(text[:19]).replace(tzinfo=UTC) - now) <= _LONGEST_AGO


def _refusal(told: Mapping[str, Any]) -> Refusal:
    code = str(told.get("code"))
    return Refusal(Code(code) if code in set(Code) else Code.REQUEST_INVALID, str(told.get("detail") or ""), told.get("pointer"))
