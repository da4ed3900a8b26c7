"""What the words of recalls, requests and feedback mean, as people say it.

Owns the wording; each word of a closed list has one. Kept by ``tests/portal/answering/test_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.object_vocabulary import ContestOutcome, HeldBasis, RecallAct, RecallKind, RecallOutcome, RecallReason
from app.domain.partner_request import DeclineReason, GrantWay, RequestKind, RequestOutcome
from app.domain.recall import AnyOutcome

KINDS: Mapping[RecallKind, str] = {
    RecallKind.CONTEST: "Somebody says that a person is wrongly listed",
    RecallKind.CORRECTION: "What you were given was corrected",
    RecallKind.DISPUTE: "Something that you published or were given is disputed",
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
OWN_KINDS: Mapping[RecallKind, str] = {
    RecallKind.CONTEST: "Somebody says that a person is wrongly listed in it",
    RecallKind.CORRECTION: "You corrected it",
    RecallKind.DISPUTE: "Somebody disputes it",
    RecallKind.WITHDRAWAL: "You took it back",
}
OWN_REASONS: Mapping[RecallReason, str] = {
    RecallReason.ERROR: "it was wrong",
    RecallReason.WITHDRAWN: "we stand by it no more",
    RecallReason.CONTESTED: "somebody says that it is wrong, and we looked again",
    RecallReason.LEGAL_ORDER: "a court or an authority ordered it",
    RecallReason.ERASURE: "a person had their data erased",
    RecallReason.KEY_COMPROMISE: "the key that signed it was stolen or lost",
}
"""Why one takes back what is one's own, in the order in which it is offered."""
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
OUTCOMES: Mapping[AnyOutcome, tuple[str, str]] = {
    RecallOutcome.DELETED: ("We deleted it", "No copy is left, here or with those to whom we passed it on."),
    RecallOutcome.NOT_HELD: ("We have none", "We had no copy any more, or never kept one."),
    RecallOutcome.STOPPED_USING: ("We stopped using it", "A copy is left, and nothing uses it."),
    RecallOutcome.HELD: ("We must keep a copy", "It is not used. Say on which basis, and until when."),
}
"""Each with a line of help."""
SECOND_LOOKS: Mapping[AnyOutcome, tuple[str, str]] = {
    ContestOutcome.CORRECTED: ("We changed or removed it", "People looked, and it was wrong, or may be."),
    ContestOutcome.KEPT: ("It stays", "People looked again, and stand by it."),
    ContestOutcome.NOT_HELD: ("We have none any more", "There was nothing left to look at."),
}
"""The same of what was contested or disputed. Words of the two lists are alike, so that they have each their own."""
BASES: Mapping[HeldBasis, str] = {
    HeldBasis.LEGAL_CLAIM: "to make or defend a legal claim",
    HeldBasis.LEGAL_OBLIGATION: "a law obliges us",
    HeldBasis.PRESERVATION_ORDER: "an order to preserve it",
    HeldBasis.VITAL_INTERESTS: "somebody's life or safety",
}
REQUESTS: Mapping[RequestKind, str] = {
    RequestKind.ACCESS: "Asks for access to what we offered",
    RequestKind.INFORMATION: "Asks for information",
    RequestKind.PRESERVATION: "Asks to preserve",
}
REQUEST_OUTCOMES: Mapping[RequestOutcome, tuple[str, str]] = {
    RequestOutcome.PROVIDED: ("We told more", "Name those of our objects that say more, if there are any."),
    RequestOutcome.PRESERVED: ("We preserve it", "It is kept until the request says, or an order follows."),
    RequestOutcome.GRANTED: ("We gave access", "The exchange opens nothing: widen first, then say so."),
    RequestOutcome.NOT_HELD: ("We hold nothing of it", "We looked, and there is nothing."),
    RequestOutcome.DECLINED: ("We decline", "Whoever asks is told that you do."),
}
"""Each with a line of help, in the order in which they are offered."""
WAYS: Mapping[GrantWay, str] = {
    GrantWay.HANDLING: "by a new version that they may see",
    GrantWay.SHARING_GROUP: "by a place in a sharing group",
}
DECLINES: Mapping[DeclineReason, str] = {
    DeclineReason.BASIS_INSUFFICIENT: "the legal basis does not suffice",
    DeclineReason.NEED_NOT_SHOWN: "it does not show why it is needed",
    DeclineReason.NOT_HELD: "we hold it no more",
    DeclineReason.NOT_NOW: "not now; ask again later",
    DeclineReason.NOT_OURS_TO_SHARE: "it is not ours to share",
}


def outcomes_of(kind: RecallKind) -> Mapping[AnyOutcome, tuple[str, str]]:
    """Give how a notice of a kind may be answered, in words, each with a line of help."""
    return SECOND_LOOKS if kind.is_question else OUTCOMES
