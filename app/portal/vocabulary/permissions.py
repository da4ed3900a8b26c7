"""What each permission that somebody of a partner may hold lets them do; those of the exchange's own people alone have no words.

Kept by ``tests/portal/organisation/test_in_words.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.permissions import Permission

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Permission: {
        Permission.AGREEMENTS_READ: "read the agreement with the exchange",
        Permission.APPROVALS_READ: "see what two persons decide about the organisation",
        Permission.AUDIENCES_READ: "see the organisation's audiences",
        Permission.AUDIENCES_WRITE: "register audiences that a key has signed",
        Permission.CATALOGUE_PROPOSE: "propose changes of the catalogue",
        Permission.CATALOGUE_REVIEW: "review others' proposals for the catalogue",
        Permission.CONTACTS_READ: "see the contacts on duty",
        Permission.CONTACTS_WRITE: "add and remove contacts on duty",
        Permission.CONTESTS_ENTER: "enter what somebody says is wrongly listed (hotlines)",
        Permission.CREDENTIALS_READ: "see the organisation's credentials",
        Permission.CREDENTIALS_WRITE: "issue and revoke credentials",
        Permission.DECONFLICTION_READ: "see where interests of agencies meet",
        Permission.DECONFLICTION_WRITE: "state interests of agencies",
        Permission.DISCLOSURES_READ: "see what was disclosed to whom",
        Permission.DRAFTS_READ: "see the organisation's drafts",
        Permission.DRAFTS_REVIEW: "review drafts as a second reader",
        Permission.DRAFTS_WRITE: "write drafts",
        Permission.EXPORTS_READ: "see exports and fetch their files",
        Permission.EXPORTS_WRITE: "define, change and end exports",
        Permission.FEEDBACK_READ: "read feedback",
        Permission.GROUP_KEYS_READ: "fetch the token keys of sharing groups",
        Permission.GROUPS_READ: "see the organisation's sharing groups",
        Permission.GROUPS_WRITE: "make sharing groups and keep their members",
        Permission.KEYS_READ: "see keys",
        Permission.KEYS_WRITE: "register, rotate, retire and revoke keys, and report stolen ones",
        Permission.LOG_COSIGN: "cosign checkpoints of the log, as a witness",
        Permission.LOG_READ: "read the log and its proofs",
        Permission.OBJECTS_READ: "read what is shared with the organisation",
        Permission.OBJECTS_SUBMIT: "submit and withdraw objects",
        Permission.OVERLAP_ASK: "ask who else holds the same, without showing it",
        Permission.OWN_DATA_READ: "take all of the organisation's own data along",
        Permission.PAGES_ACKNOWLEDGE: "acknowledge urgent pages",
        Permission.PAGES_READ: "see urgent pages",
        Permission.PERSONS_READ: "see members and their roles",
        Permission.PERSONS_WRITE: "add and invite members, change roles, and record who left",
        Permission.POLICY_READ: "ask who sees what and why",
        Permission.PREVENTION_READ: "read countermeasures and counts",
        Permission.PREVENTION_WRITE: "declare countermeasures",
        Permission.RECALLS_ANSWER: "answer recalls",
        Permission.REQUESTS_READ: "read requests between organisations",
        Permission.REQUESTS_WRITE: "answer requests between organisations",
        Permission.SEARCHES_READ: "see saved searches",
        Permission.SEARCHES_WRITE: "save searches",
        Permission.SIGNING_TASKS_READ: "see what waits for the organisation's signature",
        Permission.SIGNING_TASKS_SIGN: "hand back what the organisation's key has signed",
        Permission.WEBHOOKS_READ: "see webhooks",
        Permission.WEBHOOKS_WRITE: "add, test, pause and remove webhooks",
    },
}
