from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import UnauthenticatedError
from app.domain.sign_in import FREE_FAILURES, MOST_FAILURES_AGAIN, STEP_UP_HOLDS, Method
from app.domain.sign_in_attempts import MOST_FAILURES, WAITS_FOR, Attempts
from app.services.signing_in import by_password
from app.services.signing_in.by_password import Shown, show_again_by_password, sign_in_by_password
from app.services.signing_in.sessions import SignedIn, find_session, open_session
from app.storage import members, sign_in_attempts, sign_ins
from tests.factories.members import Hub, at_once
from tests.factories.sign_ins import HALF_A_MINUTE, PASSWORD, SomebodySigningIn, set_up


@pytest.mark.parametrize("login", ["", "nobody.a", "a\x00b", "a\ud800b", "a" * 100_000], ids=range(5))
def test_a_name_that_is_nobodys_is_refused_whatever_text_it_is(hub: Hub, login: str) -> None:
    with pytest.raises(UnauthenticatedError):
        sign_in_by_password(hub.exchange, Shown(login, "four words in a row", "000000"))


def test_of_two_with_the_same_code_at_once_one_is_let_in(hub: Hub) -> None:
    analyst = set_up(hub, hub.enrol("Platform A").administrator())
    hub.clock.now += HALF_A_MINUTE
    shown = Shown(analyst.login, PASSWORD, analyst.code())
    ends = at_once(*[lambda: sign_in_by_password(hub.exchange, shown)] * 3)
    assert sum(isinstance(one, str) for one in ends) == 1
    assert {type(one) for one in ends if not isinstance(one, str)} == {UnauthenticatedError}


def test_failures_while_it_waits_do_not_make_it_wait_longer(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    for _ in range(FREE_FAILURES):
        with pytest.raises(UnauthenticatedError):
            analyst.sign_in(code="000000")
    until = quick_hub.clock.now + timedelta(minutes=1)
    with pytest.raises(UnauthenticatedError):
        analyst.sign_in()
    quick_hub.clock.now = until
    assert analyst.sign_in()


def test_no_number_of_wrong_passwords_keeps_a_name_out(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    for _ in range(2 * FREE_FAILURES):
        with pytest.raises(UnauthenticatedError):
            analyst.sign_in("not the password, nor near it")
    assert analyst.sign_in()


def test_what_others_try_under_a_name_does_not_count_in_a_session_and_failures_there_end_it(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    other = analyst.sign_in()
    for _ in range(FREE_FAILURES):
        with pytest.raises(UnauthenticatedError):
            analyst.sign_in("not the password, nor near it")
    show_again_by_password(quick_hub.exchange, analyst.signed_in(), PASSWORD, analyst.code())
    for left in range(MOST_FAILURES_AGAIN, 0, -1):
        here = analyst.signed_in()
        with pytest.raises(UnauthenticatedError):
            show_again_by_password(quick_hub.exchange, here, PASSWORD if left % 2 else "wrong", "000000")
    with pytest.raises(UnauthenticatedError):
        analyst.signed_in()
    assert find_session(quick_hub.exchange, other), "another session goes on"


def test_a_session_forgets_its_failures_when_it_worked(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    for _ in range(2):
        for _ in range(MOST_FAILURES_AGAIN - 1):
            with pytest.raises(UnauthenticatedError):
                show_again_by_password(quick_hub.exchange, analyst.signed_in(), "wrong", "000000")
        quick_hub.clock.now += HALF_A_MINUTE
        show_again_by_password(quick_hub.exchange, analyst.signed_in(), PASSWORD, analyst.code())


def test_showing_again_takes_the_same_as_signing_in(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    quick_hub.clock.now += STEP_UP_HOLDS
    with pytest.raises(UnauthenticatedError):
        show_again_by_password(quick_hub.exchange, analyst.signed_in(), "wrong", analyst.code())
    assert not analyst.signed_in().session.is_fresh(quick_hub.clock.now)
    show_again_by_password(quick_hub.exchange, analyst.signed_in(), PASSWORD, analyst.code())
    assert analyst.signed_in().session.is_fresh(quick_hub.clock.now)


def test_many_failures_from_one_place_let_it_wait_under_every_name_and_no_other_place(quick_hub: Hub) -> None:
    analyst, here = set_up(quick_hub, quick_hub.enrol("Platform A").administrator()), "192.0.2.7"
    quick_hub.clock.now += HALF_A_MINUTE
    with quick_hub.exchange.database.write() as connection:
        sign_in_attempts.save_attempts(connection, Attempts(here, MOST_FAILURES - 1, quick_hub.clock.now))
    with pytest.raises(UnauthenticatedError):
        sign_in_by_password(quick_hub.exchange, Shown("nobody.here", PASSWORD, "000000"), here)
    right = Shown(analyst.login, PASSWORD, analyst.code())
    with pytest.raises(UnauthenticatedError):
        sign_in_by_password(quick_hub.exchange, right, here)
    assert sign_in_by_password(quick_hub.exchange, right, "192.0.2.8"), "the code was not used up meanwhile"
    quick_hub.clock.now += WAITS_FOR
    assert sign_in_by_password(quick_hub.exchange, Shown(analyst.login, PASSWORD, analyst.code()), here)


def _failures(hub: Hub, somebody: SomebodySigningIn) -> int:
    with hub.exchange.database.read() as connection:
        kept = sign_ins.sign_in_of(connection, somebody.person_id)
    assert kept is not None
    return kept.failures


def _through_an_account_elsewhere(hub: Hub, somebody: SomebodySigningIn) -> SignedIn:
    with hub.exchange.database.write() as connection:
        person = members.person_by_id(connection, somebody.person_id)
        assert person is not None
        secret = open_session(connection, person, Method.OPENID, hub.clock.now)
    return find_session(hub.exchange, secret)


def test_who_opens_one_session_after_another_guesses_no_more_codes_than_one_by_one(quick_hub: Hub) -> None:
    analyst = set_up(quick_hub, quick_hub.enrol("Platform A").administrator())
    quick_hub.clock.now += HALF_A_MINUTE
    for _ in range(FREE_FAILURES):
        with pytest.raises(UnauthenticatedError):
            show_again_by_password(
                quick_hub.exchange, _through_an_account_elsewhere(quick_hub, analyst), PASSWORD, "000000", "192.0.2.7"
            )
    with pytest.raises(UnauthenticatedError):
        show_again_by_password(
            quick_hub.exchange, _through_an_account_elsewhere(quick_hub, analyst), PASSWORD, analyst.code(), "192.0.2.7"
        )
    assert _failures(quick_hub, analyst) == FREE_FAILURES
    with quick_hub.exchange.database.read() as connection:
        known = sign_in_attempts.attempts_from(connection, "192.0.2.7")
    assert known is not None
    assert known.failures == FREE_FAILURES + 1
    quick_hub.clock.now += timedelta(minutes=1)
    show_again_by_password(quick_hub.exchange, _through_an_account_elsewhere(quick_hub, analyst), PASSWORD, analyst.code())
    assert _failures(quick_hub, analyst) == 0


def test_codes_sent_at_once_are_looked_at_no_more_often_than_one_by_one(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = set_up(hub, hub.enrol("Platform A").administrator())
    looked: list[str] = []
    real = by_password.step_of
    monkeypatch.setattr(by_password, "step_of", lambda *given: looked.append(given[1]) or real(*given))
    shown = Shown(analyst.login, PASSWORD, "000000")
    ends = at_once(*[lambda: sign_in_by_password(hub.exchange, shown)] * (2 * FREE_FAILURES))
    assert {type(one) for one in ends} == {UnauthenticatedError}
    assert len(looked) == FREE_FAILURES


def test_showing_again_at_once_is_looked_at_no_more_often_than_a_session_may_fail(hub: Hub) -> None:
    analyst = set_up(hub, hub.enrol("Platform A").administrator())
    here = analyst.signed_in()
    ends = at_once(*[lambda: show_again_by_password(hub.exchange, here, "wrong", "000000")] * (2 * MOST_FAILURES_AGAIN))
    assert {type(one) for one in ends} == {UnauthenticatedError}
    with pytest.raises(UnauthenticatedError):
        analyst.signed_in()
