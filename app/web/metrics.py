"""Counts and durations of requests for Prometheus: by method, route rule and status, never by who or what; and counts of alarms.

Owns the metrics of one application. What is counted in the database (alarms) is read at each scrape and outlives restarts. Of the
rest each worker counts its own; where several serve, ``PROMETHEUS_MULTIPROC_DIR`` (of the Prometheus client) names a folder
through which a scrape adds them up. It counts from the time an application is installed, so that a worker may set it after the
fork. Kept by ``tests/web/test_metrics.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from flask import Flask, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import CounterMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from app.web.access_log import method, seconds_so_far
from app.web.context import rule

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


class _Alarms(Collector):
    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("breakwater_alarms", "Events that alarmed the operator.", labels=["code"])
        for code, count in sorted(self._counts.items()):
            family.add_metric([code], count)
        yield family


def exposition(alarms: Mapping[str, int]) -> Response:
    """Give all counts in Prometheus's text format: this process's, or those of all workers where they share a folder.

    ``alarms`` are the numbers of alarming events by code, of the whole exchange.
    """
    metrics: _Metrics = current_app.extensions[_EXTENSION]
    registry = metrics.registry
    if _FOLDER in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the client has no type for it
    counted = CollectorRegistry()
    counted.register(_Alarms(alarms))
    return Response(generate_latest(registry) + generate_latest(counted), content_type=CONTENT_TYPE_LATEST)
