"""Agreements from a file, and one's own terms."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.cli.agreements import state_of
from app.cli.faults import ExitCode
from app.domain.permissions import Permission
from app.domain.vocabulary import StaffRole
from tests.cli.desk import Desk
from tests.factories.exchanges import Caller, FakePartner, Wanted, agreement_document


@pytest.fixture(scope="module")
def second(desk: Desk) -> Caller:
    return desk.running.staff(StaffRole.OPERATOR, Permission)


def approve(desk: Desk, second: Caller, proposed: dict[str, Any]) -> None:
    desk.json(second, "approval", "approve", proposed["id"], "--digest", proposed["digest"], "--reason", "Agreed.")


def test_an_agreement_is_made_from_a_file(desk: Desk, operator: Caller, second: Caller, tmp_path: Path) -> None:
    partner = desk.running.enrol("Partner with terms in a file", Wanted(agreement=None))
    terms = agreement_document("00000000-0000-4000-8000-000000000000")
    del terms["partner_id"]
    (tmp_path / "terms.json").write_text(json.dumps(terms))
    about = ("--file", tmp_path / "terms.json", "--partner", partner.partner_id)
    refused = desk.run(operator, "agreement", "add", *about)
    assert refused.exit_code == ExitCode.NOT_ALLOWED
    assert "takes two persons" in refused.stderr
    assert "breakwater agreement propose --file" in refused.stderr
    proposed = desk.json(operator, "agreement", "propose", *about, "--reason", "As was talked over.")
    assert "Proposed already" not in desk.run(operator, "approval", "show", proposed["id"]).stdout
    approve(desk, second, proposed)
    made = desk.json(operator, "agreement", "add", *about)
    assert made["version"] == 2
    assert "detection" in desk.run(operator, "agreement", "list", "--partner", partner.partner_id).stdout
    assert desk.json(partner, "agreement", "list")["agreements"][-1] == made


def test_terms_that_the_exchange_does_not_know_are_refused_with_their_place(
    desk: Desk, operator: Caller, platform: FakePartner, tmp_path: Path
) -> None:
    terms = agreement_document(platform.partner_id, None, read={"purposes": ["curiosity"]})
    (tmp_path / "terms.json").write_text(json.dumps(terms))
    refused = desk.run(operator, "agreement", "add", "--file", tmp_path / "terms.json")
    assert refused.exit_code == ExitCode.REFUSED
    assert "/read/purposes" in refused.stderr


def test_a_file_that_is_no_json_is_a_mistake_of_usage(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    for content in ("terms: none", "[]"):
        (tmp_path / "terms.yaml").write_text(content)
        assert desk.run(operator, "agreement", "add", "--file", tmp_path / "terms.yaml").exit_code == ExitCode.USAGE


def test_a_partner_sees_its_own_terms(desk: Desk, platform: FakePartner) -> None:
    told = desk.run(platform, "policy", "mine").stdout
    assert "Agreement version 1" in told
    assert platform.identity_id in told
    assert "| tlp_ceiling" in told
    assert desk.json(platform, "policy", "mine")["partner"]["id"] == platform.partner_id


def test_a_partner_without_an_agreement_is_told_so(desk: Desk) -> None:
    partner = desk.running.enrol("Partner without terms", Wanted(agreement=None))
    assert "No agreement is in force" in desk.run(partner, "policy", "mine").stdout


def test_terms_of_submission_are_told_in_words(desk: Desk) -> None:
    required = {"sensitivities": ["identifying"], "harm_types": ["csam"]}
    write = {"signature_required": required, "carries_statements": True, "passes_on": []}
    told = desk.run(desk.running.enrol("Partner with many terms", agreement={"write": write}), "policy", "mine").stdout
    lines = {line.split("|")[1].strip(): line.split("|")[2].strip() for line in told.splitlines() if line.count("|") == 3}
    names = ("signature_required", "carries_statements", "passes_on")
    assert [lines[name] for name in names] == ["csam, identifying", "yes", "nothing"]


@pytest.mark.parametrize(
    ("audience_id", "profiles", "warns"),
    [(None, ["ocsea"], True), (None, [], False), ("audience--0c9d4a86-3b0e-4f0d-8f65-5f2f3f9b7a10", ["ocsea"], False)],
)
def test_whose_submissions_would_reach_nobody_is_warned_of(
    desk: Desk, operator: Caller, tmp_path: Path, audience_id: str | None, profiles: list[str], *, warns: bool
) -> None:
    partner = desk.running.enrol(f"Partner {uuid.uuid4()}", Wanted(agreement=None))
    known = partner.register_audience() if audience_id else None
    terms = agreement_document(partner.partner_id, known, write={"profiles": profiles})
    (tmp_path / "terms.json").write_text(json.dumps(terms))
    desk.running.agree(terms)
    result = desk.run(operator, "agreement", "add", "--file", tmp_path / "terms.json")
    assert result.exit_code == 0, result.output
    assert (result.stderr.startswith("warning: ") and "reaches NOBODY" in result.stderr) == warns
    result = desk.run(operator, "agreement", "add", "--file", tmp_path / "terms.json", "--json")
    assert json.loads(result.stdout)["partner_id"] == partner.partner_id
    assert [json.loads(line)["warning"]["code"] for line in result.stderr.splitlines()] == ["audience-nobody"] * warns


def test_what_was_shown_is_edited_compared_and_proposed(desk: Desk, operator: Caller, second: Caller, tmp_path: Path) -> None:
    partner, file = desk.running.enrol("Partner that is edited"), tmp_path / "terms.json"
    shown = desk.json(operator, "agreement", "show", partner.partner_id, "1")
    document = shown["document"]
    file.write_text(json.dumps(document))
    assert "changes nothing" in desk.run(operator, "agreement", "diff", "--file", file).stdout
    document["read"]["purposes"] = ["detection"]
    file.write_text(json.dumps(document))
    compared = ("policy", "diff", "--file", file)
    assert desk.json(operator, *compared)["version"] == 1
    for printed in (shown | {"document": document}, desk.json(partner, "agreement", "list")["agreements"][0]):
        file.write_text(json.dumps(printed))
        assert desk.json(operator, *compared)["version"] == 1
    file.write_text(json.dumps(document))
    told = desk.run(operator, "agreement", "diff", "--file", file).stdout
    assert "/read/purposes" in told
    assert "one operator is enough" in told
    assert desk.json(operator, "agreement", "add", "--file", file)["version"] == 2
    document["read"]["purposes"] = ["detection", "investigation"]
    document["is_listed"] = True
    file.write_text(json.dumps(document))
    told = desk.run(operator, "agreement", "diff", "--file", file).stdout
    assert "it takes two operators" in told
    told = desk.run(operator, "agreement", "propose", "--file", file, "--reason", "More.").stdout
    assert "widens" in told
    [proposed] = [one for one in desk.json(operator, "approval", "list")["approvals"] if one["id"] in told]
    approve(desk, second, proposed)
    about = ("agreement", "diff", "--partner", partner.partner_id, "--before", "3", "--after", "1", "--json")
    assert json.loads(desk.run(partner, *about).stdout)["widens"] is True
    document["default_handling"]["audience_id"] = None
    file.write_text(json.dumps(document))
    first = desk.run(
        operator, "agreement", "diff", "--file", file, "--partner", desk.running.enrol("New", agreement=None).partner_id
    )
    assert "all of it is new" in first.stdout


def test_a_diff_is_of_a_file_or_of_two_versions(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    (tmp_path / "terms.json").write_text("{}")
    for given in ((), ("--before", "1"), ("--file", tmp_path / "terms.json", "--before", "1")):
        assert desk.run(operator, "agreement", "diff", *given).exit_code == ExitCode.USAGE


def test_a_version_is_written_as_it_was_signed(desk: Desk, tmp_path: Path) -> None:
    partner = desk.running.enrol("Partner with a file")
    shown = desk.run(partner, "agreement", "show", partner.partner_id, "1", "--out", tmp_path / "agreement.json")
    assert '"type": "agreement"' in shown.stdout
    assert json.loads((tmp_path / "agreement.json").read_text())["payloadType"].endswith("agreement+json")


def test_an_agreement_is_suspended_resumed_and_ended(desk: Desk, operator: Caller, second: Caller) -> None:
    partner = desk.running.enrol("Partner that is stopped")
    assert desk.json(operator, "agreement", "suspend", partner.partner_id)["is_suspended"] is True
    assert "suspended" in desk.run(partner, "agreement", "list").stdout
    assert "No agreement is in force" in desk.run(partner, "policy", "mine").stdout
    approve(desk, second, desk.json(operator, "agreement", "resume", partner.partner_id, "--reason", "It was looked into."))
    assert desk.json(partner, "policy", "mine")["agreement"]["version"] == 3
    ended = desk.run(operator, "agreement", "end", partner.partner_id)
    assert partner.partner_id in ended.stdout
    assert desk.run(operator, "agreement", "end", partner.partner_id).exit_code == ExitCode.REFUSED


def test_what_is_a_partners_own_is_written_whole_or_not_at_all(desk: Desk, operator: Caller, tmp_path: Path) -> None:
    partner, out = desk.running.enrol("Partner that leaves"), tmp_path / "own.ndjson"
    refused = desk.run(operator, "agreement", "export-own", "--partner", partner.partner_id, "--out", out)
    assert refused.exit_code == ExitCode.REFUSED
    assert not out.exists()
    desk.running.suspend(partner)
    told = desk.json(operator, "agreement", "export-own", "--partner", partner.partner_id, "--out", out)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert (told["lines"], lines[-1]["type"]) == (len(lines), "end")
    assert out.stat().st_mode & 0o777 == 0o600
    assert desk.run(desk.running.enrol("Another"), "agreement", "export-own", "--out", out).exit_code == ExitCode.NOT_ALLOWED


def test_how_each_version_stands_is_said() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)

    def version(number: int, starts_at: str, ends_at: str | None = None, *, partner: str = "a", suspended: bool = False) -> Any:
        spelled = {"starts_at": f"{starts_at}T00:00:00Z", "ends_at": ends_at and f"{ends_at}T00:00:00Z"}
        return {"partner_id": partner, "version": number, "is_suspended": suspended} | spelled

    records = [
        version(1, "2026-01-01"),
        version(2, "2026-02-20"),
        version(3, "2026-02-10"),
        version(4, "2026-04-01"),
        version(1, "2026-01-01", partner="b", suspended=True),
        version(1, "2026-01-01", "2026-03-01", partner="c"),
    ]
    assert [state_of(one, records, now) for one in records] == [
        "replaced by version 3",
        "replaced by version 3 before it began",
        "in force",
        "to come",
        "suspended",
        "ended",
    ]
