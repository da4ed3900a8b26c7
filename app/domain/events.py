"""Names of the events the exchange records. They carry codes, ids and pointers, never a submitted value.

Owns the words; ``app/storage/events.py`` keeps the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique


@unique
class Event(StrEnum):
    """``resource:action``; alphabetical, never reused; documented in ``docs/events.md``."""

    AGREEMENT_CREATE = "agreement:create"
    ALARM_RAISE = "alarm:raise"
    APPROVAL_APPROVE = "approval:approve"
    APPROVAL_PROPOSE = "approval:propose"
    APPROVAL_REJECT = "approval:reject"
    AUDIENCE_CREATE = "audience:create"
    CATALOGUE_PROPOSE = "catalogue:propose"
    CATALOGUE_RELEASE = "catalogue:release"
    CATALOGUE_REVIEW = "catalogue:review"
    CATALOGUE_WAITING = "catalogue:waiting"
    CATALOGUE_WITHDRAW = "catalogue:withdraw"
    CONTACT_ADD = "contact:add"
    CONTACT_REMOVE = "contact:remove"
    CONTEST_ENTER = "contest:enter"
    CREDENTIAL_CREATE = "credential:create"
    CREDENTIAL_EXPIRING = "credential:expiring"
    CREDENTIAL_REVOKE = "credential:revoke"
    DECONFLICTION_REGISTER = "deconfliction:register"
    DECONFLICTION_WITHDRAW = "deconfliction:withdraw"
    DISCLOSURE_REPORT = "disclosure:report"
    DISCLOSURE_SEARCH = "disclosure:search"
    EXPORT_CHANGE = "export:change"
    EXPORT_DEFINE = "export:define"
    EXPORT_END = "export:end"
    EXPORT_PUBLISH = "export:publish"
    GROUP_KEY_BEGIN = "group-key:begin"
    GROUP_KEY_FETCH = "group-key:fetch"
    GROUP_CHANGE = "group:change"
    GROUP_CREATE = "group:create"
    GROUP_DELETE = "group:delete"
    HOLD_LIFT = "hold:lift"
    HOLD_PLACE = "hold:place"
    KEY_ACTIVATE = "key:activate"
    KEY_COMPROMISE = "key:compromise"
    KEY_RECOVER = "key:recover"
    KEY_REGISTER = "key:register"
    KEY_RETIRE = "key:retire"
    KEY_REVOKE = "key:revoke"
    KEY_ROTATE = "key:rotate"
    LOG_ACCEPT_LOSS = "log:accept-loss"
    LOG_DISAGREE = "log:disagree"
    OBJECT_CORRECT = "object:correct"
    OBJECT_ERASE = "object:erase"
    OBJECT_NARROW = "object:narrow"
    OBJECT_REFUSE = "object:refuse"
    OBJECT_WITHDRAW = "object:withdraw"
    OPERATOR_CREATE = "operator:create"
    OVERLAP_REGISTER = "overlap:register"
    OVERLAP_REMOVE = "overlap:remove"
    OWN_DATA_EXPORT = "own-data:export"
    PAGE_ACKNOWLEDGE = "page:acknowledge"
    PAGE_END = "page:end"
    PAGE_ESCALATE = "page:escalate"
    PAGE_MAKE = "page:make"
    PAGE_UNDELIVERED = "page:undelivered"
    PARTNER_ENROL = "partner:enrol"
    PARTNER_STATE_CHANGE = "partner:state-change"
    PASSKEY_ADD = "passkey:add"
    PASSKEY_REMOVE = "passkey:remove"
    PERSON_ADD = "person:add"
    PERSON_CHANGE = "person:change"
    PERSON_INVITE = "person:invite"
    PERSON_LEAVE = "person:leave"
    POSTING_END = "posting:end"
    PREVENTION_DECLARE = "prevention:declare"
    PREVENTION_RELEASE = "prevention:release"
    PREVENTION_TAKE_BACK = "prevention:take-back"
    QUESTION_ASK = "question:ask"
    QUESTION_SEARCH = "question:search"
    RECALL_ANSWER = "recall:answer"
    RECALL_OVERDUE = "recall:overdue"
    RECALL_REMIND = "recall:remind"
    REQUEST_ANSWER = "request:answer"
    REQUEST_CLOSE = "request:close"
    REQUEST_RUNNING_OUT = "request:running-out"
    REQUEST_START = "request:start"
    SEARCH_ADD = "search:add"
    SEARCH_REMOVE = "search:remove"
    SESSION_END = "session:end"
    SESSION_OPEN = "session:open"
    SIGN_IN_FAIL = "sign-in:fail"
    SIGN_IN_SET = "sign-in:set"
    SUBJECT_ANSWER = "subject:answer"
    SUBJECT_CLOSE = "subject:close"
    SUBJECT_ERASE = "subject:erase"
    SUBJECT_EXTEND = "subject:extend"
    SUBJECT_LIFT = "subject:lift"
    SUBJECT_LOOKUP = "subject:lookup"
    SUBJECT_OPEN = "subject:open"
    SUBJECT_RECTIFY = "subject:rectify"
    SUBJECT_REJECT = "subject:reject"
    SUBJECT_RESTRICT = "subject:restrict"
    SUBJECT_WIPE = "subject:wipe"
    SUBMISSION_STORE = "submission:store"
    USAGE_EDGE = "usage:edge"
    WEBHOOK_ADD = "webhook:add"
    WEBHOOK_FAIL = "webhook:fail"
    WEBHOOK_PAUSE = "webhook:pause"
    WEBHOOK_REMOVE = "webhook:remove"
    WEBHOOK_REPLAY = "webhook:replay"
    WEBHOOK_RESUME = "webhook:resume"
    WEBHOOK_ROTATE = "webhook:rotate"
    WORK_CANCEL = "work:cancel"
    WORK_DEAD = "work:dead"
    WORK_RETRY = "work:retry"


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One recorded event. ``subject`` is an id of ours (partner, key, credential), never one a submitter chose."""

    event: Event
    at: datetime
    partner_id: str | None = None
    credential_id: str | None = None
    subject: str | None = None
    code: str | None = None
    pointer: str | None = None
