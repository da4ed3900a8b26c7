from __future__ import annotations

from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from app.storage import work
from tests.factories.exchanges import FakePartner, RunningExchange


def test_operators_and_auditors_see_jobs_without_what_they_are_about(running: RunningExchange) -> None:
    with running.exchange.database.write() as connection:
        work.add_work(connection, "evaluate", {"partner_id": "hidden"}, running.exchange.clock())
    auditor = running.staff(StaffRole.AUDITOR, Permission)
    [job] = auditor.get("jobs", query={"limit": 1}).json["jobs"]
    assert (job["kind"], job["lane"], job["state"], job["running"]) == ("evaluate", "prompt", "waiting", False)
    assert "hidden" not in str(job)
    assert running.operator.get(f"jobs/{job['id']}").json == job


def test_jobs_come_in_pages(running: RunningExchange) -> None:
    with running.exchange.database.write() as connection:
        for _ in range(5):
            work.add_work(connection, "evaluate", {}, running.exchange.clock())
    seen = []
    page = {"next": None, "more": True}
    while page["more"]:
        query = {"limit": 2, "kind": "evaluate", "state": "waiting"} | ({} if page["next"] is None else {"next": page["next"]})
        page = running.operator.get("jobs", query=query).json
        seen += [one["id"] for one in page["jobs"]]
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


def test_only_what_failed_is_retried_and_what_is_owed_is_not_cancelled(running: RunningExchange) -> None:
    with running.exchange.database.write() as connection:
        work.add_work(connection, "evaluate", {}, running.exchange.clock())
    [job] = running.operator.get("jobs", query={"limit": 1}).json["jobs"]
    for act in ("retry", "cancellation"):
        refused = running.operator.post(f"jobs/{job['id']}/{act}", {})
        assert (refused.status, refused.code) == (409, "state-conflict")
    with running.exchange.database.write() as connection:
        task = work.claim(connection, work.timedelta(seconds=60), running.exchange.clock(), work.Lane(only=job["id"]))
        assert task is not None
        work.put_back(connection, task, running.exchange.clock() + work.timedelta(hours=1), "KeyError at somewhere")
    assert running.operator.get(f"jobs/{job['id']}").json["failure"] == "KeyError at somewhere"
    assert running.operator.post(f"jobs/{job['id']}/retry", {}).json["attempts"] == 0


def test_what_is_no_number_of_a_job_is_not_there(running: RunningExchange, platform: FakePartner) -> None:
    for path in ("jobs/0", "jobs/-1", "jobs/x", "jobs/99999999999999999999"):
        assert running.operator.get(path).status == 404
    assert platform.get("jobs").status == 403
