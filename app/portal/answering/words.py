"""What the words of recalls, requests and feedback mean, as people say it.

Owns the wording; each word of a closed list has one. Kept by ``tests/portal/answering/test_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallAct, RecallKind, RecallOutcome, RecallReason

KINDS: Mapping[RecallKind, str] = {
    RecallKind.CONTEST: "Somebody says that a person is wrongly listed",
    RecallKind.CORRECTION: "What you were given was corrected",
    RecallKind.DISPUTE: "What you were given is disputed",
    RecallKind.WITHDRAWAL: "What you were given was taken back",
}
REASONS: Mapping[RecallReason, str] = {
    RecallReason.CONTESTED: "somebody says that it is wrong",
    RecallReason.ERASURE: "a person had their data erased",
    RecallReason.ERROR: "it was wrong",
    RecallReason.KEY_COMPROMISE: "the key that signed it was stolen or lost",
    RecallReason.LEGAL_ORDER: "a court or an authority ordered it",
    RecallReason.WITHDRAWN: "its publisher stands by it no more",
}
ACTS: Mapping[RecallAct, str] = {
    RecallAct.DELETE: "Delete every copy, also with those to whom you passed it on.",
    RecallAct.REVIEW: "Look at it again, with people, and say what you found.",
    RecallAct.STOP_USING: "Stop using it, also with those to whom you passed it on.",
}
SHORT_ACTS: Mapping[RecallAct, str] = {
    RecallAct.DELETE: "delete it",
    RecallAct.REVIEW: "look again",
    RecallAct.STOP_USING: "stop using it",
}
OUTCOMES: Mapping[RecallOutcome | ContestOutcome, tuple[str, str]] = {
    RecallOutcome.DELETED: ("We deleted it", "No copy is left, here or with those to whom we passed it on."),
    RecallOutcome.NOT_HELD: ("We have none", "We had no copy any more, or never kept one."),
    RecallOutcome.STOPPED_USING: ("We stopped using it", "A copy is left, and nothing uses it."),
    RecallOutcome.HELD: ("We must keep a copy", "It is not used. Say on which basis, and until when."),
    ContestOutcome.CORRECTED: ("We changed or removed it", "People looked, and it was wrong, or may be."),
    ContestOutcome.KEPT: ("It stays", "People looked again, and stand by it."),
    ContestOutcome.NOT_HELD: ("We have none any more", "There was nothing left to look at."),
}
"""Each with a line of help."""
BASES: Mapping[HeldBasis, str] = {
    HeldBasis.LEGAL_CLAIM: "to make or defend a legal claim",
    HeldBasis.LEGAL_OBLIGATION: "a law obliges us",
    HeldBasis.PRESERVATION_ORDER: "an order to preserve it",
    HeldBasis.VITAL_INTERESTS: "somebody's life or safety",
}
TYPES: Mapping[str, str] = {
    "access-offer": "Offer of access",
    "blinded-identifier": "Blinded identifier",
    "course-of-action": "Countermeasure",
    "domain-name": "Domain name",
    "email-addr": "E-mail address",
    "email-message": "E-mail message",
    "attack-pattern": "Behaviour",
    "file": "File",
    "grouping": "Group of objects",
    "identity": "Identity",
    "indicator": "Indicator",
    "information-request": "Request for information",
    "ipv4-addr": "IP address",
    "ipv6-addr": "IP address",
    "live-room": "Live room",
    "note": "Note",
    "observed-data": "Observation",
    "opinion": "Opinion",
    "payment-handle": "Payment account",
    "perceptual-hash": "Perceptual hash",
    "preservation-request": "Request to preserve",
    "relationship": "Link between objects",
    "report": "Report",
    "sighting": "Sighting",
    "url": "Web address",
    "user-account": "Account",
}
"""Types of objects; ``type_words`` gives those of any."""


def type_words(stix_id: str) -> str:
    """Give what kind of thing an id (it may be anything) names, in words; of a type without words its own name."""
    name = stix_id.partition("--")[0]
    return TYPES.get(name, name.replace("-", " ").capitalize())
