"""Strangers' tool chains through the sandbox: what their tools write goes in as it is, by HTTP and by ``breakwater submit``.

``legacy-a`` is the partner whose agreement takes any STIX, unsigned, with statement markings; others then find every value as it
was sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cli.desk import run
from tests.factories.sandboxes import Caller, Sandbox
from tests.factories.stranger_tools import bundle_of_misp, bundle_of_stix2, export_of_a_platform, folder_of_stix2

TOOLS: dict[str, Callable[[], str]] = {
    "an export of another platform": export_of_a_platform,
    "misp-stix": bundle_of_misp,
    "stix2": bundle_of_stix2,
}
TAKEN = {"stored", "already-stored"}


def spelled(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def missed_by(caller: Caller, sent: list[dict[str, Any]]) -> list[str]:
    """Give what of the objects that were sent a partner does not find, value for value."""
    pulled = {spelled(value) for value in caller.pull_all()}
    return [f"{value['type']}: {value['id']}" for value in sent if spelled(value) not in pulled]


def is_published(value: dict[str, Any]) -> bool:
    return value["id"] in {
        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    }


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_strangers_tool_writes_is_taken_by_http_as_it_is_and_others_find_the_same(sandbox: Sandbox, tool: str) -> None:
    text = TOOLS[tool]()
    legacy = sandbox.partner("legacy-a")
    answer = requests.post(
        f"{sandbox.url}/api/v1/submissions",
        data=text.encode(),
        headers={"Authorization": f"Bearer {legacy.token}", "Content-Type": "application/stix+json;version=2.1"},
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    refused = [result for result in answer.json()["results"] if result["status"] not in TAKEN]
    assert refused == []
    sent = [value for value in json.loads(text)["objects"] if not is_published(value)]
    assert missed_by(sandbox.partner("agency-a"), sent) == []


@pytest.mark.parametrize("tool", TOOLS)
def test_what_a_strangers_tool_writes_is_taken_by_the_command_line(sandbox: Sandbox, tool: str, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(TOOLS[tool]())
    report = submitted(sandbox.partner("legacy-a"), file)
    assert {one["status"] for one in report["objects"]} <= TAKEN
    assert len(report["objects"]) == len(json.loads(file.read_text())["objects"])


def test_a_folder_of_the_librarys_file_store_is_taken_by_the_command_line(sandbox: Sandbox, tmp_path: Path) -> None:
    files = folder_of_stix2(tmp_path / "store")
    report = submitted(sandbox.partner("legacy-a"), *files)
    assert {one["status"] for one in report["objects"]} <= TAKEN
    sent = [value for file in files for value in json.loads(file.read_text())["objects"] if not is_published(value)]
    assert len(sent) > 10
    assert missed_by(sandbox.partner("agency-a"), sent) == []


def test_what_somebody_attached_to_an_event_is_refused_and_the_rest_is_taken(sandbox: Sandbox) -> None:
    objects = json.loads(bundle_of_misp("c3ludGhldGlj"))["objects"]
    results = sandbox.partner("legacy-a").submit(*objects, sign=False)
    refused = {value["type"]: result["code"] for value, result in zip(objects, results, strict=True) if "code" in result}
    # The event without it may have come before: then its report is another one under the same version.
    assert refused.pop("report", "version-conflict") == "version-conflict"
    assert refused == {"artifact": "content-forbidden"}


def test_a_partner_whose_agreement_asks_for_signatures_cannot_send_the_same(sandbox: Sandbox) -> None:
    objects = json.loads(export_of_a_platform())["objects"]
    results = sandbox.partner("platform-a").submit(*objects, sign=False)
    assert {result.get("code") for result in results} == {"signature-missing"}


def submitted(caller: Caller, *files: Path) -> dict[str, Any]:
    result = run("submit", *files, "--json", environment={"BREAKWATER_URL": caller.url, "BREAKWATER_TOKEN": caller.token})
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report
