"""Letters say that something waits, where and by when, and nothing of what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.paging import Alarm, AlarmCode, Duty, Mail, MailKind, Page
from app.domain.vocabulary import Purpose
from app.services.paging.write_letters import (
    URGENT,
    alarm_letter,
    escalation_letter,
    page_letter,
    recall_letter,
    trial_letter,
)
from tests.factories.policy_values import NOW

DUTY = Duty(origin="https://exchange.example.org")
PAGE = Page(
    page_id="2a2f3b64-7f26-4c2f-8f0f-6f3f6a0e6d11",
    partner_id="partner-agency-a",
    submitter_id="partner-hotline-a",
    submission_id="submission-of-the-hotline",
    version_ids=(4711,),
    made_at=NOW,
    turn_at=NOW,
    rank=1,
    contact_id="contact-1",
    acknowledge_by=NOW + timedelta(minutes=15),
)
PURPOSES = (Purpose.VICTIM_PROTECTION, Purpose.DETECTION)
MAIL = Mail("mail-1", MailKind.PAGE, PAGE.page_id, "contact-1", NOW, NOW)


def test_a_page_says_what_to_do_where_and_by_when() -> None:
    subject, text = page_letter(DUTY, PAGE, MAIL, PURPOSES)
    assert subject == f"Imminent risk: page {PAGE.page_id}"
    assert "Acknowledge by 2026-03-01 12:15 UTC" in text
    for expected in (
        f"breakwater page acknowledge {PAGE.page_id}",
        f"POST https://exchange.example.org/api/v1/pages/{PAGE.page_id}/acknowledgement",
        "breakwater pull --urgency imminent-risk --purpose victim-protection --out",
        f"GET https://exchange.example.org{URGENT} with the header Breakwater-Purpose: victim-protection",
        "own: detection",
        "breakwater page list",
        "not a reporting channel",
    ):
        assert expected in text


def test_a_page_of_a_partner_without_purposes_names_none() -> None:
    _, text = page_letter(DUTY, PAGE, MAIL, ())
    assert "purpose" not in text.lower()


def test_a_page_of_a_partner_with_one_purpose_names_no_other() -> None:
    _, text = page_letter(DUTY, PAGE, MAIL, PURPOSES[:1])
    assert "these too" not in text


def test_a_page_says_neither_who_published_nor_which_submission_or_object_it_is_about() -> None:
    told = "".join(page_letter(DUTY, PAGE, MAIL, PURPOSES))
    assert not any(hidden in told for hidden in (PAGE.submitter_id, PAGE.submission_id, PAGE.partner_id, "4711", "contact-1"))


@pytest.mark.parametrize("page", [replace(PAGE, contact_id="contact-2"), replace(PAGE, escalated_at=NOW)])
def test_a_page_that_comes_late_names_no_time_that_is_not_its_own(page: Page) -> None:
    _, text = page_letter(DUTY, page, MAIL, PURPOSES)
    assert "Acknowledge by" not in text
    assert "The next one was called already" in text


def test_the_operator_is_told_the_partner_and_the_page() -> None:
    subject, text = escalation_letter(DUTY, PAGE)
    assert PAGE.page_id in subject
    assert PAGE.partner_id in text
    assert "docs/imminent-risk.md" in text
    assert PAGE.submitter_id not in text


@pytest.mark.parametrize("code", AlarmCode)
def test_every_alarm_has_its_words_and_its_way_out(code: AlarmCode) -> None:
    alarm = Alarm("alarm-1", code, "partner-a", "submission-1", "/objects/3", NOW, NOW, NOW, 7)
    subject, text = alarm_letter(DUTY, alarm)
    assert code in subject
    for expected in ("partner-a", "submission-1", "/objects/3", "How often   7,", "docs/"):
        assert expected in text


def test_an_alarm_about_nothing_in_particular_says_so() -> None:
    _, text = alarm_letter(DUTY, Alarm("1", AlarmCode.CONTENT_FORBIDDEN, None, None, None, NOW, NOW, NOW, 1))
    assert "Partner     -" in text


def test_a_test_awaits_nothing() -> None:
    _, text = trial_letter(DUTY)
    assert "Nothing awaits you" in text


def test_all_letters_are_ascii_and_their_lines_short() -> None:
    alarm = Alarm("1", AlarmCode.PAGE_UNDELIVERED, "p", "s", None, NOW, NOW, NOW, 1)
    letters = (
        page_letter(DUTY, PAGE, MAIL, PURPOSES),
        escalation_letter(DUTY, PAGE),
        alarm_letter(DUTY, alarm),
        trial_letter(DUTY),
    )
    for subject, text in letters:
        assert (subject + text).isascii()
        assert max(map(len, text.splitlines())) < 160


@pytest.mark.parametrize(
    ("is_late", "expected"), [(False, "Answer the first by 2026-03-01 12:00 UTC"), (True, "should have been answered by")]
)
def test_a_reminder_says_how_many_notices_wait_and_by_when(*, is_late: bool, expected: str) -> None:
    subject, text = recall_letter(DUTY, 3, NOW, is_late=is_late)
    assert subject.startswith("Overdue") is is_late
    assert expected in text
    assert "await the answer of your organisation: 3" in text
    assert "breakwater recall acknowledge" in text
    assert text.isascii()
