"""Alarms of operators, and why nothing is taken in: what each is, and what to do about it.

Kept by ``tests/portal/vocabulary/test_vocabulary.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.paging import AlarmCode
from app.domain.read_only import ReadOnlyReason

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    AlarmCode: {
        AlarmCode.CATALOGUE_WAITING: "a proposal for the catalogue waits",
        AlarmCode.CONTENT_FORBIDDEN: "somebody sent what must never be here",
        AlarmCode.CONTEST_WIDE: "a contest concerns very many versions",
        AlarmCode.CREDENTIAL_EXPIRING: "a credential ends soon",
        AlarmCode.EXPORT_WAITING: "an export waits too long",
        AlarmCode.KEY_COMPROMISED: "a key was reported as stolen",
        AlarmCode.LOG_DISAGREES: "the log is not what was published",
        AlarmCode.LOG_NOT_EXTENDED: "the log does not extend its last checkpoint",
        AlarmCode.LOG_TWO_CHECKPOINTS: "a witness has a checkpoint that was not published",
        AlarmCode.MANY_QUESTIONS: "a partner asks very many questions",
        AlarmCode.MUCH_READ: "a partner is given nearly as much as it may",
        AlarmCode.MUCH_SENT: "a partner sends nearly as much as it may",
        AlarmCode.PAGE_UNDELIVERED: "a mail to a contact on duty was not delivered",
        AlarmCode.PAGE_WITHOUT_CONTACT: "a partner that must be called names nobody",
        AlarmCode.PAGE_WITHOUT_LAW_ENFORCEMENT: "imminent risk that no law enforcement may see",
        AlarmCode.PERSON_DATA_FORBIDDEN: "somebody sent data on a person that are not taken",
        AlarmCode.RECALL_OVERDUE: "a recall was not answered in time",
        AlarmCode.SUBJECT_REQUEST_DUE: "a person's request is due soon",
        AlarmCode.WEBHOOK_FAILING: "a partner's address has not answered for long",
        AlarmCode.WORK_DEAD: "work was given up",
    },
    ReadOnlyReason: {
        ReadOnlyReason.CHECKPOINT_MISSING: "the checkpoint that is kept outside the database is gone",
        ReadOnlyReason.CHECKPOINT_UNREADABLE: "the checkpoint that is kept outside cannot be read, or another key signed it",
        ReadOnlyReason.COPY_UNKNOWN: "a witness saw a larger log of ours, under a key that the database does not know",
        ReadOnlyReason.COPY_UNREADABLE: "a copy of a checkpoint cannot be read, or there are too many",
        ReadOnlyReason.LOG_BEHIND: "the database is older than what was published",
        ReadOnlyReason.LOG_DIFFERENT: "the log was changed",
        ReadOnlyReason.NOT_COMPARED: "this server has not compared the log yet",
        ReadOnlyReason.RESTORED_BEHIND: "a backup was brought back that is behind what was published",
    },
}
HELP: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    AlarmCode: {
        AlarmCode.CATALOGUE_WAITING: "Ask reviewers of another organisation to look at it.",
        AlarmCode.CONTENT_FORBIDDEN: "It was refused and not kept. Call the partner at once.",
        AlarmCode.CONTEST_WIDE: "They are more than are asked about at once: look into it by hand.",
        AlarmCode.CREDENTIAL_EXPIRING: "It is in use: its holder makes a new one.",
        AlarmCode.EXPORT_WAITING: "Look at work, and at the place where exports are laid.",
        AlarmCode.KEY_COMPROMISED: "What it signed since is recalled. Help its partner to a new one.",
        AlarmCode.LOG_DISAGREES: "Nothing is taken in: see the page of the log.",
        AlarmCode.LOG_NOT_EXTENDED: "Run breakwater log check on the machine.",
        AlarmCode.LOG_TWO_CHECKPOINTS: "Our key signed it. Find out whether the key was stolen.",
        AlarmCode.MANY_QUESTIONS: "It asks nearly as many about persons as it may: ask why.",
        AlarmCode.MUCH_READ: "Ask why, or agree on more.",
        AlarmCode.MUCH_SENT: "Ask why, or agree on more.",
        AlarmCode.PAGE_UNDELIVERED: "Call them.",
        AlarmCode.PAGE_WITHOUT_CONTACT: "A child may be in danger now: call the partner.",
        AlarmCode.PAGE_WITHOUT_LAW_ENFORCEMENT: "Call the emergency contact.",
        AlarmCode.PERSON_DATA_FORBIDDEN: "They were refused. Talk to the partner.",
        AlarmCode.RECALL_OVERDUE: "Call the partner.",
        AlarmCode.SUBJECT_REQUEST_DUE: "Data protection answers it.",
        AlarmCode.WEBHOOK_FAILING: "Tell the partner.",
        AlarmCode.WORK_DEAD: "All its attempts failed: look at it on the page of work, then try it again.",
    },
    ReadOnlyReason: {
        ReadOnlyReason.CHECKPOINT_MISSING: "Copy it from another server.",
        ReadOnlyReason.CHECKPOINT_UNREADABLE: "Copy the right one from another server.",
        ReadOnlyReason.COPY_UNKNOWN: "Look whether the database is from before a change of that key; else take the copy away.",
        ReadOnlyReason.COPY_UNREADABLE: "The server's log names the file: fetch it anew, or take it away.",
        ReadOnlyReason.LOG_BEHIND: "Bring the right one back.",
        ReadOnlyReason.LOG_DIFFERENT: "Keep the database as it is, and find out who could write to it.",
        ReadOnlyReason.NOT_COMPARED: "It does within seconds.",
        ReadOnlyReason.RESTORED_BEHIND: "Do again what is lost.",
    },
}
