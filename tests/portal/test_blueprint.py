from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.portal import account
from app.portal.blueprint import MAX_FORM_BYTES, PortalBlueprint
from app.portal.confirming import ANSWER_BYTES
from app.portal.unconfirmed import Unconfirmed
from app.web.gate import Terms
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import entered


def test_a_page_declares_what_the_gate_asks() -> None:
    made = PortalBlueprint("anything")

    @made.page("/things", Permission.OBJECTS_READ, query=["next"], repeatable=["kind"])
    def things() -> str:
        return ""

    @made.form("/things", for_everybody=True, goes_on_read_only=True, unconfirmed=Unconfirmed.LEAVES)
    def change() -> str:
        return ""

    assert vars(things)["terms"] == Terms((Permission.OBJECTS_READ,), frozenset({"next"}), frozenset({"kind"}))
    assert vars(change)["terms"] == Terms(max_body_bytes=MAX_FORM_BYTES, for_everybody=True, goes_on_read_only=True)


@pytest.mark.parametrize("said", [{}, {"fresh_at": "things.show", "unconfirmed": Unconfirmed.READS}])
def test_a_form_says_either_at_which_page_it_asks_or_why_not(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="says either"):
        PortalBlueprint("anything").form("/things", for_everybody=True, **said)


@pytest.mark.parametrize(
    "said",
    [
        {"fresh_at": "things.show"},
        {"does": "Change a thing", "unconfirmed": Unconfirmed.READS},
        {"anew": True, "unconfirmed": Unconfirmed.READS},
    ],
)
def test_a_form_says_what_it_does_where_it_asks_and_nowhere_else(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="says what it does"):
        PortalBlueprint("anything").form("/things", for_everybody=True, **said)


def test_a_form_that_asks_leaves_room_for_the_answer() -> None:
    made = PortalBlueprint("anything")

    @made.form("/things", for_everybody=True, fresh_at="things.show", does="Change a thing")
    def change() -> str:
        return ""

    app = Flask(__name__)
    app.register_blueprint(made)
    assert vars(app.view_functions["anything.change"])["terms"].max_body_bytes == MAX_FORM_BYTES + ANSWER_BYTES


def test_a_page_that_says_nothing_is_for_nobody() -> None:
    made = PortalBlueprint("anything")

    @made.page("/things")
    def things() -> str:
        return ""

    assert vars(things)["terms"] == Terms()


def test_what_is_dangerous_is_done_by_whoever_showed_a_moment_ago_who_they_are(running: RunningExchange) -> None:
    visitor = entered(running, None, StaffRole.OPERATOR)
    visitor.get("/account")
    assert visitor.post("/account/passkeys/removal", {"passkey_id": "AAAA"}).status == 404
    running.clock.shift += timedelta(minutes=6)
    answer = visitor.post("/account/passkeys/removal", {"passkey_id": "AAAA"})
    assert answer.asks_again


def test_a_page_may_ask_first_too_and_comes_back_with_its_query() -> None:
    made = PortalBlueprint("anything", section="home.show")

    @made.page("/things", for_everybody=True, query=["next"], fresh=True)
    def things() -> str:
        return ""

    assert made.section == "home.show"
    app = Flask(__name__)
    app.register_blueprint(made)
    assert vars(app.view_functions["anything.things"])["is_fresh"] is True
    assert vars(app.view_functions["anything.things"])["terms"].for_everybody
    assert account.blueprint.section == "account.show"
