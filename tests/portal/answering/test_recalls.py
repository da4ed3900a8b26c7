from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.feedback import dispute
from tests.factories.portal_readers import let_read, recall, sign_as_partner
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator


@pytest.fixture
def reviewer(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> Visitor:
    let_read(running, platform, hotline)
    return entered(running, hotline, MemberRole.REVIEWER)


def test_a_notice_says_in_words_what_to_do_and_by_when(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    assert "Every recall is answered" in reviewer.get("/answer/recalls").words
    notice = recall(running, platform, hotline)
    assert "It was taken back 1 version: Indicator Delete it" in reviewer.get("/answer/recalls").words
    words = reviewer.get(f"/answer/recalls/{notice['id']}").words
    for said in (
        "Delete every copy",
        "Why It was wrong",
        "6 days left",
        "Your contacts are reminded",
        notice["versions"][0]["stix_id"],
    ):
        assert said in words


DONE = {"outcome": "deleted", "basis": "", "until": ""}


def test_a_recall_is_answered_by_a_person_and_the_partners_key(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    notice = recall(running, platform, hotline)
    path = f"/answer/recalls/{notice['id']}"
    assert "Your organisation states this with its signature" in reviewer.get(path).words
    assert reviewer.post(path, DONE).status == 303
    assert "Waits for your organisation's signature" in reviewer.get(path).words
    assert platform.get("recalls").json["recalls"][0]["told"][0]["answered_at"] is None
    reviewer.get("/account")
    again = reviewer.post(path, DONE)
    assert (again.status, "waits for your organisation's signature already" in again.words) == (422, True)
    reviewer.get(path)
    task_id = reviewer.page.text.partition('name="task_id" value="')[2].partition('"')[0]
    other = entered(running, hotline, MemberRole.REVIEWER)
    assert "Take this answer back" not in other.get(path).words
    assert other.post(f"{path}/taking-back", {"task_id": task_id}).status == 403
    assert reviewer.post(f"{path}/taking-back", {"task_id": task_id}).status == 303
    assert "Taken back decided on" in reviewer.get(path).words
    assert reviewer.post(path, DONE).status == 303
    sign_as_partner(running, hotline, notice["id"])
    words = reviewer.get(path).words
    assert "Signed and sent" in words
    assert "Deleted" in words
    assert "Nothing waits for you." in reviewer.get("/").words
    assert platform.get("recalls").json["recalls"][0]["told"][0]["outcomes"] == {"deleted": 1}


def test_what_is_kept_needs_a_basis_and_a_day_to_come(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    path = f"/answer/recalls/{recall(running, platform, hotline)['id']}"
    for changes, sentence in (
        ({"outcome": ""}, "Say what was done."),
        ({"outcome": "held"}, "Say on which basis a copy is kept."),
        ({"outcome": "held", "basis": "legal-claim", "until": "2020-01-01"}, "is held until after the answer"),
        ({"outcome": "kept"}, "Choose one of what is offered."),
    ):
        reviewer.get(path)
        page = reviewer.post(path, DONE | changes)
        assert (page.status, sentence in page.words) == (422, True), sentence
    assert 'value="kept"' not in reviewer.page.text
    reviewer.get(f"{path}?each=1")
    given = dict.fromkeys(("outcome1", "basis1", "until1"), "")
    assert reviewer.post(f"{path}/each", given).status == 422
    until = (running.clock() + timedelta(days=90)).strftime("%Y-%m-%d")
    given = {"outcome1": "held", "basis1": "legal-claim", "until1": until}
    assert reviewer.post(f"{path}/each", given).status == 303
    sign_as_partner(running, hotline, path.rpartition("/")[2])
    assert "Kept because it must be until" in reviewer.get(path).words


def test_an_answer_asks_again_who_one_is(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    path = f"/answer/recalls/{recall(running, platform, hotline)['id']}"
    reviewer.get(path)
    running.clock.shift += timedelta(minutes=6)
    assert reviewer.post(path, DONE).asks_again
    assert "waits for your" not in reviewer.get(path).words


def test_anothers_notice_is_no_notice(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    notice = recall(running, platform, hotline)
    other = entered(running, platform, MemberRole.REVIEWER)
    hidden, absent = other.get(f"/answer/recalls/{notice['id']}"), other.get("/answer/recalls/recall-notice--none")
    assert hidden.status == absent.status == 404
    assert "What you were given" not in other.get("/answer/recalls?all=1").words
    other.get("/answer/recalls")
    assert other.post(f"/answer/recalls/{notice['id']}", DONE).status == 404
    assert reviewer.get(f"/answer/recalls/{notice['id']}").status == 200


def test_who_may_not_answer_opens_none(running: RunningExchange, hotline: FakePartner) -> None:
    reader, operator = entered(running, hotline, MemberRole.READ_ONLY), entered(running, None, StaffRole.OPERATOR)
    paths = ("/answer/recalls", "/answer/recalls/recall-notice--none")
    assert [visitor.get(path).status for visitor in (reader, operator) for path in paths] == [403, 403, 403, 404]


def test_a_second_look_is_answered_in_its_own_words(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, reviewer: Visitor
) -> None:
    value = indicator()
    platform.submit(value)
    dispute(hotline, value["id"])
    running.do_all_work()
    owner = entered(running, platform, MemberRole.REVIEWER)
    path = "/answer/recalls/" + owner.get("/answer/recalls").text.split("/portal/answer/recalls/")[1].partition('"')[0]
    words = owner.get(path).words
    assert "There was nothing left to look at." in words
    assert "On which basis" not in words
    assert owner.post(path, {"outcome": "kept", "basis": "", "until": ""}).status == 303
    sign_as_partner(running, platform, path.rpartition("/")[2])
    assert "Kept after another look" in owner.get(path).words
    assert reviewer.get(path).status == 404
