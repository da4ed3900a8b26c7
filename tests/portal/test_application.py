from __future__ import annotations

from app.http import documentation
from app.portal.application import BLUEPRINTS, PUBLIC
from app.web.context import MOUNTED
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor


def test_every_part_is_registered_and_the_public_list_names_pages_that_are_there(running: RunningExchange) -> None:
    [portal] = running.app.extensions[MOUNTED]
    assert {one.name for one in BLUEPRINTS} == set(portal.blueprints)
    assert portal.view_functions.keys() >= PUBLIC


def test_what_the_api_answers_is_not_below_the_portal_nor_the_other_way_round(running: RunningExchange) -> None:
    assert Visitor(running).get("/api/v1/openapi.json").status == 303
    assert running.anybody.get("/sign-in").status == 401
    assert documentation.__name__ not in {one.import_name for one in BLUEPRINTS}


def test_a_template_that_names_what_is_not_given_is_a_mistake(running: RunningExchange) -> None:
    [portal] = running.app.extensions[MOUNTED]
    assert portal.jinja_env.undefined.__name__ == "StrictUndefined"
    assert portal.jinja_env.autoescape
