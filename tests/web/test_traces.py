"""The spans of a running exchange, as a collector gets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.config.settings import Settings
from app.factory import create_app
from app.services.do_work import do_next, ensure_periodic_work
from app.services.exchange import Exchange
from app.tracing.otlp import OtlpTracer
from app.web import traces
from tests.factories.exchanges import Caller, FakePartner, RunningExchange, in_process
from tests.factories.otlp_collectors import Collector, attributes, collector
from tests.factories.stix_objects import indicator

SECRET = "s3cr3t"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as taken:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", taken.url)
        yield taken


@pytest.fixture
def traced(running: RunningExchange, monkeypatch: pytest.MonkeyPatch) -> Exchange:
    exchange = replace(running.exchange, tracer=OtlpTracer())
    monkeypatch.setattr(exchange.database, "around", lambda kind: exchange.tracer.span(f"database {kind}"))
    return exchange


def caller(exchange: Exchange, token: str | None) -> Caller:
    return Caller(in_process(create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": "error"}), exchange)), token)


def test_a_request_is_a_span_by_its_rule_with_its_transactions_in_it(
    taken: Collector, traced: Exchange, platform: FakePartner
) -> None:
    asking = caller(traced, platform.token)
    asking.get(f"objects/email-addr--{SECRET}", headers={"Breakwater-Purpose": "detection", "X-Request-Id": SECRET})
    asking.post("submissions", {"objects": [indicator(name=SECRET)]}, headers={"Idempotency-Key": SECRET})
    traced.tracer.close()
    span = taken.named("GET /api/v1/objects/<stix_id>")
    assert attributes(span) == {
        "http.request.method": "GET",
        "http.route": "/api/v1/objects/<stix_id>",
        "http.response.status_code": 404,
        "breakwater.code": "not-found",
    }
    submitted = taken.named("POST /api/v1/submissions")
    inside = [one.name for one in taken.spans if one.parent_span_id == submitted.span_id]
    assert "database write" in inside
    assert not any(SECRET.encode() in body for body in taken.bodies)
    assert str(platform.token).encode() not in b"".join(taken.bodies)


def test_a_trace_that_somebody_sends_along_is_not_gone_on_with(taken: Collector, traced: Exchange) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    caller(traced, None).get("objects", headers={"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"})
    traced.tracer.close()
    assert taken.named("GET /api/v1/objects").trace_id.hex() != trace_id


def test_a_failure_of_ours_is_marked(taken: Collector, traced: Exchange, platform: FakePartner) -> None:
    asking = caller(traced, platform.token)
    with traced.database.write() as connection:
        connection.execute(text("DROP TABLE credential"))
    asking.get("policy/mine")
    traced.tracer.close()
    span = taken.named("GET /api/v1/policy/mine")
    assert (attributes(span)["http.response.status_code"], span.status.code) == (503, span.status.STATUS_CODE_ERROR)


def test_an_answer_that_is_made_while_it_leaves_is_traced_until_it_left(
    taken: Collector, traced: Exchange, platform: FakePartner
) -> None:
    caller(traced, platform.token).get("objects", headers={"Breakwater-Purpose": "detection"})
    caller(traced, platform.token).get("livez")
    traced.tracer.close()
    page, next_one = taken.named("GET /api/v1/objects"), taken.named("GET unmatched")
    assert attributes(page)["http.response.status_code"] == 200
    assert page.trace_id != next_one.trace_id
    assert next_one.parent_span_id == b""


def test_a_piece_of_work_is_a_span(taken: Collector, traced: Exchange) -> None:
    ensure_periodic_work(traced)
    assert do_next(traced)
    traced.tracer.close()
    [span] = [one for one in taken.spans if one.name.startswith("work ")]
    told = attributes(span)
    assert span.name == f"work {told['breakwater.job_kind']}"
    assert int(told["breakwater.job"]) > 0


def test_where_nothing_is_traced_nothing_is_in_the_way(running: RunningExchange) -> None:
    app = create_app(Settings.from_environment({"BREAKWATER_LOG_LEVEL": "error"}), running.exchange)
    assert traces._begin not in app.before_request_funcs[None]
