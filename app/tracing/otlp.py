"""Traces sent by OpenTelemetry over OTLP/HTTP, to where the standard variables (``OTEL_EXPORTER_OTLP_ENDPOINT`` and so on) say.

Owns what is handed to the library, which by itself would take down texts of exceptions and their stacks, and go on with the trace
of whoever asks: both is left out here. Nothing is started before the first span, hence after the fork. Kept by
``tests/tracing/test_otlp.py``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode

from app.tracing.port import Attribute, Attributes, Span

_NAME = "breakwater"
_NO_ATTRIBUTES: Attributes = {}
_CLOSE_MILLISECONDS = 3_000
_BETWEEN_COMPLAINTS_SECONDS = 300.0
_LIBRARY = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
_log = logging.getLogger("breakwater.traces")


class OtlpTracer:
    """Sends spans in the background, in batches; what cannot be sent is dropped, and nobody waits for it."""

    is_on = True

    def __init__(self) -> None:
        """Prepare; nothing is read, opened or started yet."""
        self._lock = threading.Lock()
        self._provider: TracerProvider | None = None

    def begin(self, name: str, attributes: Attributes = _NO_ATTRIBUTES, *, is_request: bool = False) -> Span:
        """Begin a step; one that is a request begins a trace of its own."""
        kind = SpanKind.SERVER if is_request else SpanKind.INTERNAL
        within = Context() if is_request else None
        return _Open(self._tracer().start_span(name, within, kind, _told(attributes)))

    @contextmanager
    def span(self, name: str, attributes: Attributes = _NO_ATTRIBUTES) -> Iterator[None]:
        """Give a block that is a step."""
        begun = self.begin(name, attributes)
        try:
            yield
        except BaseException as exc:
            begun.end({Attribute.ERROR_TYPE: type(exc).__name__}, failed=True)
            raise
        begun.end()

    def flush(self) -> None:
        """Send what was not sent yet, and go on."""
        with self._lock:
            if self._provider is not None:
                self._provider.force_flush(_CLOSE_MILLISECONDS)

    def close(self) -> None:
        """Send what was not sent yet."""
        self.flush()
        with self._lock:
            if self._provider is not None:
                self._provider.shutdown()
                self._provider = None

    def _tracer(self) -> trace.Tracer:
        with self._lock:
            if self._provider is None:
                self._provider = TracerProvider(resource=Resource.create({"service.name": _NAME}))
                self._provider.add_span_processor(BatchSpanProcessor(_Exporter()))
            return self._provider.get_tracer(_NAME)


class _Exporter(OTLPSpanExporter):
    """The library's, but for its complaints: about a line a second while nobody takes what is sent, and in its own words."""

    def __init__(self) -> None:
        logging.getLogger(_LIBRARY).disabled = True
        super().__init__()
        self._lost = 0
        self._complain_at = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._lost += len(spans)
            if time.monotonic() >= self._complain_at:
                _log.warning("traces are not taken where OTEL_EXPORTER_OTLP_ENDPOINT says; steps dropped: %d", self._lost)
                self._complain_at, self._lost = time.monotonic() + _BETWEEN_COMPLAINTS_SECONDS, 0
        return result


class _Open:
    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._token: object | None = contexts.attach(trace.set_span_in_context(span))

    def end(self, attributes: Attributes = _NO_ATTRIBUTES, *, failed: bool = False) -> None:
        if self._token is None:
            return
        contexts.detach(self._token)  # type: ignore[arg-type]  # the token that attach gave
        self._token = None
        self._span.set_attributes(_told(attributes))
        if failed:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def _told(attributes: Attributes) -> dict[str, str | int]:
    return {Attribute(name).value: value for name, value in attributes.items()}
