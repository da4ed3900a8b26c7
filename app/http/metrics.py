"""Counts and durations of requests for Prometheus: by method, route rule and status, never by who or what.

Owns the metrics of one application. Each worker process counts for itself; where several serve, ``PROMETHEUS_MULTIPROC_DIR`` (of
the Prometheus client) names a folder through which a scrape adds them up. It counts from the time an application is installed, so
that a worker may set it after the fork. Kept by ``tests/http/test_metrics.py``.
"""

from __future__ import annotations

import os

from flask import Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from app.http.access_log import method, seconds_so_far
from app.http.context import rule

_EXTENSION = "breakwater-metrics"
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class _Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "breakwater_requests", "Answered requests.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "breakwater_request_seconds", "Time until the answer was made.", ["method", "route"], registry=self.registry
        )


def install(app: Flask) -> None:
    """Count every request of ``app``."""
    if _FOLDER in os.environ and values.ValueClass is values.MutexValue:
        # The client chose when it was imported, which was before the fork; once, for two of its kind would share one file.
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]  # a class, made by a function
    app.extensions[_EXTENSION] = _Metrics()
    app.after_request(_count)


def _count(response: Response) -> Response:
    metrics: _Metrics = current_app.extensions[_EXTENSION]
    metrics.requests.labels(method(), rule(), str(response.status_code)).inc()
    metrics.seconds.labels(method(), rule()).observe(seconds_so_far())
    return response


def exposition() -> Response:
    """Give all counts in Prometheus's text format: this process's, or those of all workers where they share a folder."""
    metrics: _Metrics = current_app.extensions[_EXTENSION]
    registry = metrics.registry
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the client has no type for it
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
