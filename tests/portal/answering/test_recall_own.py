from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.vocabulary import MemberRole
from app.portal.answering import recall_own
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_readers import let_read
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator, newer

KEYS = 'name="versions" value="'


@pytest.fixture
def given_away(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> dict[str, Any]:
    """An indicator of the platform in two versions, which the hotline was given."""
    let_read(running, platform, hotline)
    value = indicator()
    assert platform.submit(value, newer(value)).status == 201
    hotline.pull()
    return value


def keys_on(visitor: Visitor) -> list[str]:
    return [part.partition('"')[0] for part in visitor.page.text.split(KEYS)[1:]]


def test_it_says_for_whom_before_it_is_done_and_who_answered_afterwards(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, given_away: dict[str, Any]
) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    path = f"/objects/{given_away['id']}/recall"
    assert "1 organisation was given any of it, and is told: Hotline." in administrator.get(path).words
    keys = keys_on(administrator)
    assert len(keys) == 2
    done = administrator.post(path, {"versions": keys, "reason": "error", "act": "delete"})
    assert done.status == 303
    where = done.headers["Location"].removeprefix("/portal")
    assert "Nobody is told yet" in administrator.get(where).words
    running.do_all_work()
    words = administrator.get(where).words
    assert "1 organisation was told; 0 have answered." in words
    assert hotline.get("notices", query={"open": "true"}).json["notices"][0]["act"] == "delete"
    assert administrator.get(path).status == 404, "it is gone for its owner, too"
    assert administrator.post(path, {"versions": keys, "reason": "error", "act": "delete"}).status in {403, 404}


@pytest.mark.parametrize("versions", [1, 2])
def test_what_is_pressed_twice_is_made_once_and_answered_alike(
    running: RunningExchange, platform: FakePartner, given_away: dict[str, Any], versions: int
) -> None:
    administrator = entered(running, platform, MemberRole.ADMINISTRATOR)
    path = f"/objects/{given_away['id']}/recall"
    form = administrator.get(path)
    given = {"versions": keys_on(administrator)[:versions], "reason": "error", "act": "delete", "once": None}
    first = administrator.post(path, given)
    administrator.page = form
    again = administrator.post(path, given)
    assert (again.status, again.headers["Location"]) == (303, first.headers["Location"])
    assert administrator.get("/answer/own-recalls").text.count(str(first.headers["Location"])) == 1
    assert administrator.page.text.count("/portal/answer/own-recalls/") == 1
    administrator.page = form
    refused = administrator.post(path, given | {"act": "stop-using"})
    assert (refused.status, "Location" in refused.headers) == (409, False)


def test_what_was_recalled_between_reading_the_form_and_its_object_is_answered_alike(
    running: RunningExchange, platform: FakePartner, given_away: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    path = f"/objects/{given_away['id']}/recall"
    form = analyst.get(path)
    given = {"versions": keys_on(analyst), "reason": "error", "act": "delete", "once": None}
    pressed, own_versions = [], recall_own._own_versions

    def pressed_meanwhile(stix_id: str) -> object:
        if not pressed:
            pressed.append(None)  # the other press passes here first
            analyst.page = form
            pressed[0] = analyst.post(path, given)
            analyst.page = form
        return own_versions(stix_id)

    monkeypatch.setattr(recall_own, "_own_versions", pressed_meanwhile)
    second = analyst.post(path, given)
    [first] = pressed
    assert (first.status, second.status) == (303, 303)
    assert second.headers["Location"] == first.headers["Location"]


def test_some_versions_are_taken_back_and_others_stay(
    running: RunningExchange, platform: FakePartner, given_away: dict[str, Any]
) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    path = f"/objects/{given_away['id']}/recall"
    assert "reviewers and administrators of yours can see" in analyst.get(path).words
    done = analyst.post(path, {"versions": keys_on(analyst)[:1], "reason": "withdrawn", "act": "stop-using"})
    assert done.headers["Location"] == "/portal/answer/taken-back"
    assert "It is gone here" in analyst.get("/answer/taken-back").words
    assert len(keys_on_again(analyst, path)) == 1


def keys_on_again(visitor: Visitor, path: str) -> list[str]:
    visitor.get(path)
    return keys_on(visitor)


def test_what_is_left_out_is_said_at_its_field(
    running: RunningExchange, platform: FakePartner, given_away: dict[str, Any]
) -> None:
    analyst = entered(running, platform, MemberRole.ANALYST)
    path = f"/objects/{given_away['id']}/recall"
    keys = keys_on_again(analyst, path)
    good = {"versions": keys, "reason": "error", "act": "delete"}
    for changes, sentence in (
        ({"reason": ""}, "Say why."),
        ({"act": "review"}, "Say what is to be done with it."),
        ({"versions": None}, "Choose which versions."),
        ({"versions": ["nothing"]}, "Choose which versions."),
    ):
        analyst.get(path)
        page = analyst.post(path, good | changes)
        assert (page.status, sentence in page.words) == (422, True), sentence
    assert platform.object(given_away["id"]).status == 200


def test_nobody_takes_back_anothers_nor_without_showing_who_they_are(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, given_away: dict[str, Any]
) -> None:
    path = f"/objects/{given_away['id']}/recall"
    own = entered(running, platform, MemberRole.ANALYST)
    keys = keys_on_again(own, path)
    other = entered(running, hotline, MemberRole.ANALYST)
    assert other.get(path).status == other.get("/objects/nothing/recall").status == 404
    other.get("/account")
    assert other.post(path, {"versions": keys, "reason": "error", "act": "delete"}).status == 404
    for role in (MemberRole.READ_ONLY, MemberRole.REVIEWER):
        assert entered(running, platform, role).get(path).status == 403
    own.get(path)
    running.clock.shift += timedelta(minutes=6)
    assert own.post(path, {"versions": keys, "reason": "error", "act": "delete"}).asks_again
    assert own.get(path).status == 200, "looking at it asks nothing"
    assert platform.object(given_away["id"]).status == 200
