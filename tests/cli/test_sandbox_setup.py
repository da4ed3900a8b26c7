"""Setting partners up over public routes, again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.faults import CommandFault
from app.cli.sandbox_partners import SANDBOX_PARTNERS, PracticePartner
from app.cli.sandbox_setup import Setup, key_file, set_up_partner
from app.domain.permissions import Permission
from app.domain.vocabulary import Purpose, Role, StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller

PRACTICE = SANDBOX_PARTNERS[0]
Prepare = Callable[..., Setup]


@pytest.fixture
def prepare(desk: Desk, operator: Caller, tmp_path: Path) -> Prepare:
    """Give a set-up as two operators, with tokens known before."""
    tokens: dict[str, str] = {}

    def make(remember: Callable[[str, str], None] = tokens.__setitem__) -> Setup:
        as_operator, second = desk.api(operator), desk.api(desk.running.staff(StaffRole.OPERATOR, Permission))
        connect = lambda token: desk.api(Caller(operator.transport, token))  # noqa: E731  # one expression says it
        return Setup(as_operator, second, connect, tmp_path, tokens, remember)

    return make


def counts(desk: Desk, operator: Caller, record: dict[str, Any]) -> tuple[int, int]:
    agreements = desk.json(operator, "agreement", "list", "--partner", record["id"])["agreements"]
    credentials = desk.json(operator, "credential", "list")["credentials"]
    return len(agreements), len([one for one in credentials if one["partner_id"] == record["id"]])


def test_a_partner_that_is_set_up_can_be_set_up_again_without_effect(desk: Desk, operator: Caller, prepare: Prepare) -> None:
    practice = replace(PRACTICE, name="twice")
    first = set_up_partner(prepare(), practice)
    assert set_up_partner(prepare(), practice) == first
    assert counts(desk, operator, first) == (1, 2), "a token, and the key that signs requests"
    terms = desk.json(Caller(operator.transport, first["token"]), "policy", "mine")
    assert terms["agreement"]["default_handling"]["audience_id"]
    keys = desk.json(Caller(operator.transport, first["token"]), "key", "list")["keys"]
    assert {one["key"]["usage"]: one["key"]["state"] for one in keys} == {"object-signing": "active", "request-signing": "active"}
    assert first["keyid"] in {one["key"]["keyid"] for one in keys if one["key"]["usage"] == "object-signing"}


def test_a_set_up_that_was_killed_after_the_token_was_issued_goes_on(desk: Desk, operator: Caller, prepare: Prepare) -> None:
    practice = replace(PRACTICE, name="killed", purpose=Purpose.SAFETY_DESIGN)

    def die(_name: str, _token: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        set_up_partner(prepare(die), practice)
    record = set_up_partner(prepare(), practice)
    assert record["purpose"] == "safety-design"
    assert counts(desk, operator, record) == (1, 3), "the token that nobody kept stays unused"


def test_a_suspended_partner_is_set_up_first_and_then_refused(desk: Desk, operator: Caller, prepare: Prepare) -> None:
    practice = replace(PRACTICE, name="suspended", is_suspended=True)
    record = set_up_partner(prepare(), practice)
    assert counts(desk, operator, record) == (1, 2)
    with pytest.raises(CommandFault, match="not active"):
        desk.api(Caller(operator.transport, record["token"])).get("/policy/mine")
    assert set_up_partner(prepare(), practice) == record


@pytest.mark.parametrize(("role", "on_call"), [(Role.LAW_ENFORCEMENT, 1), (Role.HOTLINE, 1), (Role.PLATFORM, 0)])
def test_agencies_and_hotlines_have_one_contact_however_often_they_are_set_up(
    desk: Desk, prepare: Prepare, operator: Caller, role: Role, on_call: int
) -> None:
    practice = replace(PRACTICE, name=f"on-call-{role}", role=role)
    for _ in range(2):
        record = set_up_partner(prepare(), practice)
    contacts = desk.json(Caller(operator.transport, record["token"]), "contact", "list")["contacts"]
    assert [one["email"] for one in contacts] == [f"duty@on-call-{role}.example.org"] * on_call


def test_without_a_default_audience_nobody_is_reached(desk: Desk, operator: Caller, prepare: Prepare) -> None:
    practice: PracticePartner = replace(PRACTICE, name="silent", has_default_audience=False)
    record = set_up_partner(prepare(), practice)
    terms = desk.json(Caller(operator.transport, record["token"]), "policy", "mine")
    assert terms["agreement"]["default_handling"]["audience_id"] is None


def test_a_key_file_is_made_once(tmp_path: Path) -> None:
    made = key_file(tmp_path, "platform-a")
    content = made.read_bytes()
    assert key_file(tmp_path, "platform-a").read_bytes() == content
    assert made.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "platform-a.pub.pem").exists()
