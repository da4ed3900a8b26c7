from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.stix_objects import indicator

ROOT = Path(__file__).parents[2]
TWO_PROCESSES = """
import os, sys
from flask import Flask
from app.web import access_log, metrics

def answer_once():
    app = Flask("app")
    access_log.install(app, "error")
    metrics.install(app)
    app.add_url_rule("/asked", "asked", lambda: "")
    app.test_client().get("/asked")
    return app

app = answer_once()
if os.fork() == 0:
    answer_once()
    os._exit(0)
os.wait()
with app.test_request_context("/"):
    print(metrics.exposition([]).get_data(as_text=True))
"""


def counted(running: RunningExchange) -> list[str]:
    text = running.operator.get("/metrics").body.decode()
    return [line for line in text.splitlines() if line.startswith("breakwater_requests_total")]


def test_requests_are_counted_by_method_rule_and_status(empty: RunningExchange) -> None:
    platform = empty.enrol("Platform A")
    platform.object("indicator--one")
    platform.object("indicator--two")
    expected = 'breakwater_requests_total{method="GET",route="/api/v1/objects/<stix_id>",status="404"} 2.0'
    assert expected in counted(empty)


def test_no_id_and_no_made_up_method_becomes_a_label(running: RunningExchange, platform: FakePartner) -> None:
    platform.get("objects/indicator--s3cr3t")
    platform.get("s3cr3t")
    platform.send("S3CR3T", "objects")
    lines = counted(running)
    assert not any("s3cr3t" in line.lower() for line in lines)
    assert any('method="OTHER"' in line for line in lines)
    assert any('route="unmatched"' in line for line in lines)


def test_durations_are_measured(empty: RunningExchange) -> None:
    empty.operator.get("partners")
    text = empty.operator.get("/metrics").body.decode()
    assert 'breakwater_request_seconds_count{method="GET",route="/api/v1/partners"} 1.0' in text


def test_alarms_are_counted_by_code_and_nothing_else_is_said_of_them(running: RunningExchange, platform: FakePartner) -> None:
    platform.submit(indicator(description="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA"))
    text = running.operator.get("/metrics").body.decode()
    assert 'breakwater_alarms_total{code="content-forbidden"} 1.0' in text
    assert 'breakwater_alarms_total{code="page-undelivered"} 0.0' in text
    assert platform.partner_id not in text


def test_only_who_has_the_permission_scrapes(running: RunningExchange, platform: FakePartner) -> None:
    assert running.anybody.get("/metrics").status == 401
    assert platform.get("/metrics").status == 403
    assert running.operator.get("/metrics").headers["Content-Type"].startswith("text/plain")


def test_two_applications_of_one_process_count_apart(running: RunningExchange, empty: RunningExchange) -> None:
    running.operator.get("partners")
    assert counted(empty) == []


def test_workers_that_share_a_folder_are_added_up(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-c", TWO_PROCESSES]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert 'breakwater_requests_total{method="GET",route="/asked",status="200"} 2.0' in done.stdout


def test_refusals_and_what_became_of_objects_are_counted_by_code(empty: RunningExchange) -> None:
    empty.anybody.get("objects")
    empty.enrol("Platform A").submit(indicator(), indicator(description="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA"))
    text = empty.operator.get("/metrics").body.decode()
    assert 'breakwater_refusals_total{code="unauthenticated"} 1.0' in text
    assert 'breakwater_submitted_objects_total{outcome="stored"}' in text
    assert 'breakwater_submitted_objects_total{outcome="content-forbidden"} 1.0' in text


def test_how_the_exchange_is_is_told_in_the_types_of_prometheus(running_on_both: RunningExchange) -> None:
    text = running_on_both.operator.get("/metrics").body.decode()
    for line in (
        "# TYPE breakwater_alarms_total counter",
        "# TYPE breakwater_exports_begun_total counter",
        "# TYPE breakwater_ledger_rows gauge",
        "breakwater_signer_up 1.0",
        'breakwater_exports_open{state="waiting",trouble="storage-full"} 0.0',
    ):
        assert line in text
    assert ("breakwater_database_connections_limit" in text) != running_on_both.exchange.database.is_sqlite
