"""A recovery as two administrators and the person live it, over the pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.domain.sign_in import STEP_UP_HOLDS, SignIn
from app.domain.vocabulary import MemberRole, StaffRole
from app.storage import sign_ins
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered

SAID = {"reason": "The phone with the passkey was stolen.", "recognised": "In person, at the office.", "partner_id": ""}


@pytest.fixture
def administrators(running: RunningExchange, platform: FakePartner) -> tuple[Visitor, Visitor]:
    first, second = (entered(running, platform, MemberRole.ADMINISTRATOR, name=f"Synthetic admin {one}") for one in "ab")
    return first, second


@pytest.fixture
def lost(running: RunningExchange, platform: FakePartner) -> Visitor:
    """An analyst who lost what they sign in with, and whose session is open somewhere."""
    return lost_one(running, platform)


def lost_one(running: RunningExchange, partner: FakePartner | None, *roles: MemberRole | StaffRole) -> Visitor:
    visitor = entered(running, partner, *(roles or (MemberRole.ANALYST,)), name="Synthetic Lost")
    with running.exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, SignIn(visitor.person_id, "lost.one"))
    return visitor


def propose(by: Visitor, whom: Visitor, **given: str) -> str:
    """Propose a recovery, and give the path of its page."""
    by.get("/recoveries/new")
    answer = by.post("/recoveries", {"person_id": whom.person_id} | SAID | given)
    assert answer.status == 303, answer.words
    return answer.headers["Location"].removeprefix("/portal")


def test_two_administrators_let_a_colleague_in_anew(
    running: RunningExchange, administrators: tuple[Visitor, Visitor], lost: Visitor
) -> None:
    first, second = administrators
    path = propose(first, lost)
    assert "Agree and show the link" not in first.get(path).words
    assert first.post(f"{path}/agreement").status == 403
    assert "Synthetic Lost" in second.get("/recoveries").words
    shown = second.get(path)
    assert "stolen" in shown.words
    assert "In person, at the office." in shown.words
    agreed = second.post(f"{path}/agreement")
    assert agreed.status == 200
    assert agreed.headers["Cache-Control"] == "no-store"
    link = re.findall(r'<code class="secret">([^<]*)</code>', agreed.text)[0]
    assert link not in second.get(path).text
    anew = Visitor(running)
    assert "set up anew how you sign in" in anew.get(link.partition("/portal")[2]).words
    assert anew.accept(link, "lost.one").status == 303
    assert lost.get("/").status == 303, "the session that was open somewhere is over"
    assert "Done: set up anew" in anew.get("/account").words
    assert "Done: set up anew" in first.get("/recoveries").words


def test_the_person_sees_it_and_stops_it(administrators: tuple[Visitor, Visitor], lost: Visitor) -> None:
    first, second = administrators
    path = propose(first, lost)
    assert "Synthetic admin a proposed that you set up anew" in lost.get("/account").words
    assert lost.post(f"/account{path}/refusal").status == 303
    assert "Refused or taken back" in lost.get("/account").words
    second.get(path)
    assert second.post(f"{path}/agreement").status == 409


def test_a_colleague_who_keeps_nobody_learns_nothing(
    running: RunningExchange, platform: FakePartner, administrators: tuple[Visitor, Visitor], lost: Visitor
) -> None:
    path = propose(administrators[0], lost)
    analyst = entered(running, platform, MemberRole.ANALYST)
    assert analyst.get("/recoveries").status == 403
    analyst.get("/account")
    for one in (path, "/recoveries/0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"):
        assert analyst.post(f"/account{one}/refusal").status == 404
        analyst.get("/account")
    assert "Recovery of others" not in analyst.get("/account").words


def test_another_organisation_learns_nothing(
    running: RunningExchange, hotline: FakePartner, administrators: tuple[Visitor, Visitor], lost: Visitor
) -> None:
    path = propose(administrators[0], lost)
    stranger = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert "Synthetic Lost" not in stranger.get("/recoveries").words
    assert stranger.get(path).status == 404
    stranger.get("/recoveries")
    for form in (f"{path}/agreement", f"{path}/refusal", f"/account{path}/refusal"):
        assert stranger.post(form).status == 404
    assert lost.person_id not in stranger.get("/recoveries/new").text


def test_what_a_partner_decides_by_itself_is_not_the_operators_matter(
    running: RunningExchange, administrators: tuple[Visitor, Visitor], lost: Visitor
) -> None:
    path = propose(administrators[0], lost)
    operator = entered(running, None, StaffRole.OPERATOR)
    assert operator.get(path).status == 404
    assert "Synthetic Lost" not in operator.get("/recoveries").words


def test_where_a_partner_has_one_administrator_an_operator_is_the_second(
    running: RunningExchange, platform: FakePartner, lost: Visitor
) -> None:
    only = entered(running, platform, MemberRole.ADMINISTRATOR)
    path = propose(only, lost)
    first, other = (entered(running, None, StaffRole.OPERATOR, name=f"Synthetic operator {one}") for one in "ab")
    assert "stolen" in first.get(path).words
    assert first.post(f"{path}/agreement").status == 200
    other.get(path)
    assert other.post(f"{path}/agreement").status == 409


def test_operators_recover_one_of_themselves(running: RunningExchange) -> None:
    lost = lost_one(running, None, StaffRole.OPERATOR)
    first, second = (entered(running, None, StaffRole.OPERATOR, name=f"Synthetic operator {one}") for one in "ab")
    path = propose(first, lost)
    second.get(path)
    assert second.post(f"{path}/agreement").status == 200
    lost.get("/account")
    assert lost.post(f"{path}/agreement").status == 403, "nobody recovers themselves"


def test_an_operator_proposes_for_a_partner_and_finds_its_people(
    running: RunningExchange, platform: FakePartner, lost: Visitor
) -> None:
    entered(running, platform, MemberRole.ADMINISTRATOR)
    operator = entered(running, None, StaffRole.OPERATOR)
    assert lost.person_id in operator.get(f"/recoveries/new?partner_id={platform.partner_id}").text
    assert "/recoveries/" in propose(operator, lost, partner_id=platform.partner_id)


def test_a_form_that_is_refused_keeps_what_was_typed(administrators: tuple[Visitor, Visitor], lost: Visitor) -> None:
    first, _ = administrators
    first.get("/recoveries/new")
    answer = first.post("/recoveries", {"person_id": lost.person_id} | SAID | {"reason": "x" * 501})
    assert answer.status == 422
    assert 'href="#reason"' in answer.text
    assert "In person, at the office." in answer.text


def test_proposing_and_agreeing_ask_first_who_one_is(
    running: RunningExchange, administrators: tuple[Visitor, Visitor], lost: Visitor
) -> None:
    first, second = administrators
    path = propose(first, lost)
    second.get(path)
    running.clock.shift += STEP_UP_HOLDS + timedelta(seconds=1)
    answer = second.post(f"{path}/agreement")
    assert answer.asks_again
    assert "/show-again" in first.get("/recoveries/new").headers["Location"]
    assert "Waits for a second person" in first.get("/recoveries").words
