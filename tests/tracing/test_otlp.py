from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from app.tracing.otlp import OtlpTracer
from app.tracing.port import Attribute
from tests.factories.otlp_collectors import Collector, attributes, collector

SECRET = "s3cr3t"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as taken:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", taken.url)
        yield taken


def test_steps_arrive_within_each_other(taken: Collector) -> None:
    tracer = OtlpTracer()
    request = tracer.begin("GET /objects", {Attribute.METHOD: "GET"}, is_request=True)
    with tracer.span("database read"):
        pass
    request.end({Attribute.STATUS: 200})
    request.end({Attribute.STATUS: 500}, failed=True)  # ended already
    tracer.close()
    outer, inner = taken.named("GET /objects"), taken.named("database read")
    assert inner.parent_span_id == outer.span_id
    assert outer.kind == Span.SPAN_KIND_SERVER
    assert attributes(outer) == {"http.request.method": "GET", "http.response.status_code": 200}
    assert outer.status.code == Status.STATUS_CODE_UNSET
    assert outer.start_time_unix_nano <= inner.start_time_unix_nano <= inner.end_time_unix_nano <= outer.end_time_unix_nano


def test_a_request_within_another_is_a_trace_of_its_own(taken: Collector) -> None:
    tracer = OtlpTracer()
    with tracer.span("work pull"):
        tracer.begin("GET /objects", is_request=True).end()
    tracer.close()
    assert taken.named("GET /objects").trace_id != taken.named("work pull").trace_id


def test_of_what_is_raised_the_kind_alone_is_told(taken: Collector) -> None:
    tracer = OtlpTracer()
    with pytest.raises(ValueError, match=SECRET), tracer.span("work export"):
        raise ValueError(SECRET)
    tracer.close()
    span = taken.named("work export")
    assert attributes(span) == {"error.type": "ValueError"}
    assert (span.status.code, span.status.message, list(span.events)) == (Status.STATUS_CODE_ERROR, "", [])
    assert not any(SECRET.encode() in body for body in taken.bodies)


def test_what_is_not_on_the_list_is_never_told(taken: Collector) -> None:
    tracer = OtlpTracer()
    with pytest.raises(ValueError, match="path"):
        tracer.begin("GET /objects", {"path": SECRET})  # type: ignore[dict-item]  # what a mistake would look like
    tracer.close()
    assert not taken.spans


def test_nothing_is_started_before_the_first_step_and_a_collector_that_is_away_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    tracer = OtlpTracer()
    assert tracer._provider is None
    tracer.begin("GET /objects", is_request=True).end()
    tracer.close()
    tracer.close()


def test_a_collector_that_is_away_is_told_of_once_and_in_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    tracer = OtlpTracer()
    for _ in range(2):
        with tracer.span("work export"):
            pass
        tracer.flush()
    tracer.close()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["traces are not taken where OTEL_EXPORTER_OTLP_ENDPOINT says; steps dropped: 1"]
