"""States and kinds of what the portal works on: drafts, signing tasks, recoveries, proposals, requests of persons, jobs.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.approval import ApprovalKind, ApprovalState
from app.domain.draft import DraftState
from app.domain.recovery import RecoveryState
from app.domain.signing_task import TaskKind, TaskState
from app.domain.subject_request import SubjectAct, SubjectRight, SubjectState
from app.domain.work import LaneName, WorkState
from app.policy.agreement_changes import Direction

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    DraftState: {
        DraftState.OPEN: "being written",
        DraftState.IN_REVIEW: "with the second reader",
        DraftState.RETURNED: "came back",
        DraftState.APPROVED: "waits for your organisation's signature",
        DraftState.SENT: "sent",
    },
    TaskKind: {
        TaskKind.OBJECTS: "sharing with others",
        TaskKind.RECALL_ACKNOWLEDGEMENT: "answer to a recall",
    },
    TaskState: {
        TaskState.WAITING: "waits for your organisation's signature",
        TaskState.DONE: "signed and sent",
        TaskState.REFUSED: "signed, but not taken",
        TaskState.TAKEN_BACK: "taken back",
        TaskState.LAPSED: "nobody signed it in time",
    },
    RecoveryState: {
        RecoveryState.PROPOSED: "waits for a second person",
        RecoveryState.AGREED: "agreed: the link waits to be used",
        RecoveryState.USED: "done: set up anew",
        RecoveryState.EXPIRED: "lapsed",
        RecoveryState.REFUSED: "refused or taken back",
    },
    ApprovalKind: {
        ApprovalKind.AGREEMENT_VERSION: "version of an agreement",
        ApprovalKind.HOLD_LIFTING: "end of a legal hold",
        ApprovalKind.KEY_RECOVERY: "new key in the place of a lost one",
        ApprovalKind.PARTNER_REACTIVATION: "return of a suspended partner",
        ApprovalKind.PERSON_ROLES: "other roles of a person of the exchange",
        ApprovalKind.STAFF_ADDITION: "new person of the exchange",
        ApprovalKind.SUBJECT_ANSWER: "answer to a person's request",
        ApprovalKind.SUBJECT_ERASURE: "erasure for a person's request",
        ApprovalKind.SUBJECT_LIFTING: "end of a restriction for a person's request",
        ApprovalKind.SUBJECT_LOOKUP: "look-up for a person's request",
        ApprovalKind.SUBJECT_RECTIFICATION: "correction for a person's request",
        ApprovalKind.SUBJECT_REJECTION: "rejection of a person's request",
        ApprovalKind.SUBJECT_RESTRICTION: "restriction for a person's request",
    },
    ApprovalState: {
        ApprovalState.PROPOSED: "waits for a second person",
        ApprovalState.APPROVED: "approved",
        ApprovalState.REJECTED: "rejected",
        ApprovalState.WITHDRAWN: "taken back",
        ApprovalState.EXPIRED: "lapsed",
    },
    SubjectRight: {
        SubjectRight.ACCESS: "access",
        SubjectRight.ERASURE: "erasure",
        SubjectRight.OBJECTION: "objection",
        SubjectRight.RECTIFICATION: "correction",
        SubjectRight.RESTRICTION: "restriction",
    },
    SubjectAct: {
        SubjectAct.LOOKUP: "look it up",
        SubjectAct.RECTIFICATION: "ask for a correction",
        SubjectAct.RESTRICTION: "restrict it",
        SubjectAct.LIFTING: "lift a restriction",
        SubjectAct.ERASURE: "erase it",
        SubjectAct.ANSWER: "answer it",
        SubjectAct.REJECTION: "reject it",
    },
    SubjectState: {
        SubjectState.OPEN: "open",
        SubjectState.LOOKING: "being looked up",
        SubjectState.LOOKED_UP: "looked up",
        SubjectState.CLOSED: "closed",
    },
    WorkState: {
        WorkState.WAITING: "waits",
        WorkState.DONE: "done",
        WorkState.DEAD: "given up",
        WorkState.CANCELLED: "cancelled",
    },
    LaneName: {
        LaneName.PROMPT: "prompt",
        LaneName.CALLS: "calls to others",
        LaneName.BULK: "bulk",
    },
    Direction: {
        Direction.WIDENS: "allows more",
        Direction.NARROWS: "allows less",
        Direction.NEUTRAL: "says the same otherwise",
    },
}
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    ApprovalKind: {
        ApprovalKind.AGREEMENT_VERSION: "It counts from its beginning on; the exchange signs it and writes it into the log.",
        ApprovalKind.HOLD_LIFTING: "What the hold kept may be erased from then on, by the sweep or for a request of a person.",
        ApprovalKind.KEY_RECOVERY: "Whoever holds this key signs in the name of this organisation from then on.",
        ApprovalKind.PARTNER_REACTIVATION: "Its persons, tokens and keys work again at once; its agreement says what for.",
        ApprovalKind.PERSON_ROLES: "The person may do all that these roles allow, from the next request on.",
        ApprovalKind.STAFF_ADDITION: "The person may do all that these roles allow, with the token that they made themselves.",
        ApprovalKind.SUBJECT_ERASURE: "What is erased is gone for everybody, and cannot be brought back.",
        ApprovalKind.SUBJECT_RESTRICTION: "Nobody sees these objects until two persons lift it.",
    },
    SubjectAct: {
        SubjectAct.RECTIFICATION: "Publishers, and whoever was given it, are asked to look again.",
        SubjectAct.RESTRICTION: "Nobody sees it until two persons lift that.",
        SubjectAct.LIFTING: "It is seen again as before.",
        SubjectAct.ERASURE: "It is gone for everybody, and cannot be brought back.",
    },
}
"""What approving does, where the document does not say it."""
BADGES: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    DraftState: {DraftState.OPEN: "warning", DraftState.RETURNED: "problem", DraftState.SENT: "good"},
    TaskState: {
        TaskState.WAITING: "warning",
        TaskState.DONE: "good",
        TaskState.REFUSED: "problem",
        TaskState.LAPSED: "problem",
    },
    RecoveryState: {RecoveryState.AGREED: "good", RecoveryState.PROPOSED: "warning", RecoveryState.USED: "good"},
    Direction: {Direction.WIDENS: "warning"},
    ApprovalState: {ApprovalState.PROPOSED: "warning", ApprovalState.APPROVED: "good"},
}
"""How a state looks; those left out are plain."""
