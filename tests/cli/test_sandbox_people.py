"""People of a sandbox: who there is, and that an invitation serves until it was used."""

from __future__ import annotations

from typing import Any

from app.cli.sandbox_people import ROLES, invite, missing_staff, people_record, set_up_people, told_people
from app.cli.sandbox_setup import Setup
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller
from tests.factories.portal_visitors import Visitor


def setup(desk: Desk, operator: Caller) -> Setup:
    def connect(token: str) -> Any:
        return desk.api(Caller(operator.transport, token))

    api = desk.api(operator)
    return Setup(api, api, connect, None, {}, lambda _name, _token: None)  # type: ignore[arg-type]  # no keys are made here


def test_people_are_made_once_and_invited_until_they_have_come(desk: Desk, operator: Caller) -> None:
    partner = desk.running.enrol("platform-a")
    facts = [{"name": "platform-a", "id": partner.partner_id}, {"name": "agency-a", "id": "none"}]
    [staff] = [one for one in operator.get("persons").json["persons"] if one["staff_roles"] == ["operator"]]
    named = [(staff["name"], StaffRole.OPERATOR)]
    people = set_up_people(setup(desk, operator), facts, named)
    assert [(one["partner"], one["role"]) for one in people] == [
        *(("platform-a", role.value) for role in ROLES),
        (None, "operator"),
    ]
    assert set_up_people(setup(desk, operator), facts, named) == people
    assert missing_staff(setup(desk, operator), people, named) == [], "who is there is not added again"
    exchange = desk.running.exchange
    invite(exchange, people)
    links = [one["link"] for one in people_record(people, "http://127.0.0.1:1")]
    assert all(link.startswith("http://127.0.0.1:1/portal/invitations/") for link in links)
    invite(exchange, people)
    assert [one["link"] for one in people_record(people, "http://127.0.0.1:1")] == links, "they serve still"
    visitor = Visitor(desk.running)
    assert visitor.accept(links[1], "an.analyst").status == 303
    told = told_people(people_record(people, "http://127.0.0.1:1"), "http://127.0.0.1:1/portal")
    assert told[0] == "portal: http://127.0.0.1:1/portal"
    assert told[1] == f"invitation of {people[0]['name']} ({people[0]['role']}): {links[0]}"
    invite(exchange, people)
    assert [one["link"] is None for one in people_record(people, "")] == [False, True, False, False]
