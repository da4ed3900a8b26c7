"""Counts and durations of requests for Prometheus, by method, route rule and status, never by who or what; and all else.

Owns the metrics of one application. What ``services.watching`` reads at each scrape outlives restarts. Of requests each worker
counts its own; where several serve, ``PROMETHEUS_MULTIPROC_DIR`` (of the Prometheus client) names a folder
through which a scrape adds them up. It counts from the time an application is installed, so that a worker may set it after the
fork. Kept by ``tests/web/test_metrics.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from flask import Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.domain.measure import Measure
from app.web.access_log import method, seconds_so_far
from app.web.context import noted_code, noted_objects, rule

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
        self.refusals = Counter(
            "breakwater_refusals", "Requests that were refused, by the code of the answer.", ["code"], registry=self.registry
        )
        self.objects = Counter(
            "breakwater_submitted_objects", "Objects of submissions, by what became of them.", ["outcome"], registry=self.registry
        )


def install(app: Flask) -> None:
    """Count every request of ``app``."""
    if _FOLDER in os.environ and values.ValueClass is values.MutexValue:
        # The client chose when it was imported, which was before the fork; once, for two of its kind would share one file.
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]  # a class, made by a function
    app.extensions[_EXTENSION] = _Metrics()
    app.after_request(_count)


def share(app: Flask, other: Flask) -> None:
    """Let the requests of another application be counted with those of ``app``."""
    other.extensions[_EXTENSION] = app.extensions[_EXTENSION]


def _count(response: Response) -> Response:
    metrics: _Metrics = current_app.extensions[_EXTENSION]
    metrics.requests.labels(method(), rule(), str(response.status_code)).inc()
    metrics.seconds.labels(method(), rule()).observe(seconds_so_far())
    code = noted_code()
    if code is not None:
        metrics.refusals.labels(code).inc()
    for outcome, count in noted_objects().items():
        metrics.objects.labels(outcome).inc(count)
    return response


class _Measures(Collector):
    def __init__(self, measures: Sequence[Measure]) -> None:
        self._measures = measures

    def collect(self) -> Iterator[Metric]:
        for one in self._measures:
            kind = CounterMetricFamily if one.only_grows else GaugeMetricFamily
            family = kind(one.name, one.sentence, labels=one.labels)
            for values_of_labels, value in sorted(one.values.items()):
                family.add_metric(values_of_labels, value)
            yield family


def exposition(measures: Sequence[Measure]) -> Response:
    """Give all counts in Prometheus's text format: this process's, or those of all workers where they share a folder.

    ``measures`` are those of the whole exchange.
    """
    metrics: _Metrics = current_app.extensions[_EXTENSION]
    registry = metrics.registry
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the client has no type for it
    counted = CollectorRegistry()
    counted.register(_Measures(measures))
    return Response(generate_latest(registry) + generate_latest(counted), content_type=CONTENT_TYPE_LATEST)
