"""Keeps whom to call in which order, what a page's state is, and that a contact's data has no text form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import Code
from app.domain.paging import (
    ALARMING,
    CALL_EVERYWHERE,
    AlarmCode,
    Contact,
    Delivery,
    Duty,
    EmergencyContact,
    Letter,
    Page,
    PageState,
    portal_origin_of,
)
from tests.factories.policy_values import NOW

PAGE = Page("page", "partner", "submitter", "submission", (1, 2), NOW, NOW)
DUTCH, BRITISH = EmergencyContact("NL", "Politie", "112"), EmergencyContact("GB", "Police", "999")


def test_whom_to_call_everywhere_comes_first_then_the_callers_own_jurisdiction_then_the_others() -> None:
    duty = Duty(emergency_contacts=(DUTCH, BRITISH, *CALL_EVERYWHERE))
    assert duty.whom_to_call("NL") == (*CALL_EVERYWHERE, DUTCH, BRITISH)
    assert duty.whom_to_call("GB") == (*CALL_EVERYWHERE, BRITISH, DUTCH)
    assert duty.whom_to_call("FR") == (*CALL_EVERYWHERE, BRITISH, DUTCH)


@pytest.mark.parametrize(
    ("origin", "portal"),
    [
        ("https://exchange.example.org", "https://exchange.example.org"),
        ("https://exchange.example.org:8443", "https://exchange.example.org:8443"),
        ("http://192.0.2.1:8000", "http://192.0.2.1:8000"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://localhost:8000"),
        ("http://0.0.0.0:8000", "http://localhost:8000"),
        ("http://127.0.0.1", "http://localhost"),
    ],
)
def test_people_reach_this_machine_by_its_name_since_passkeys_need_one(origin: str, portal: str) -> None:
    assert portal_origin_of(origin) == portal == Duty(origin=origin).portal_origin


def test_where_nobody_was_named_the_police_of_the_place_is_to_be_called() -> None:
    police, hotline = Duty().whom_to_call("NL")
    assert "police emergency number of the place where the child is" in police.call
    assert "national hotline" in hotline.call


@pytest.mark.parametrize(
    ("page", "state", "is_waiting"),
    [
        (PAGE, PageState.OPEN, True),
        (replace(PAGE, escalated_at=NOW), PageState.ESCALATED, True),
        (replace(PAGE, acknowledged_at=NOW), PageState.ACKNOWLEDGED, False),
        (replace(PAGE, escalated_at=NOW, acknowledged_at=NOW), PageState.ACKNOWLEDGED, False),
        (replace(PAGE, ended_at=NOW), PageState.ENDED, False),
        (replace(PAGE, ended_at=NOW, escalated_at=NOW), PageState.ENDED, False),
    ],
)
def test_a_page_waits_until_it_is_acknowledged_or_has_ended(page: Page, state: PageState, *, is_waiting: bool) -> None:
    assert (page.state, page.is_waiting) == (state, is_waiting)


@pytest.mark.parametrize("fate", Delivery)
def test_somebody_else_is_called_at_once_where_a_mail_cannot_arrive(fate: Delivery) -> None:
    assert fate.is_dead is (fate in {Delivery.REFUSED, Delivery.UNREACHABLE})


def test_a_persons_address_and_number_are_in_no_text_form() -> None:
    contact = Contact("contact", "partner", 1, "Robin Doe", "robin@example.org", "+1 555 0100", NOW)
    letter = Letter("<1@example.org>", ("robin@example.org",), "Subject", "Text", NOW)
    for told in (repr(contact), repr(letter), repr(Duty(alarm_to=("robin@example.org",)))):
        assert not any(secret in told for secret in ("Robin", "robin@", "0100"))


def test_every_alarming_refusal_has_its_alarm() -> None:
    assert {AlarmCode(code.value) for code in ALARMING} <= set(AlarmCode)
    assert {code for code in Code if code.value in set(AlarmCode)} == ALARMING
