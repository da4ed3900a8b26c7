from __future__ import annotations

from tests.factories.exchanges import FakePartner
from tests.factories.portal_drafts import begun, complete_form, handed_over
from tests.factories.portal_visitors import Visitor

FIRST = {"danger": "no", "subject_status": "unknown"}


def test_whoever_has_no_draft_is_told_what_comes(analyst: Visitor) -> None:
    words = analyst.get("/share").words
    assert "No draft yet" in words
    assert "What never belongs here" in words


def test_the_two_questions_come_first_and_are_answered_both(analyst: Visitor) -> None:
    assert "May a child be in danger now?" in analyst.get("/share/new").words
    for given in ({}, {"danger": "no"}, {"subject_status": "unknown"}, {**FIRST, "subject_status": "nobody"}):
        analyst.get("/share/new")
        assert analyst.post("/share/new", given).status == 422
        assert "Answer both questions" in analyst.page.words
    assert 'value="unknown" checked' not in analyst.page.text


def test_a_draft_begins_with_whose_the_accounts_may_be(analyst: Visitor) -> None:
    analyst.get("/share/new")
    begun_at = analyst.post("/share/new", {**FIRST, "subject_status": "may-be-child"})
    assert begun_at.status == 303
    path = begun_at.headers["Location"].removeprefix("/portal")
    assert '<option value="may-be-child" selected>' in analyst.get(path).text
    assert "Without a title" in analyst.get("/share").words


def test_where_a_child_may_be_in_danger_whom_to_call_comes_before_anything_else(analyst: Visitor) -> None:
    analyst.get("/share/new")
    assert analyst.post("/share/new", {**FIRST, "danger": "yes"}).headers["Location"].endswith("/danger")
    assert "A child may be in danger" in analyst.get("/share").words


def test_each_sees_their_own_drafts_and_what_waits_to_be_read(
    analyst: Visitor, reviewer: Visitor, stranger: Visitor, read_only: Visitor, platform: FakePartner
) -> None:
    begun(analyst, {"what": {"title": "Still being written"}})
    handed_over(analyst, complete_form(platform))
    words = analyst.get("/share").words
    assert "Still being written" in words
    assert "With the second reader" in words
    assert "wait for a second reader" not in words
    assert "Still being written" not in stranger.get("/share").words
    for who in (reviewer, read_only):
        assert who.get("/share").status == 403
