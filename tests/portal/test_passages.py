from __future__ import annotations

import pytest
from flask import Flask

from app.portal.passages import Passage, asked_by_address, beginning, passage_of
from app.services.list_pages import ListAsked, ListPage


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/things/<thing_id>", "things", str)
    return app


def test_each_list_of_a_page_is_asked_for_by_its_own_parameter(app: Flask) -> None:
    with app.test_request_context("/things/a?next=on&gone="):
        assert asked_by_address() == ListAsked("on", 50)
        assert asked_by_address("gone", 7) == ListAsked(None, 7)
        assert asked_by_address("other") == ListAsked(None, 50)


def test_a_list_leads_on_and_back_and_keeps_what_else_the_address_says(app: Flask) -> None:
    with app.test_request_context("/things/a?gone=there&next=here"):
        passage = passage_of(ListPage(["x", "y"], 3, 9, "on", more=True, previous="back"))
        other = passage_of(ListPage(["x"], 9, 9, "on", more=False, previous="back"), "gone")
    assert passage == Passage(3, 4, 9, "/things/a?gone=there&next=on", "/things/a?gone=there&next=back")
    assert other == Passage(9, 9, 9, "", "/things/a?gone=back&next=here")


def test_a_page_that_a_form_shows_leads_to_the_page_and_not_to_the_form(app: Flask) -> None:
    app.add_url_rule("/things/<thing_id>/end", "ending", str, methods=["POST"])
    found = ListPage(["x"], 1, 2, "on", more=True, previous=None)
    with app.test_request_context("/things/a/end", method="POST"):
        assert passage_of(found, "runs", "things").onward == "/things/a?runs=on"


def test_a_later_page_leads_back_to_the_beginning_with_all_else_that_was_asked(app: Flask) -> None:
    with app.test_request_context("/things/a?type=x&type=y&next=on&q=z"):
        assert beginning() == "/things/a?type=x&type=y&q=z"
    for first in ("/things/a?type=x", "/things/a"):
        with app.test_request_context(first):
            assert beginning() == ""


def test_a_list_that_fits_leads_nowhere_and_one_whose_end_went_leads_back(app: Flask) -> None:
    with app.test_request_context("/things/a"):
        assert passage_of(ListPage(["x"], 1, 1, "on", more=False, previous=None)) == Passage(1, 1, 1, "", "")
        assert passage_of(ListPage([], 0, 4, "on", more=False, previous="back")) == Passage(0, 0, 4, "", "/things/a?next=back")
