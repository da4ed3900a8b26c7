"""Contacts, pages, alarms and mails: who is called, why, and what became of it.

Owns the values. A contact is a person: its address and number are left out of every text form, and stand in no event, log line or
refusal. Kept by ``tests/domain/test_paging.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.domain.errors import Code


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Whom to call when a child is at imminent risk. ``jurisdiction`` is ISO 3166-1 alpha-2, None: everywhere."""

    jurisdiction: str | None
    name: str
    call: str


CALL_EVERYWHERE = (
    EmergencyContact(None, "Police", "the police emergency number of the place where the child is"),
    EmergencyContact(None, "National hotline", "in doubt, your national hotline"),
)
"""What is said where the operator has named nobody for everywhere."""


def portal_origin_of(origin: str) -> str:
    """Give the origin under which browsers open the portal: passkeys need a name, and this machine has the name ``localhost``."""
    parts = urlsplit(origin)
    try:
        address = ip_address(parts.hostname or "")
    except ValueError:
        return origin
    is_here = address.is_loopback or address.is_unspecified
    return f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else "") if is_here else origin


@dataclass(frozen=True, slots=True)
class Duty:
    """What an exchange is set to do at imminent risk and at alarms.

    ``origin`` is how partners' programs reach it, for letters, too. ``acknowledge_within`` is how long each contact has.
    """

    origin: str = "http://127.0.0.1:8000"
    acknowledge_within: timedelta = timedelta(minutes=15)
    alarm_to: tuple[str, ...] = field(default=(), repr=False)
    emergency_contacts: tuple[EmergencyContact, ...] = CALL_EVERYWHERE

    @property
    def portal_origin(self) -> str:
        """How people reach the portal: as partners do, but an address of this machine is ``localhost``."""
        return portal_origin_of(self.origin)

    def whom_to_call(self, jurisdiction: str) -> tuple[EmergencyContact, ...]:
        """Give everybody to call: those for everywhere, then those of the given jurisdiction, then the others in order."""
        ranked = ({None: 0, jurisdiction: 1}.get(one.jurisdiction, 2) for one in self.emergency_contacts)
        pairs = zip(ranked, self.emergency_contacts, strict=True)
        return tuple(one for _, one in sorted(pairs, key=lambda pair: (pair[0], pair[1].jurisdiction or "")))


@dataclass(frozen=True, slots=True)
class Contact:
    """One of a partner's contacts around the clock; the lowest ``rank`` is called first."""

    contact_id: str
    partner_id: str
    rank: int
    label: str = field(repr=False)
    email: str = field(repr=False)
    phone: str | None = field(repr=False)
    created_at: datetime


@unique
class PageState(StrEnum):
    """What a page waits for."""

    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"
    ESCALATED = "escalated"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Page:
    """The calling of one partner about one submission's objects at imminent risk.

    ``version_ids`` are the objects' rows. ``rank`` is that of the contact whose turn it is, 0 before the first; ``turn_at`` is
    when the next one is called, None when nobody is left. ``ended_at``: the partner may see none of the objects any more.
    """

    page_id: str
    partner_id: str
    submitter_id: str
    submission_id: str
    version_ids: tuple[int, ...]
    made_at: datetime
    turn_at: datetime | None
    rank: int = 0
    contact_id: str | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    escalated_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> PageState:
        """What has become of it; who acknowledges after the operator was called has acknowledged all the same."""
        if self.acknowledged_at is not None:
            return PageState.ACKNOWLEDGED
        if self.ended_at is not None:
            return PageState.ENDED
        return PageState.OPEN if self.escalated_at is None else PageState.ESCALATED

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to acknowledge it."""
        return self.state in {PageState.OPEN, PageState.ESCALATED}


@unique
class AlarmCode(StrEnum):
    """Why the operator is alarmed. Alphabetical; those in ``ALARMING`` are codes of refusals as well."""

    CATALOGUE_WAITING = "catalogue-waiting"
    CONTENT_FORBIDDEN = "content-forbidden"
    CONTEST_WIDE = "contest-wide"
    CREDENTIAL_EXPIRING = "credential-expiring"
    EXPORT_WAITING = "export-waiting"
    KEY_COMPROMISED = "key-compromised"
    LOG_DISAGREES = "log-disagrees"
    LOG_NOT_EXTENDED = "log-not-extended"
    LOG_TWO_CHECKPOINTS = "log-two-checkpoints"
    MANY_QUESTIONS = "many-questions"
    MUCH_READ = "much-read"
    MUCH_SENT = "much-sent"
    PAGE_UNDELIVERED = "page-undelivered"
    PAGE_WITHOUT_CONTACT = "page-without-contact"
    PAGE_WITHOUT_LAW_ENFORCEMENT = "page-without-law-enforcement"
    PERSON_DATA_FORBIDDEN = "person-data-forbidden"
    RECALL_OVERDUE = "recall-overdue"
    SUBJECT_REQUEST_DUE = "subject-request-due"
    WEBHOOK_FAILING = "webhook-failing"
    WORK_DEAD = "work-dead"


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the operator is told, once for ``count`` events of one partner and code; ``subject`` is a submission, a page or a key.

    ``pointer`` is the first event's, and never holds a value.
    """

    alarm_id: str
    code: AlarmCode
    partner_id: str | None
    subject: str | None
    pointer: str | None
    first_at: datetime
    last_at: datetime
    due_at: datetime
    count: int


@unique
class MailKind(StrEnum):
    """What a mail is about: ``subject_id`` is that of a page, alarm, contact, credential, request, or (recalls) of a partner."""

    ALARM = "alarm"
    ESCALATION = "escalation"
    EXPIRY = "expiry"
    PAGE = "page"
    RECALL = "recall"
    REQUEST = "request"
    TEST = "test"


@unique
class MailState(StrEnum):
    """Whether a mail is still to be sent. What failed and is tried again waits."""

    DROPPED = "dropped"
    SENT = "sent"
    WAITING = "waiting"


@unique
class Delivery(StrEnum):
    """What a mail server did with one letter."""

    LATER = "later"
    REFUSED = "refused"
    SENT = "sent"
    UNREACHABLE = "unreachable"

    @property
    def is_dead(self) -> bool:
        """Whether somebody else must be called at once."""
        return self in {Delivery.REFUSED, Delivery.UNREACHABLE}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent or that was sent: to a contact, or to the operator (``contact_id`` None). It holds no address, no text.

    ``failed_at`` is when it was first dead, ``failure`` what was last wrong.
    """

    mail_id: str
    kind: MailKind
    subject_id: str
    contact_id: str | None
    made_at: datetime
    due_at: datetime
    state: MailState = MailState.WAITING
    attempts: int = 0
    fence: int = 0
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    failure: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as it goes out: plain text, to a contact or to the operator. Sent again, it has the same ``message_id``."""

    message_id: str
    to: tuple[str, ...] = field(repr=False)
    subject: str
    text: str
    written_at: datetime


ALARMING = frozenset({Code.CONTENT_FORBIDDEN, Code.PERSON_DATA_FORBIDDEN})
"""Refusals that alarm the operator: each code has its ``AlarmCode``."""
