"""Whoever submits something marked imminent risk is told whom to call."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.faults import ExitCode
from app.cli.imminent_risk import tell_whom_to_call
from tests.cli.desk import Desk, write_signed
from tests.factories.exchanges import FakePartner
from tests.factories.stix_objects import indicator
from tests.factories.urgent import urgent_context, urgent_indicator

URGENT = {"imminent_risk": {"call": [{"jurisdiction": "GB", "name": "Police", "call": "999"}], "detail": "Call now."}}


def test_whom_to_call_is_told_with_the_report(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "urgent.ndjson", urgent_indicator(), indicator())
    told = desk.run(platform, "submit", file).stdout
    assert "IMMINENT RISK" in told
    assert "the police emergency number of the place where the child is" in told
    assert desk.json(platform, "submit", file)["submissions"][0]["imminent_risk"]["call"]


def test_it_is_told_too_where_nobody_was_told_yet_and_the_object_is_refused(
    desk: Desk, platform: FakePartner, tmp_path: Path
) -> None:
    file = write_signed(platform, tmp_path / "first.ndjson", indicator(stated=urgent_context(already_reported_to=None)))
    refused = desk.run(platform, "submit", file)
    assert refused.exit_code == ExitCode.REFUSED
    assert "report-first" in refused.stdout
    assert "IMMINENT RISK" in refused.stdout


def test_a_dry_run_says_that_reporting_comes_first(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    file = write_signed(platform, tmp_path / "first.ndjson", indicator(stated=urgent_context(already_reported_to=None)))
    assert "report-first" in desk.run(platform, "submit", file, "--dry-run").stdout


def test_other_submissions_say_nothing_of_it(desk: Desk, platform: FakePartner, tmp_path: Path) -> None:
    assert "IMMINENT" not in desk.run(platform, "submit", write_signed(platform, tmp_path / "a.ndjson", indicator())).stdout


def test_it_is_told_once_however_many_answers_say_it(capsys: pytest.CaptureFixture[str]) -> None:
    tell_whom_to_call([{}, URGENT, URGENT])
    told = capsys.readouterr().out
    assert (told.count("999"), told.count("Call now.")) == (1, 1)
