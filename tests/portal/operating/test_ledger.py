from __future__ import annotations

import csv
import io

import pytest

from app.domain.events import Event
from app.domain.vocabulary import MemberRole, StaffRole
from app.services.ledger import disclosure_table
from app.storage import events
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.portal_visitors import Visitor, entered
from tests.factories.stix_objects import indicator


@pytest.fixture
def given(platform: FakePartner, hotline: FakePartner) -> str:
    value = indicator(name="Words that nobody of the staff reads")
    assert hotline.submit(value).status == 201
    assert platform.pull_all()
    stix_id: str = value["id"]
    return stix_id


def _events(running: RunningExchange) -> list[Event]:
    with running.exchange.database.read() as connection:
        return [one.event for _, one in events.events(connection, 0, 10_000)]


def test_all_staff_search_the_ledger_and_that_is_an_event(running: RunningExchange, given: str, platform: FakePartner) -> None:
    for role in StaffRole:
        visitor = entered(running, None, role)
        visitor.get("/exchange/ledger")
        shown = visitor.post("/exchange/ledger", {"stix_id": given, "partner_id": platform.partner_id})
        assert (shown.status, "Platform Finding abuse on one's own service" in shown.words) == (200, True), shown.words
        assert given in shown.words
        assert "Words that nobody of the staff reads" not in shown.text
    assert _events(running).count(Event.DISCLOSURE_SEARCH) == 3


def test_what_nobody_was_given_is_an_empty_answer(operator: Visitor, given: str) -> None:
    operator.get("/exchange/ledger")
    assert given not in operator.post("/exchange/ledger", {"until": "2020-01-01T00:00"}).words
    assert "Nothing in this span" in operator.page.words
    assert "Nothing was given" not in operator.page.words


@pytest.mark.parametrize(
    ("field", "value"), [("partner_id", "x"), ("since", "yesterday"), ("stix_id", "x" * 301), ("next", "nothing-sealed")]
)
def test_what_is_wrong_is_said_and_stays_typed(operator: Visitor, field: str, value: str) -> None:
    operator.get("/exchange/ledger")
    answer = operator.post("/exchange/ledger", {"credential_id": "", field: value})
    assert answer.status == 422
    assert field in {"next", "partner_id"} or f'value="{value}"' in answer.text


def test_a_report_adds_up_for_each_publisher(
    running: RunningExchange, given: str, platform: FakePartner, hotline: FakePartner, operator: Visitor
) -> None:
    operator.get("/exchange/ledger/breach")
    shown = operator.post("/exchange/ledger/breach", {"partner_id": platform.partner_id})
    assert "Given to Platform" in shown.words
    assert "Hotline" in shown.words.partition("Identifying About")[2]
    operator.get("/exchange/ledger/breach")
    listed = operator.post("/exchange/ledger/breach", {"partner_id": platform.partner_id, "publisher_id": hotline.partner_id})
    assert given in listed.words
    assert Event.DISCLOSURE_REPORT in _events(running)
    for wrong in ({}, {"credential_id": "x"}, {"credential_id": "0a1b2c3d-0000-4000-8000-0123456789ab"}):
        operator.get("/exchange/ledger/breach")
        assert operator.post("/exchange/ledger/breach", wrong).status == 422


def test_a_span_that_ends_before_it_begins_is_refused_at_its_field(operator: Visitor, platform: FakePartner) -> None:
    span = {"partner_id": platform.partner_id, "since": "2027-01-01T00:00", "until": "2026-01-01T00:00"}
    for path in ("/exchange/ledger", "/exchange/ledger/breach"):
        operator.get(path)
        shown = operator.post(path, span)
        assert shown.status == 422, path
        assert 'href="#until">This is not after the beginning.' in shown.text
        assert "Nothing was given" not in shown.words
        assert "Nobody has to be told" not in shown.words


def test_nobody_has_to_be_told_only_where_nothing_is_left_out(
    operator: Visitor, platform: FakePartner, hotline: FakePartner
) -> None:
    operator.get("/exchange/ledger/breach")
    asked = {"partner_id": hotline.partner_id}
    assert "Nobody has to be told" in operator.post("/exchange/ledger/breach", asked).words
    for less in ({"until": "2020-01-01T00:00"}, {"since": "2020-01-01T00:00"}, {"publisher_id": platform.partner_id}):
        shown = operator.post("/exchange/ledger/breach", asked | less).words
        assert "Nothing in this span" in shown
        assert "Nobody has to be told" not in shown


def test_all_that_an_answer_held_can_be_read(operator: Visitor, platform: FakePartner, hotline: FakePartner) -> None:
    values = [indicator() for _ in range(7)]
    assert hotline.submit(*values).status == 201
    assert platform.pull_all()
    operator.get("/exchange/ledger")
    shown = operator.post("/exchange/ledger", {"partner_id": platform.partner_id})
    assert "<summary>and 2 more</summary>" in shown.text
    assert all(one["id"] in shown.text for one in values)


def _table(visitor: Visitor, asked: dict[str, str]) -> list[dict[str, str]]:
    answer = visitor.post("/exchange/ledger/table", asked)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8"), answer.words
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_what_was_found_is_downloaded_as_a_table_which_is_asking(
    running: RunningExchange, given: str, platform: FakePartner, operator: Visitor
) -> None:
    operator.get("/exchange/ledger")
    asked = {"stix_id": given, "partner_id": platform.partner_id}
    assert 'action="/portal/exchange/ledger/table"' in operator.post("/exchange/ledger", asked).text
    before = _events(running).count(Event.DISCLOSURE_SEARCH)
    [row] = _table(operator, asked)
    assert (row["recipient_name"], row["object_id"], row["purpose"]) == ("Platform", given, "detection")
    assert row["credential_id"]
    assert "Words that nobody" not in str(row)
    assert _events(running).count(Event.DISCLOSURE_SEARCH) == before + 1


def test_a_table_goes_on_where_the_one_before_was_cut(
    given: str, platform: FakePartner, hotline: FakePartner, operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disclosure_table, "MOST_ANSWERS", 1)
    assert platform.object(given).status == 200
    operator.get("/exchange/ledger")
    first = _table(operator, {"stix_id": given})
    assert first[-1]["disclosed_at"].startswith("NOT ALL")
    assert "ledger-not-all.csv" in operator.page.headers["Content-Disposition"]
    operator.get("/exchange/ledger")
    second = _table(operator, {"stix_id": given, "goes_on_from": first[-1]["goes_on_from"]})
    assert [one["object_id"] for one in (*first[:-1], *second)] == [given, given]
    operator.get("/exchange/ledger")
    wrong = operator.post("/exchange/ledger/table", {"partner_id": hotline.partner_id, "goes_on_from": "'nothing-sealed"})
    assert wrong.status == 422
    assert 'id="goes_on_from-fault"' in wrong.text


def test_an_observables_id_counts_as_a_question_in_a_table_too(running: RunningExchange, operator: Visitor) -> None:
    asked = {"stix_id": "url--0a1b2c3d-0000-4000-8000-0123456789ab"}
    operator.get("/exchange/ledger")
    before = _events(running).count(Event.QUESTION_ASK)
    assert _table(operator, asked) == []
    assert _events(running).count(Event.QUESTION_ASK) == before + 1


def test_who_is_no_staff_finds_no_table(running: RunningExchange, platform: FakePartner) -> None:
    stranger = entered(running, platform, MemberRole.ADMINISTRATOR)
    stranger.get("/organisation")
    assert stranger.post("/exchange/ledger/table", {}).status in {403, 404}
