from __future__ import annotations

import json

import pytest

from app.services.paging.page_contacts import take_turn
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator, marking
from tests.factories.urgent import urgent_context, urgent_indicator

DUTY = {"label": "Duty officer", "email": "duty@example.org"}


def call(running: RunningExchange) -> None:
    running.do_all_work()
    while take_turn(running.exchange):
        pass


@pytest.fixture
def contact_id(hotline: FakePartner) -> str:
    """The hotline's contact."""
    made: str = hotline.post("contacts", DUTY).json["id"]
    return made


def test_a_page_names_no_object_and_says_where_to_read(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, contact_id: str
) -> None:
    value = urgent_indicator()
    platform.submit(value, indicator())
    call(running)
    answer = hotline.get("pages")
    [page] = answer.json["pages"]
    assert (page["state"], page["contact_id"], page["partner_id"]) == ("open", contact_id, hotline.partner_id)
    assert [(one["contact_id"], one["state"]) for one in page["mails"]] == [(contact_id, "waiting")]
    assert value["id"].encode() not in answer.body
    assert platform.partner_id.encode() not in answer.body
    read = hotline.get(page["read"], headers={"Breakwater-Purpose": "detection"})
    assert [one["id"] for one in read.json["objects"]] == [value["id"]]
    told = platform.get("disclosures").json["disclosures"]
    assert [one["recipient_id"] for one in told] == [hotline.partner_id]


def test_acknowledging_stops_and_says_when(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner, contact_id: str
) -> None:
    platform.submit(urgent_indicator())
    call(running)
    [page] = hotline.get("pages").json["pages"]
    path = f"pages/{page['id']}/acknowledgement"
    first, again = (hotline.post(path, {}, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert (first.status, first.json) == (200, again.json)
    assert (first.json["state"], first.json["contact_id"]) == ("acknowledged", contact_id)
    assert hotline.get("pages").json["pages"] == [first.json]


@pytest.mark.usefixtures("contact_id")
def test_another_partner_finds_no_such_page(running: RunningExchange, platform: FakePartner, hotline: FakePartner) -> None:
    platform.submit(urgent_indicator())
    call(running)
    [page] = hotline.get("pages").json["pages"]
    headers = {"X-Request-Id": "same"}
    hidden = platform.post(f"pages/{page['id']}/acknowledgement", {}, headers=headers)
    absent = platform.post("pages/00000000-0000-4000-8000-000000000000/acknowledgement", {}, headers=headers)
    assert (hidden.status, hidden.body) == (404, absent.body)
    assert platform.get("pages").json == {"pages": []}
    assert [one["id"] for one in running.operator.get("pages").json["pages"]] == [page["id"]]
    assert running.operator.post(f"pages/{page['id']}/acknowledgement", {}).status == 403


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_the_limit_has_bounds(hotline: FakePartner, limit: str) -> None:
    assert hotline.get("pages", query={"limit": limit}).status == 400


@pytest.mark.usefixtures("contact_id")
def test_the_submitters_answer_is_the_same_whoever_is_paged(
    running: RunningExchange, platform: FakePartner, hotline: FakePartner
) -> None:
    nobody = platform.register_audience()
    answers = []
    for audience_id in (None, nobody):
        marking = _marking(platform, audience_id)
        value = urgent_indicator(object_marking_refs=[marking] if marking else [])
        if not marking:
            del value["object_marking_refs"]
        answers.append(platform.submit(value).json)
    call(running)
    assert len(hotline.get("pages").json["pages"]) == 1
    first, second = (json.dumps(_plain(one), sort_keys=True) for one in answers)
    assert first == second


def _marking(platform: FakePartner, audience_id: str | None) -> str | None:
    if audience_id is None:
        return None
    made = marking(audience_id)
    assert platform.submit(made).json["results"][0]["status"] == "stored"
    stix_id: str = made["id"]
    return stix_id


def _plain(answer: dict[str, object]) -> dict[str, object]:
    told = {name: one for name, one in answer.items() if name not in {"id", "received_at", "receipt", "results"}}
    results: list[dict[str, object]] = answer["results"]  # type: ignore[assignment]  # a list of objects
    own = {"id", "payload_digest", "log_index", "version"}
    return told | {"results": [{name: "…" if name in own else value for name, value in one.items()} for one in results]}


# --- what the submitter is answered -----------------------------------------------------------------------------------------


def test_imminent_risk_is_answered_with_whom_to_call(platform: FakePartner) -> None:
    answer = platform.submit(urgent_indicator())
    told = answer.json["imminent_risk"]
    assert told["call"][0] == {
        "jurisdiction": None,
        "name": "Police",
        "call": "the police emergency number of the place where the child is",
    }
    assert "not a reporting channel" in told["detail"]
    assert platform.get(answer.headers["Location"]).json == answer.json


def test_imminent_risk_that_nobody_was_told_of_is_refused_with_whom_to_call(platform: FakePartner, hotline: FakePartner) -> None:
    unreported = indicator(stated=urgent_context(already_reported_to=None))
    answer = platform.submit(unreported, indicator())
    refused, stored = answer.json["results"]
    assert (refused["code"], stored["status"]) == ("report-first", "stored")
    assert "not a reporting channel" in refused["detail"]
    assert refused["refusal_pointer"].startswith("/objects/0/extensions/")
    assert answer.json["imminent_risk"]["call"]
    assert len(hotline.pull_all()) == 1
    assert platform.get(answer.headers["Location"]).json == answer.json


def test_whatever_else_is_wrong_with_it_whom_to_call_is_said(running: RunningExchange) -> None:
    partner = running.enrol("Platform C", agreement=None)
    answer = partner.submit(urgent_indicator())
    assert answer.json["results"][0]["code"] == "agreement-not-in-force"
    assert answer.json["imminent_risk"]["call"]


def test_other_submissions_say_nothing_of_it(platform: FakePartner) -> None:
    assert "imminent_risk" not in platform.submit(indicator()).json


def test_the_feed_is_filtered_by_urgency(platform: FakePartner, hotline: FakePartner) -> None:
    urgent, historic = urgent_indicator(), indicator(stated=urgent_context(urgency="historic"))
    platform.submit(urgent, historic, indicator())
    assert [one["id"] for one in hotline.pull_all(urgency="imminent-risk")] == [urgent["id"]]
    assert [one["id"] for one in hotline.pull_all(urgency="historic")] == [historic["id"]]
    assert hotline.pull(urgency="soon").status == 400
