"""Reports: counted without end, shown up to a bound, and written line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.envelopes import Origin
from app.cli.faults import CommandFault
from app.cli.submission_report import MOST_REFUSED_ROWS, MOST_ROWS, Report, reporting

REFUSED = {"status": "refused", "code": "schema-violation", "detail": "Not so.", "pointer": "/name"}
STORED = {"status": "stored", "id": "indicator--1", "pointer": ""}


def report_of(*outcomes: dict[str, Any], **options: Any) -> Report:
    report = Report(**options)
    for number, outcome in enumerate(outcomes):
        report.add(Origin("file.json", f"/objects/{number}", "indicator--0"), outcome)
    return report


def told(report: Report, capsys: pytest.CaptureFixture[str]) -> str:
    report.tell()
    return capsys.readouterr().out


def test_few_objects_are_all_shown(capsys: pytest.CaptureFixture[str]) -> None:
    words = told(report_of(STORED, REFUSED), capsys)
    assert "/objects/0" in words
    assert "Not so. [schema-violation] at /name" in words
    assert "1 refused, 1 stored" in words


def test_of_many_only_those_that_were_refused_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    words = told(report_of(REFUSED, *[STORED] * MOST_ROWS, REFUSED), capsys)
    assert words.count("Not so.") == 2
    assert "| stored" not in words
    assert f"2 refused, {MOST_ROWS} stored" in words


def test_a_table_has_an_end_and_says_where_the_rest_is(capsys: pytest.CaptureFixture[str]) -> None:
    words = told(report_of(*[REFUSED] * (MOST_REFUSED_ROWS + 7)), capsys)
    assert words.count("Not so.") == MOST_REFUSED_ROWS
    assert "… and 7 more that were refused; --report FILE has them all." in words


def test_many_submissions_are_not_all_listed(capsys: pytest.CaptureFixture[str]) -> None:
    report = report_of(STORED)
    report.submissions += [{"id": f"number {number}"} for number in range(MOST_ROWS + 3)]
    words = told(report, capsys)
    assert words.count("submission number") == MOST_ROWS
    assert "… and 3 more submissions" in words


def test_memory_does_not_grow_with_the_objects_unless_all_are_wanted() -> None:
    many = [STORED, REFUSED] * 2_000
    assert len(report_of(*many)._shown) <= MOST_ROWS + MOST_REFUSED_ROWS  # what it keeps is the question
    assert report_of(*many).objects == []
    assert len(report_of(*many, keeps_all=True).document()["objects"]) == 4_000


def test_the_id_is_the_objects_own_until_the_exchange_names_it() -> None:
    report = report_of(REFUSED, STORED, keeps_all=True)
    assert [one["id"] for one in report.objects] == ["indicator--0", "indicator--1"]


def test_refused_objects_that_look_like_stix_2_0_are_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    for outcome in (STORED, REFUSED, REFUSED):
        report.add(Origin("file.json", "/objects/0", looks_old=True), outcome)
    assert "2 of those refused have no spec_version and may be STIX 2.0" in told(report, capsys)
    assert "STIX 2.0" not in told(report_of(REFUSED), capsys)


def test_each_object_is_one_line_of_the_file(tmp_path: Path) -> None:
    with reporting(tmp_path / "report.ndjson", []) as report:
        report.add(Origin("a.json", "/objects/0", "indicator--9"), REFUSED)
        report.flush()
        [line] = (tmp_path / "report.ndjson").read_text().splitlines()
        report.add(Origin("a.json", "line 2"), STORED)
    assert json.loads(line) == {"file": "a.json", "place": "/objects/0", "id": "indicator--9"} | REFUSED
    assert len((tmp_path / "report.ndjson").read_text().splitlines()) == 2


def test_a_report_does_not_overwrite_what_is_submitted(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("precious")
    (tmp_path / "link.json").symlink_to(tmp_path / "a.json")
    for path in ("a.json", "link.json"):
        with pytest.raises(CommandFault), reporting(tmp_path / path, [tmp_path / "a.json"]):
            pass
    assert (tmp_path / "a.json").read_text() == "precious"


@pytest.mark.parametrize("code", ["content-forbidden", "person-data-forbidden"])
def test_the_id_of_what_must_never_be_here_is_not_repeated(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = report_of(REFUSED | {"code": code, "pointer": "/id"}, keeps_all=True)
    assert report.objects[0]["id"] is None
    assert "indicator--0" not in told(report_of(REFUSED | {"code": code}), capsys)


def test_what_narrowed_an_object_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "narrowed by indicator--7" in told(report_of(STORED | {"narrowed_by": ["indicator--7"]}), capsys)
