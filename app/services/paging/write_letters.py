"""What letters say: that something waits, its id of ours, how to get at it and by when. Mail is not a secure channel, so no more.

Owns the wording. A letter holds nothing of an object, no STIX id, and no contact's data but the address it goes to. Plain ASCII.
Kept by ``tests/services/paging/test_write_letters.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.domain.paging import Alarm, Duty, Mail, Page
from app.domain.partner import Credential
from app.domain.vocabulary import Purpose

URGENT = "/api/v1/objects?urgency=imminent-risk"
_CODES = {
    "catalogue-waiting": "Proposals to the catalogue wait for reviewers, or accepted ones for a release.",
    "content-forbidden": "An object was refused: it seems to carry material that must never be here. Nothing of it was kept.",
    "contest-wide": "More versions than one contest asks about stand under a contested id; the older ones were left out.",
    "credential-expiring": "A token that is in use ends soon, and its partner has made no new one.",
    "export-waiting": "A bulk export has waited for a day: its place is full, refuses it or is away, or it may not be written.",
    "key-compromised": "A key of this partner is reported stolen, and what it signed since is recalled. Telephone the partner.",
    "log-disagrees": "The log is behind what was published, or different. NOTHING IS TAKEN IN until somebody has looked.",
    "log-not-extended": "The log does not extend its last checkpoint: something is gone or changed. No checkpoint was signed.",
    "log-two-checkpoints": "A witness handed in a checkpoint that our key signed and that was not published. Is the key stolen?",
    "many-questions": "A partner asked nearly as much, or as much, about observables or readers as it may in a day.",
    "much-read": "A partner was given nearly as much, or as much, as it may be in a day.",
    "much-sent": "A partner sent nearly as much, or as much, as it may in a day.",
    "page-undelivered": "A mail that pages a contact of this partner was refused, or the mail server could not be reached.",
    "page-without-contact": "Objects marked imminent risk came in, and no partner that may see them has a contact to be paged.",
    "page-without-law-enforcement": "An object marked imminent risk came in, and no law-enforcement partner may see it.",
    "person-data-forbidden": "An object was refused: it seems to carry data of a person. Nothing of it was kept.",
    "recall-overdue": "This partner did not answer a recall in time; by some agreements it has lost access until it does.",
    "subject-request-due": "A request of a person about data on themselves is due within a week, or overdue.",
    "webhook-failing": "Nothing could be delivered to a webhook of this partner for days.",
    "work-dead": "A piece of queued work was given up after ten attempts; the log says where it failed.",
}
_WHAT_TO_DO = {
    "catalogue-waiting": "docs/catalogue-governance.md",
    "content-forbidden": "docs/prohibited-material.md",
    "contest-wide": 'docs/recalls.md, "For operators"',
    "credential-expiring": "docs/persons.md",
    "export-waiting": "docs/export.md",
    "key-compromised": 'docs/keys.md, "For operators"',
    "log-disagrees": 'docs/operations.md, "The exchange is read-only"',
    "log-not-extended": 'docs/operations.md, "The exchange is read-only"',
    "log-two-checkpoints": 'docs/witness.md, "For the exchange\'s operators"',
    "many-questions": "docs/limits.md",
    "much-read": "docs/limits.md",
    "much-sent": "docs/limits.md",
    "page-undelivered": 'docs/imminent-risk.md, "A contact is dead"',
    "page-without-contact": 'docs/imminent-risk.md, "Nobody to page"',
    "page-without-law-enforcement": 'docs/imminent-risk.md, "Seen by no law enforcement"',
    "person-data-forbidden": "docs/prohibited-material.md",
    "recall-overdue": 'docs/recalls.md, "For operators"',
    "subject-request-due": "docs/data-protection/README.md",
    "webhook-failing": "docs/webhooks.md",
    "work-dead": 'docs/imminent-risk.md, "Work is dead"',
}

Text = tuple[str, str]
"""Subject and text."""


def _minute(moment: datetime | None) -> str:
    return "-" if moment is None else moment.strftime("%Y-%m-%d %H:%M UTC")


def page_letter(duty: Duty, page: Page, mail: Mail, purposes: Sequence[Purpose]) -> Text:
    """Give the letter that calls a contact; ``purposes`` are those for which its partner reads, best first.

    They are the agreement's: which of them the publisher admits is not told by mail.
    """
    is_its_turn = page.contact_id == mail.contact_id and page.escalated_at is None
    by = f"Acknowledge by {_minute(page.acknowledge_by)}; then the next one is called."
    late = "The next one was called already, since this mail came late. Acknowledge all the same if nobody has."
    lines = [
        f"Something marked imminent risk awaits your organisation at {duty.origin}",
        "",
        f"Page {page.page_id}",
        by if is_its_turn else late,
        "",
        f"1. Acknowledge:  breakwater page acknowledge {page.page_id}",
        f"   or, with your organisation's token, POST {duty.origin}/api/v1/pages/{page.page_id}/acknowledgement",
        *_how_to_read(duty, purposes),
        "",
        "All that awaits your organisation:  breakwater page list",
        "",
        "This mail says no more, for mail is not a secure channel. The exchange is not a reporting channel: its publisher states",
        "that it was reported already. If you know of a child in danger, call the police.",
    ]
    return f"Imminent risk: page {page.page_id}", "\n".join(lines)


def _how_to_read(duty: Duty, purposes: Sequence[Purpose]) -> Iterator[str]:
    asked = f" --purpose {purposes[0]}" if purposes else ""
    yield f"2. Read it:      breakwater pull --urgency imminent-risk{asked} --out urgent.ndjson"
    yield f"   or GET {duty.origin}{URGENT}" + (f" with the header Breakwater-Purpose: {purposes[0]}" if purposes else "")
    if purposes:
        yield "   Leave the purpose out if one is fixed on your token."
    if purposes[1:]:
        others = ", ".join(purposes[1:])
        yield f"   Nothing there? Your agreement lets you read for these too, each with an --out of its own: {others}"


def escalation_letter(duty: Duty, page: Page) -> Text:
    """Give the letter that tells the operator that nobody acknowledged."""
    lines = [
        f"Nobody acknowledged a page at {duty.origin}, and no further contact is left.",
        "",
        f"Page     {page.page_id}",
        f"Partner  {page.partner_id}",
        f"Made     {_minute(page.made_at)}",
        "",
        "Call the partner by another way. Who was called, and what became of it: breakwater page list",
        'What to do: docs/imminent-risk.md, "Nobody acknowledges"',
    ]
    return f"Unacknowledged: page {page.page_id}", "\n".join(lines)


def alarm_letter(duty: Duty, alarm: Alarm) -> Text:
    """Give the letter of an alarm; it says where, never what."""
    lines = [
        f"Alarm at {duty.origin}: {alarm.code}",
        _CODES[alarm.code],
        "",
        f"Partner     {alarm.partner_id or '-'}",
        f"How often   {alarm.count}, from {_minute(alarm.first_at)} to {_minute(alarm.last_at)}",
        f"About       {alarm.subject or '-'}",
        f"Place       {alarm.pointer or '-'}",
        "",
        f"What to do: {_WHAT_TO_DO[alarm.code]}",
        "More of the same within ten minutes comes as one mail, with its number.",
    ]
    return f"Alarm: {alarm.code}", "\n".join(lines)


def expiry_letter(duty: Duty, ending: Credential) -> Text:
    """Give the letter that tells a contact that a credential of its organisation ends, and how to make a new one."""
    lines = [
        f"A credential that your organisation uses at {duty.origin} ends soon, and there is no newer one in its place.",
        "",
        f"Credential  {ending.credential_id}",
        f"Ends        {_minute(ending.expires_at)}",
        "",
        "1. Make a new one, and put it where the old one is used:  breakwater credential issue",
        "2. Revoke the old one once nothing uses it any more:      breakwater credential revoke CREDENTIAL",
        "",
        "This mail says no more, for mail is not a secure channel. It never asks for a token, and nobody of the exchange does.",
    ]
    return "A credential of your organisation ends soon", "\n".join(lines)


def recall_letter(duty: Duty, count: int, due_at: datetime, *, is_late: bool) -> Text:
    """Give the letter that reminds a contact of notices of recalls that its organisation has to answer."""
    first = f"The first should have been answered by {_minute(due_at)}." if is_late else f"Answer the first by {_minute(due_at)}."
    lines = [
        f"Notices of recalls at {duty.origin} await the answer of your organisation: {count}.",
        first,
        "By its agreement an organisation that is late may lose access until it has answered."
        if not is_late
        else "Depending on its agreement, your organisation reads nothing of others until it has answered.",
        "",
        "1. See what is called back:  breakwater recall list",
        "2. Do what is asked, and answer:  breakwater recall acknowledge NOTICE --outcome deleted --key FILE",
        "",
        "This mail says no more, for mail is not a secure channel. What to do: docs/recalls.md",
    ]
    return "Recalls await your answer" if not is_late else "Overdue: recalls await your answer", "\n".join(lines)


def request_letter(duty: Duty, request_id: str) -> Text:
    """Give the letter that tells a contact that the clock of a request runs out: an answer is due, or a preservation lapses."""
    lines = [
        f"The clock of a request at {duty.origin} runs out in a few days: your organisation asked, or is asked.",
        "",
        f"Request  {request_id}",
        "",
        "1. See what it is and when:  breakwater request list",
        "2. Asked, and not answered?  breakwater request answer REQUEST --outcome preserved",
        "   Asking, and still needed? Publish the request anew with its new date, and: breakwater request start ID",
        "",
        "This mail says no more, for mail is not a secure channel. What to do: docs/requests.md",
    ]
    return "The clock of a request runs out", "\n".join(lines)


def trial_letter(duty: Duty) -> Text:
    """Give the letter by which a contact's address is tried."""
    lines = [
        f"This is a test of the contacts that are paged at imminent risk by the exchange at {duty.origin}",
        "Nothing awaits you, and nothing has to be done.",
    ]
    return "Test of your paging contact", "\n".join(lines)
