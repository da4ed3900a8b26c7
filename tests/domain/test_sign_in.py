from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.domain.sign_in import (
    FAILURES_COUNT,
    FREE_FAILURES,
    INVITATION_LASTS,
    SESSION_IDLES,
    STEP_UP_HOLDS,
    Invitation,
    InvitationKind,
    Method,
    Session,
    SignIn,
    why_no_login,
    why_no_password,
)
from tests.factories.policy_values import NOW

MOMENT = timedelta(microseconds=1)


def waits(failures: int, failed_at: datetime | None = NOW) -> timedelta | None:
    until = SignIn("person", "analyst.a", failures=failures, failed_at=failed_at).waits_until()
    return None if until is None else until - NOW


def test_the_first_failures_are_free_and_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    assert waits(FREE_FAILURES - 1) is None
    minutes = [waits(FREE_FAILURES + over) for over in (0, 1, 2, 5, 6, 10, 1_000_000)]
    assert minutes == [timedelta(minutes=number) for number in (1, 2, 4, 15, 15, 15, 15)]


def test_a_wrong_code_counts_until_a_day_went_by_and_not_while_it_waits() -> None:
    waiting = SignIn("person", "analyst.a", failures=FREE_FAILURES, failed_at=NOW)
    assert waiting.after_wrong_code(NOW + MOMENT) == waiting
    assert waiting.after_wrong_code(NOW + timedelta(minutes=1)).failures == FREE_FAILURES + 1
    later = NOW + FAILURES_COUNT
    assert waiting.after_wrong_code(later - MOMENT).failures == FREE_FAILURES + 1
    assert waiting.after_wrong_code(later) == SignIn("person", "analyst.a", failures=1, failed_at=later)


def test_who_never_failed_does_not_wait() -> None:
    assert waits(FREE_FAILURES, None) is None


def test_an_invitation_is_open_until_it_is_used_or_over() -> None:
    made = Invitation("invitation", "person", InvitationKind.JOIN, None, NOW, NOW + INVITATION_LASTS)
    assert made.is_open(NOW + INVITATION_LASTS - MOMENT)
    assert not made.is_open(NOW + INVITATION_LASTS)
    used = Invitation("invitation", "person", InvitationKind.JOIN, None, NOW, NOW + INVITATION_LASTS, used_at=NOW)
    assert not used.is_open(NOW)


def test_a_session_idles_and_grows_stale() -> None:
    session = Session("credential", Method.PASSKEY, seen_at=NOW, shown_at=NOW)
    assert not session.has_idled(NOW + SESSION_IDLES - MOMENT)
    assert session.has_idled(NOW + SESSION_IDLES)
    assert session.is_fresh(NOW + STEP_UP_HOLDS - MOMENT)
    assert not session.is_fresh(NOW + STEP_UP_HOLDS)


def test_what_a_provider_says_opens_a_session_and_shows_nobody() -> None:
    assert {method for method in Method if not method.shows_person} == {Method.OPENID}


@pytest.mark.parametrize("login", ["abc", "analyst.a@example.org", "a" * 100, "0-0", "a_+b"])
def test_names_to_sign_in_with(login: str) -> None:
    assert why_no_login(login) is None


@pytest.mark.parametrize("login", ["", "ab", "a" * 101, "Abc", ".bc", "ab.", "a b", "abc\n", "ä.bc", "a\x00c", "a\ud800c", "٣٣٣"])
def test_other_texts_are_no_names(login: str) -> None:
    assert why_no_login(login) is not None


@pytest.mark.parametrize("password", ["four words in a row", "abcdefghijklmn", "ü" * 5 + "abcde" * 39])
def test_long_passwords_are_taken(password: str) -> None:
    assert why_no_password(password, "analyst.a") is None


@pytest.mark.parametrize(
    "password", ["", "abcdefghijklm", "abcdefg" * 28 + "abcde", "aaBBccDDeeAABB", "my name is ANALYST.A so there"]
)
def test_short_endless_and_guessable_passwords_are_not(password: str) -> None:
    assert why_no_password(password, "analyst.a") is not None
