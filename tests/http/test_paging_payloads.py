from __future__ import annotations

from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from app.domain.paging import Delivery, Mail, MailKind, Page
from app.http.paging_payloads import MailPayload, NewContactPayload, PagePayload
from app.services.membership.keep_contacts import NewContact
from app.services.paging.answer_pages import PageRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MAIL = Mail("mail", MailKind.PAGE, "page", "contact", NOW, NOW, failure=Delivery.REFUSED, failed_at=NOW)


def test_a_new_contact_becomes_the_services_value() -> None:
    loaded = NewContactPayload().load({"label": "Duty officer", "email": "duty+night@example.org"})
    assert loaded == NewContact("Duty officer", "duty+night@example.org", None, None)


@pytest.mark.parametrize(
    "email", ["", "@example.org", "a@b", "a b@example.org", "a@example.org, b@example.org", "a@exa_mple.org"]
)
def test_an_address_has_one_plain_form(email: str) -> None:
    with pytest.raises(ValidationError):
        NewContactPayload().load({"label": "Duty officer", "email": email})


def test_a_mail_says_to_whom_and_what_became_of_it_and_no_id_of_its_own() -> None:
    assert MailPayload().dump(MAIL) == {
        "contact_id": "contact",
        "state": "waiting",
        "made_at": "2026-03-01T12:00:00.000000Z",
        "sent_at": None,
        "failed_at": "2026-03-01T12:00:00.000000Z",
        "failure": "refused",
    }


def test_a_page_says_neither_submitter_nor_submission_nor_versions() -> None:
    page = Page("page", "partner", "submitter", "submission", (4711,), NOW, NOW)
    told = PagePayload().dump(PageRecord(page, [MAIL]))
    assert set(told) == {
        *("id", "partner_id", "state", "made_at", "contact_id", "acknowledge_by", "acknowledged_at", "escalated_at"),
        *("read", "mails"),
    }
    assert not any(hidden in str(told) for hidden in ("submitter", "submission", "4711"))
