from __future__ import annotations

import pytest
from sqlalchemy import text

from app.domain.sign_in import SignIn
from app.domain.vocabulary import MemberRole
from app.storage import sign_ins
from tests.factories.exchanges import Caller, FakePartner, RunningExchange


@pytest.fixture
def administrators(running: RunningExchange, platform: FakePartner) -> tuple[Caller, Caller]:
    first = running.person(platform, running.operator, MemberRole.ADMINISTRATOR)
    return first, running.person(platform, first, MemberRole.ADMINISTRATOR)


def lost(running: RunningExchange, administrator: Caller) -> str:
    """Give the id of an analyst who had set up how they sign in."""
    person_id: str = administrator.post("persons", {"name": "Analyst A", "member_roles": ["analyst"]}).json["id"]
    with running.exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, SignIn(person_id, "analyst.a"))
        connection.execute(text("UPDATE person SET added_at = NULL"))  # everybody has been there for long
        connection.execute(text("UPDATE credential SET issued_by = NULL"))  # and has a token of their own
    return person_id


def test_one_proposes_and_another_is_given_the_link(running: RunningExchange, administrators: tuple[Caller, Caller]) -> None:
    first, second = administrators
    said = {"person_id": lost(running, first), "reason": "A lost phone.", "recognised": "In person."}
    proposed = first.post("recoveries", said)
    assert (proposed.status, proposed.json["state"], proposed.json["can_agree"]) == (201, "proposed", False)
    path = proposed.headers["Location"]
    assert first.post(f"{path}/agreement").code == "second-person-needed"
    assert second.get(path).json["can_agree"] is True
    agreed = second.post(f"{path}/agreement")
    assert (agreed.status, "/portal/invitations/bws_" in agreed.json["link"]) == (201, True)
    assert first.post(f"{path}/refusal").json["state"] == "refused"
    assert [one["state"] for one in second.get("recoveries").json["recoveries"]] == ["refused"]


def test_a_service_account_proposes_nothing_and_another_partner_finds_nothing(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, administrators: tuple[Caller, Caller]
) -> None:
    said = {"person_id": lost(running, administrators[0]), "reason": "A lost phone.", "recognised": "In person."}
    path = administrators[0].post("recoveries", said).headers["Location"]
    assert platform.post("recoveries", said).status == 403
    stranger = running.person(hotline, running.operator, MemberRole.ADMINISTRATOR)
    assert stranger.get("recoveries").json == {"recoveries": []}
    for answer in (stranger.get(path), stranger.post(f"{path}/agreement"), stranger.post("recoveries", said)):
        assert answer.status == 404


def test_a_token_that_a_colleague_issued_is_not_its_persons_for_this(
    running: RunningExchange, platform: FakePartner, administrators: tuple[Caller, Caller]
) -> None:
    first = administrators[0]
    said = {"person_id": lost(running, first), "reason": "A lost phone.", "recognised": "In person."}
    borrowed = running.person(platform, first, MemberRole.ADMINISTRATOR)
    with running.exchange.database.write() as connection:
        connection.execute(text("UPDATE person SET added_at = NULL"))
    path = first.post("recoveries", said).headers["Location"]
    assert borrowed.get(path).json["can_agree"] is False
    assert borrowed.post(f"{path}/agreement").code == "second-person-needed"
    assert borrowed.post("recoveries", said).code == "second-person-needed"
