from __future__ import annotations

from typing import Any

import pytest

from tests.factories.exchanges import FakePartner, RunningExchange

DUTY = {"label": "Duty officer", "email": "duty@example.org", "phone": "+1 (555) 0100"}


def add(partner: FakePartner, **changes: Any) -> dict[str, Any]:
    answer = partner.post("contacts", DUTY | changes)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.json
    return made


def test_contacts_are_added_listed_in_order_and_removed(platform: FakePartner) -> None:
    second, first = add(platform, rank=2), add(platform, label="Room A", rank=1, phone=None)
    assert second == {**second, **DUTY, "rank": 2, "partner_id": platform.partner_id, "last_mail": None}
    assert platform.get("contacts").json == {"contacts": [first, second]}
    assert platform.post(f"contacts/{first['id']}/removal", {}).json == {"id": first["id"]}
    assert platform.get("contacts").json == {"contacts": [second]}


def test_they_are_their_partners_own_and_operators_see_them(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    mine = add(platform)
    assert hotline.get("contacts").json == {"contacts": []}
    assert running.operator.get("contacts").json == {"contacts": [mine]}
    headers = {"X-Request-Id": "same"}
    for act in ("removal", "test"):
        hidden = hotline.post(f"contacts/{mine['id']}/{act}", {}, headers=headers)
        absent = hotline.post(f"contacts/00000000-0000-4000-8000-000000000000/{act}", {}, headers=headers)
        assert (hidden.status, hidden.body) == (404, absent.body)
        assert running.operator.post(f"contacts/{mine['id']}/{act}", {}).status == 403
    assert running.operator.post("contacts", DUTY).status == 403


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"email": "duty@example.org\r\nBcc: spy@example.org"}, "/email"),
        ({"email": "duty@localhost"}, "/email"),
        ({"email": "Duty <duty@example.org>"}, "/email"),
        ({"email": "düty@example.org"}, "/email"),
        ({"email": "duty..officer@example.org"}, "/email"),
        ({"email": ".duty@example.org"}, "/email"),
        ({"email": "duty.@example.org"}, "/email"),
        ({"email": "=?utf-8?q?duty@?=@example.org"}, "/email"),
        ({"email": "=?utf-8?q?duty?=@example.org"}, "/email"),
        ({"email": f"{'d' * 65}@example.org"}, "/email"),
        ({"email": f"{'d' * 64}@{'e' * 60}.{'e' * 60}.{'e' * 60}.{'e' * 60}.org"}, "/email"),
        ({"phone": "call me"}, "/phone"),
        ({"rank": 0}, "/rank"),
        ({"rank": "1"}, "/rank"),
        ({"label": " "}, "/label"),
        ({"more": True}, "/more"),
    ],
)
def test_a_bad_contact_is_refused_by_place_and_without_its_value(
    platform: FakePartner, changes: dict[str, Any], pointer: str
) -> None:
    answer = platform.post("contacts", DUTY | changes)
    assert (answer.status, answer.code, answer.json["pointer"]) == (400, "request-invalid", pointer)
    assert b"duty@" not in answer.body
    assert b"spy" not in answer.body


def test_a_taken_rank_is_a_conflict(platform: FakePartner) -> None:
    add(platform, rank=1)
    answer = platform.post("contacts", DUTY | {"rank": 1})
    assert (answer.status, answer.code) == (409, "state-conflict")


def test_trying_one_needs_a_mail_server(platform: FakePartner) -> None:
    answer = platform.post(f"contacts/{add(platform)['id']}/test", {})
    assert (answer.status, answer.code) == (409, "state-conflict")


def test_the_same_key_adds_one_contact(platform: FakePartner) -> None:
    answers = [platform.post("contacts", DUTY, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(platform.get("contacts").json["contacts"]) == 1
