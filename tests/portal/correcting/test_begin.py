"""Keeps the form of a correction: from outside, what is refused, and that nothing typed is lost but what must not be here."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import newer, user_account


def test_the_page_of_an_own_object_leads_to_the_form_and_the_form_to_what_it_changes(
    analyst: Visitor, published: dict[str, Any], given: dict[str, Any]
) -> None:
    path = f"/objects/{published['id']}/correction"
    assert f'href="/portal{path}"' in analyst.get(f"/objects/{published['id']}").text
    page = analyst.get(path)
    assert f'value="{published["name"]}"' in page.text
    assert "recall it and enter it anew" in page.words
    done = analyst.post(path, given | {"name": "Rooms that close within minutes", "confidence": "40"})
    assert done.status == 303, done.words
    words = analyst.get(done.headers["Location"].removeprefix("/portal")).words
    assert f"In one line {published['name']} Rooms that close within minutes" in words
    assert "How sure, from 0 to 100 not said 40" in words
    assert "It was true, and is no more." in words
    assert "What happens next, and for whom" in words
    assert "reviewers and administrators of yours can see" in words


def test_nobody_corrects_anothers_object_or_without_the_right(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, published: dict[str, Any], given: dict[str, Any]
) -> None:
    path = f"/objects/{published['id']}/correction"
    stranger = entered(running, hotline, MemberRole.ANALYST)
    assert stranger.get(f"/objects/{published['id']}").status == 200, "it sees the object"
    assert path not in stranger.page.text
    assert stranger.get(path).status == stranger.get("/objects/nothing/correction").status == 404
    stranger.get("/account")
    assert stranger.post(path, given).status == 404
    for role in (MemberRole.READ_ONLY, MemberRole.REVIEWER):
        visitor = entered(running, platform, role)
        assert visitor.get(path).status == 403
        visitor.get("/account")
        assert visitor.post(path, given).status == 403


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": "", "confidence": "30"}, "Say what was wrong."),
        ({}, "Nothing is different"),
        ({"confidence": "101"}, "whole number from 0 to 100"),
        ({"confidence": "sure"}, "whole number from 0 to 100"),
        ({"valid_until": "tomorrow"}, "a day and a time"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    analyst: Visitor, published: dict[str, Any], given: dict[str, Any], changes: dict[str, str], sentence: str
) -> None:
    path = f"/objects/{published['id']}/correction"
    analyst.get(path)
    page = analyst.post(path, given | changes)
    assert (page.status, sentence in page.words) == (422, True), page.words
    assert f'value="{changes.get("confidence", "")}"' in page.text


def test_what_must_never_be_here_is_not_shown_again(analyst: Visitor, published: dict[str, Any], given: dict[str, Any]) -> None:
    path = f"/objects/{published['id']}/correction"
    analyst.get(path)
    page = analyst.post(path, given | {"description": "Ask anna.b@mail.example.org", "confidence": "30"})
    assert page.status == 422
    assert "anna.b" not in page.text
    assert published["description"] in page.words
    assert 'value="30"' in page.text
    assert "anna.b" not in analyst.get("/share").text


def test_what_was_changed_meanwhile_is_told(
    analyst: Visitor, platform: FakePartner, published: dict[str, Any], given: dict[str, Any]
) -> None:
    path = f"/objects/{published['id']}/correction"
    analyst.get(path)
    assert platform.submit(newer(published, name="Said by a program")).status == 201
    page = analyst.post(path, given | {"confidence": "30"})
    assert page.status == 409
    assert "not its newest" in page.words


def test_what_is_recognised_is_recalled_and_entered_anew(analyst: Visitor, platform: FakePartner) -> None:
    value = user_account("room-keeper")
    assert platform.submit(value).status == 201
    page = analyst.get(f"/objects/{value['id']}/correction")
    assert "This is not corrected here" in page.words
    assert "is recalled, and entered anew" in page.words
    refused = analyst.post(f"/objects/{value['id']}/correction", {"version": "", "reason": "outdated", "name": "Other"})
    assert refused.status == 409
