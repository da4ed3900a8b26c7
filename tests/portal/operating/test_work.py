from __future__ import annotations

from datetime import timedelta

from app.domain.work import WorkState
from app.storage import work
from tests.factories.exchanges import RunningExchange
from tests.factories.portal_visitors import Visitor


def test_work_is_seen_by_kind_and_state(running: RunningExchange, operator: Visitor, auditor: Visitor) -> None:
    jobs = running.operator.get("jobs").json["jobs"]
    assert jobs
    for visitor in (operator, auditor):
        assert "Work that runs by itself" in visitor.get("/exchange/jobs").words
        assert f"Work {jobs[0]['id']}:" in visitor.get(f"/exchange/jobs/{jobs[0]['id']}").words
    assert "Try again now" not in auditor.page.words
    assert "Table of kinds of work" not in auditor.get("/exchange/jobs").text
    assert "Nothing of this kind" in operator.get("/exchange/jobs?state=dead").words
    assert "Nothing of this kind" in operator.get("/exchange/jobs?kind=no-such-kind").words
    assert operator.get("/exchange/jobs?state=odd&kind=ODD&next=x").status == 200


def test_a_page_of_work_goes_on_with_the_next(running: RunningExchange, operator: Visitor) -> None:
    with running.exchange.database.write() as connection:
        for _ in range(60):
            work.add_work(connection, "evaluate-viewpoints", {"partner_id": "nobody"}, running.clock() + timedelta(days=1))
    shown = operator.get("/exchange/jobs")
    assert shown.text.count("/portal/exchange/jobs/") == 50
    further = shown.text.partition('class="further"><a class="button" href="/portal')[2].partition('"')[0].replace("&amp;", "&")
    assert operator.get(further).status == 200
    assert operator.page.text.count("/portal/exchange/jobs/") >= 10


def test_what_did_not_fail_is_not_tried_again_and_what_is_owed_not_given_up(running: RunningExchange, operator: Visitor) -> None:
    job_id = running.operator.get("jobs", query={"state": WorkState.WAITING.value}).json["jobs"][0]["id"]
    operator.get(f"/exchange/jobs/{job_id}")
    answer = operator.post(f"/exchange/jobs/{job_id}/retry")
    assert (answer.status, "Only work that failed" in answer.words) == (422, True)
    answer = operator.post(f"/exchange/jobs/{job_id}/cancellation")
    assert (answer.status, "cannot be cancelled" in answer.words) == (422, True)


def test_dead_work_is_tried_again_and_given_up(running: RunningExchange, operator: Visitor, auditor: Visitor) -> None:
    with running.exchange.database.write() as connection:
        work.add_work(connection, "evaluate-viewpoints", {"partner_id": "nobody"}, running.clock())
    number = running.operator.get("jobs").json["jobs"][0]["id"]
    with running.exchange.database.write() as connection:
        for _attempt in range(work.MAX_ATTEMPTS):
            work.claim(connection, timedelta(seconds=-1), lane=work.Lane(only=number))
        work.bury_exhausted(connection)
    path = f"/exchange/jobs/{number}"
    assert "given up" in operator.get(path).words
    assert "given up" in operator.get("/exchange/jobs?state=dead").words
    auditor.get("/account")
    assert auditor.post(f"{path}/retry").status == 403
    operator.get(path)
    assert operator.post(f"{path}/retry").status == 303
    assert running.operator.get(f"jobs/{number}").json["state"] == "waiting"
    with running.exchange.database.write() as connection:
        for _attempt in range(work.MAX_ATTEMPTS):
            work.claim(connection, timedelta(seconds=-1), lane=work.Lane(only=number))
        work.bury_exhausted(connection)
    operator.get(path)
    assert operator.post(f"{path}/cancellation").status == 303
    assert running.operator.get(f"jobs/{number}").json["state"] == "cancelled"
    shown = operator.get(path).words
    assert "Try again now" not in shown
    assert "Give it up" not in shown


def test_a_number_that_is_none_is_not_found(operator: Visitor) -> None:
    for number in ("999999999", "x", "1" * 16):
        assert operator.get(f"/exchange/jobs/{number}").status == 404
