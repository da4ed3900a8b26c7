from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.vocabulary import MemberRole, StaffRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator

NOTHING = {"outcome": "", "reference": "", "object_ids": "", "way": "", "reason": ""}


def test_a_request_is_shown_with_its_time_answered_and_told_to_whoever_asks(
    running: RunningExchange, agency: FakePartner, hotline: FakePartner, asked: dict[str, Any], analyst: Visitor
) -> None:
    assert "1 request to answer 5 days left" in analyst.get("/").words
    assert "Request for information An organisation that is not listed" in analyst.get("/answer/requests").words
    path = f"/answer/requests/{asked['id']}"
    assert "Was it seen again?" in analyst.get(path).words
    assert agency.get(f"requests/{asked['id']}").json["parties"][0]["served_at"] is not None, "to be given it is the service"
    own = indicator()
    hotline.submit(own)
    given = NOTHING | {"outcome": "provided", "reference": "case-117", "object_ids": own["id"]}
    assert analyst.post(f"{path}/answer", given).status == 303
    assert "You answered: More was told" in analyst.get(path).words
    [party] = agency.get(f"requests/{asked['id']}").json["parties"]
    assert (party["answer"]["outcome"], party["answer"]["object_ids"]) == ("provided", [own["id"]])
    log_index = party["answer"]["log_index"]
    assert analyst.post(f"{path}/answer", given).status == 303
    assert agency.get(f"requests/{asked['id']}").json["parties"][0]["answer"]["log_index"] == log_index, "twice is once"
    assert "Nothing waits for you." in analyst.get("/").words
    own_page = entered(running, agency, MemberRole.ANALYST).get(path)
    assert "More was told" in own_page.words
    assert "case-117" in own_page.words


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(asked: dict[str, Any], analyst: Visitor) -> None:
    path = f"/answer/requests/{asked['id']}"
    for changes, sentence in (
        ({}, "Say what you did."),
        ({"outcome": "preserved"}, "Such a request is answered by one of"),
        ({"outcome": "provided", "object_ids": "indicator--0d9b8f6e-3f0c-4c7e-9a55-51b2a1f6f0aa"}, "You state no such object."),
        ({"outcome": "not-held", "reference": "two words"}, "A reference is a word"),
    ):
        analyst.get(path)
        page = analyst.post(f"{path}/answer", NOTHING | {"reference": "kept-1"} | changes)
        assert page.status == 422
        assert sentence in page.words
        assert f'value="{(NOTHING | {"reference": "kept-1"} | changes)["reference"]}"' in page.text


def test_what_is_overdue_says_so_by_word_and_badge(
    running: RunningExchange, hotline: FakePartner, asked: dict[str, Any], analyst: Visitor
) -> None:
    assert '<span class="badge ">5 days left</span>' in analyst.get("/answer/requests").text
    running.clock.shift += timedelta(days=6)
    visitor = entered(running, hotline, MemberRole.ANALYST)
    assert '<span class="badge problem">overdue since 23 hours</span>' in visitor.get("/answer/requests").text
    assert asked["id"] in visitor.page.text


def test_who_is_not_asked_finds_nothing_and_who_only_reads_does_not_answer(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, asked: dict[str, Any], analyst: Visitor
) -> None:
    path = f"/answer/requests/{asked['id']}"
    assert analyst.get(path).status == 200
    other = entered(running, platform, MemberRole.ANALYST)
    assert other.get(path).status == other.get("/answer/requests/none").status == 404
    assert "Nobody asks you for anything" in other.get("/answer/requests").words
    assert other.post(f"{path}/answer", NOTHING | {"outcome": "not-held"}).status == 404
    assert other.post(f"{path}/closing").status == 404
    reader = entered(running, hotline, MemberRole.READ_ONLY)
    assert "Your role lets you read requests, and not answer them." in reader.get(path).words
    assert reader.post(f"{path}/answer", NOTHING | {"outcome": "not-held"}).status == 403
    assert entered(running, None, StaffRole.OPERATOR).get("/answer/requests").status == 403


def test_answers_and_closing_ask_again_who_one_is(running: RunningExchange, asked: dict[str, Any], analyst: Visitor) -> None:
    path = f"/answer/requests/{asked['id']}"
    analyst.get(path)
    running.clock.shift += timedelta(minutes=6)
    for way in ("answer", "closing"):
        analyst.get(path)
        assert analyst.post(f"{path}/{way}", NOTHING | {"outcome": "not-held"} if way == "answer" else None).asks_again
    assert "You answered" not in analyst.get(path).words


def test_whoever_asks_closes_it_and_nobody_is_asked_any_more(
    running: RunningExchange, agency: FakePartner, asked: dict[str, Any], analyst: Visitor
) -> None:
    path = f"/answer/requests/{asked['id']}"
    assert analyst.post(f"{path}/closing").status == 403, "without a page's word"
    analyst.get(path)
    assert analyst.post(f"{path}/closing").status == 404, "it is another's"
    own = entered(running, agency, MemberRole.ANALYST)
    assert "It cannot be opened again" in own.get(path).words
    assert own.post(f"{path}/closing").status == 303
    own.get(path)
    assert own.post(f"{path}/closing").status == 303, "again is no error"
    assert "closed" in own.get("/answer/requests").words
    assert analyst.get(path).status == 404
