"""Measures of bulk exports. Kept by ``tests/services/watching/test_exports.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.domain.export import ExportState, Trouble
from app.domain.measure import Measure
from app.storage import figures
from app.storage.session import Connection


def of_exports(connection: Connection, now: datetime) -> Iterator[Measure]:
    """Give what is open and why, since when, and what was written."""
    found = figures.open_exports(connection)
    possible = [(ExportState.WRITING.value, ""), *((ExportState.WAITING.value, trouble) for trouble in ("", *Trouble))]
    counts = {(state, str(trouble)): 0 for state, trouble in possible} | {key: one.count for key, one in found.items()}
    sentence = "Exports that were begun and are not published, by the trouble that they wait for."
    yield Measure("breakwater_exports_open", sentence, counts, ("state", "trouble"))
    oldest = min((one.since for one in found.values() if one.since), default=now)
    sentence = "How long ago the oldest export was begun that is not published; 0 without any."
    yield Measure.single("breakwater_exports_oldest_seconds", sentence, (now - oldest).total_seconds())
    written = figures.export_figures(connection)
    yield Measure.single("breakwater_export_definitions", "Definitions of exports that did not end.", written.definitions)
    yield Measure.single("breakwater_exports_begun", "Exports that were begun.", written.begun, only_grows=True)
    sentence = "Objects in files of exports that were written."
    yield Measure.single("breakwater_export_objects", sentence, written.objects, only_grows=True)
    sentence = "Bytes of files of exports that were written, as they lie in the depot."
    yield Measure.single("breakwater_export_bytes", sentence, written.size, only_grows=True)
    sentence = "Time that workers wrote files of exports for."
    yield Measure.single("breakwater_export_seconds", sentence, written.seconds, only_grows=True)
