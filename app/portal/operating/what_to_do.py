"""What to do about alarms, measures and a log that takes nothing in, in a sentence each.

Owns the sentences. Kept by ``tests/portal/operating/test_what_to_do.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.paging import AlarmCode
from app.domain.read_only import ReadOnlyReason

OF_ALARMS: Mapping[AlarmCode, str] = {
    AlarmCode.CATALOGUE_WAITING: "A proposal for the catalogue waits for reviewers of another organisation: ask them.",
    AlarmCode.CONTENT_FORBIDDEN: "Somebody sent what must never be here; it was refused and not kept. Call the partner at once.",
    AlarmCode.CONTEST_WIDE: "A contest concerns more versions than are asked about at once: look into it by hand.",
    AlarmCode.CREDENTIAL_EXPIRING: "A credential that is in use ends soon: its holder makes a new one.",
    AlarmCode.EXPORT_WAITING: "An export waits too long: look at work, and at the place where exports are laid.",
    AlarmCode.KEY_COMPROMISED: "A key was reported as stolen; what it signed since is recalled. Help its partner to a new one.",
    AlarmCode.LOG_DISAGREES: "The log is not what was published. Nothing is taken in: see the page of the log.",
    AlarmCode.LOG_NOT_EXTENDED: "The log does not extend its last checkpoint: run breakwater log check on the machine.",
    AlarmCode.MANY_QUESTIONS: "A partner asks nearly as many questions about persons as it may: ask why.",
    AlarmCode.MUCH_READ: "A partner is given nearly as much as it may: ask why, or agree on more.",
    AlarmCode.MUCH_SENT: "A partner sends nearly as much as it may: ask why, or agree on more.",
    AlarmCode.PAGE_UNDELIVERED: "A mail to a contact on duty was not delivered: call them.",
    AlarmCode.PAGE_WITHOUT_CONTACT: "A partner should be called about imminent risk and names nobody: call it.",
    AlarmCode.PAGE_WITHOUT_LAW_ENFORCEMENT: "Imminent risk, and no law enforcement may see it: call the emergency contact.",
    AlarmCode.PERSON_DATA_FORBIDDEN: "Somebody sent data on a person that are not taken; they were refused. Talk to the partner.",
    AlarmCode.RECALL_OVERDUE: "A partner has not answered a recall in time: call it.",
    AlarmCode.SUBJECT_REQUEST_DUE: "A request of a person has to be answered soon: data protection does.",
    AlarmCode.WEBHOOK_FAILING: "A partner's address has not answered for long: tell the partner.",
    AlarmCode.WORK_DEAD: "Work was given up after all its attempts: look at it on the page of work, then try it again.",
}
OF_READ_ONLY: Mapping[ReadOnlyReason, str] = {
    ReadOnlyReason.CHECKPOINT_MISSING: "The checkpoint that is kept outside the database is gone: copy it from another server.",
    ReadOnlyReason.CHECKPOINT_UNREADABLE: "The checkpoint that is kept outside cannot be read, or another key signed it.",
    ReadOnlyReason.LOG_BEHIND: "The database is older than what was published: bring the right one back.",
    ReadOnlyReason.LOG_DIFFERENT: "The log was changed: keep the database as it is, and find out who could write to it.",
    ReadOnlyReason.NOT_COMPARED: "This server has not compared the log yet; it does within seconds.",
    ReadOnlyReason.RESTORED_BEHIND: "A backup was brought back that is behind what was published: do again what is lost.",
}
