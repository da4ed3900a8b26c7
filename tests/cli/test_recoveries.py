"""Recovery by the commands."""

from __future__ import annotations

from sqlalchemy import text

from app.cli.faults import ExitCode
from app.domain.sign_in import SignIn
from app.domain.vocabulary import MemberRole
from app.storage import sign_ins
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller


def test_two_administrators_let_a_colleague_in_anew(desk: Desk, operator: Caller) -> None:
    running = desk.running
    partner = running.enrol("With people")
    first = running.person(partner, operator, MemberRole.ADMINISTRATOR)
    second = running.person(partner, first, MemberRole.ADMINISTRATOR)
    person_id = desk.json(first, "person", "add", "Analyst A", "--role", "analyst")["id"]
    with running.exchange.database.write() as connection:
        sign_ins.save_sign_in(connection, SignIn(person_id, "analyst.a"))
        connection.execute(text("UPDATE person SET added_at = NULL"))  # everybody has been there for long
        connection.execute(text("UPDATE credential SET issued_by = NULL"))  # and has a token of their own
    said = ("--reason", "A lost phone.", "--recognised", "In person.")
    told = desk.run(first, "person", "recover", person_id, *said).stdout
    assert "breakwater person agree" in told
    [waiting] = desk.json(second, "person", "recoveries")["recoveries"]
    assert desk.run(first, "person", "agree", waiting["id"]).exit_code == ExitCode.NOT_ALLOWED
    assert "/portal/invitations/bws_" in desk.run(second, "person", "agree", waiting["id"]).stdout
    assert desk.json(first, "person", "refuse", waiting["id"])["state"] == "refused"
