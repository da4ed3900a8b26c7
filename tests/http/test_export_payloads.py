from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.export import Compression, ExportFormat
from app.domain.vocabulary import Purpose, Tlp
from app.http.export_payloads import ExportChangePayload, ExportFiltersPayload, ExportPayload, NewExportPayload, RunQuery
from app.services.exporting.define import NewExport
from app.services.exporting.filters import filters_of
from app.services.exporting.keys import key_text
from app.services.exporting.look_up import DefinitionRecord
from tests.factories.exports import EVERY_FIVE_MINUTES, definition

KEY = bytes(range(32))
OWNER = "00000000-0000-4000-8000-000000000002"


def test_filters_are_kept_in_one_spelling() -> None:
    given = {
        "type": ["malware", "indicator", "malware"],
        "owner": [OWNER],
        "harm": ["csam"],
        "confidence_min": 50,
        "added_after": "2026-01-01T00:00:00.1234567Z",
        "added_before": "2026-02-01T00:00:00.0000001Z",
        "modified_after": "2026-01-01T00:00:00.1200Z",
        "valid_at": "2026-03-01T00:00:00Z",
    }
    kept = ExportFiltersPayload().load(given)
    assert kept == {
        "type": ["indicator", "malware"],
        "owner": [OWNER],
        "harm": ["csam"],
        "confidence_min": 50,
        "added_after": "2026-01-01T00:00:00.123456Z",
        "added_before": "2026-02-01T00:00:00.000001Z",
        "modified_after": "2026-01-01T00:00:00.12Z",
        "valid_at": "2026-03-01T00:00:00Z",
    }
    assert ExportFiltersPayload().load(kept) == kept
    assert filters_of(kept).modified_after == "2026-01-01T00:00:00.12"


@pytest.mark.parametrize(
    "filters",
    [
        {"type": []},
        {"type": "indicator"},
        {"type": ["no type"]},
        {"limit": 5},
        {"next": "AAAA"},
        {"confidence_min": True},
        {"confidence_min": 101},
        {"added_after": "yesterday"},
        {"id": ["indicator--nonsense"]},
        {"more": 1},
    ],
)
def test_what_get_objects_would_not_take_is_no_filter(filters: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ExportFiltersPayload().load(filters)


def test_what_is_left_out_of_a_new_export_is_as_usual() -> None:
    assert NewExportPayload().load({"name": "all", "snapshots": "0 3 * * *"}) == NewExport("all", "0 3 * * *", None)


def test_a_new_export_says_all_there_is() -> None:
    given = {
        "name": "all",
        "purpose": "detection",
        "tlp_ceiling": "green",
        "filters": {"type": ["indicator"]},
        "format": "csv",
        "compression": "gzip",
        "encryption_key": key_text(KEY),
        "target": "bucket-1",
        "snapshots": "0 3 * * *",
        "deltas": "*/5 * * * *",
        "time_zone": "Europe/Amsterdam",
        "keep_days": 30,
    }
    assert NewExportPayload().load(given) == NewExport(
        name="all",
        snapshots="0 3 * * *",
        deltas="*/5 * * * *",
        time_zone="Europe/Amsterdam",
        purpose=Purpose.DETECTION,
        tlp_ceiling=Tlp.GREEN,
        filters={"type": ["indicator"]},
        form=ExportFormat.CSV,
        compression=Compression.GZIP,
        encryption_key=KEY,
        target="bucket-1",
        keep_days=30,
    )


@pytest.mark.parametrize(
    "given",
    [
        {"keep_days": 0},
        {"keep_days": 1.5},
        {"encryption_key": "AAAA"},
        {"format": "xml"},
        {"snapshots": "0 3 * * *\n"},
        {"snapshots": "x" * 101},
        {"target": "../up"},
        {"partner_id": OWNER},
        {"paused": True},
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewExportPayload().load({"name": "all", "snapshots": "0 3 * * *"} | given)


def test_a_change_holds_what_was_said_alone() -> None:
    assert ExportChangePayload().load({"paused": True}) == {"is_paused": True}
    assert ExportChangePayload().load({"encryption_key": None, "deltas": None, "format": "csv"}) == {
        "encryption_key": None,
        "deltas": None,
        "form": ExportFormat.CSV,
    }
    for fixed in ("purpose", "tlp_ceiling", "filters", "target"):
        with pytest.raises(ValidationError):
            ExportChangePayload().load({fixed: "red"})
    with pytest.raises(ValidationError):
        ExportChangePayload().load({"paused": 1})


def test_a_definition_is_told_in_the_words_it_was_given_in() -> None:
    known = definition(encryption_key=KEY, snapshots=None, keep=timedelta(days=30))
    told = ExportPayload().dump(DefinitionRecord(known, {"type": ["indicator"]}, None, None))
    assert told["id"] == known.definition_id
    assert (told["snapshots"], told["deltas"]) == (None, EVERY_FIVE_MINUTES.cron)
    assert (told["time_zone"], told["keep_days"]) == (EVERY_FIVE_MINUTES.time_zone, 30)
    assert (told["format"], told["encryption_key"]) == ("stix-ndjson", key_text(KEY))
    assert told["filters"] == {"type": ["indicator"]}
    assert ExportPayload().dump(DefinitionRecord(known, None, None, None))["filters"] is None


def test_runs_are_asked_for_by_number() -> None:
    assert RunQuery().load({}) == {"before": None, "limit": 20}
    for wrong in ({"before": 0}, {"limit": 101}, {"limit": "x"}):
        with pytest.raises(ValidationError):
            RunQuery().load(wrong)
