"""What the demo leaves of its witnesses: folders of their own, which show what they keep."""

from __future__ import annotations

import json
from pathlib import Path

from app.cli.demo_witnesses import WITNESSES
from tests.cli.desk import run


def test_each_witness_has_a_folder_and_a_key_of_its_own(demo_folder: Path) -> None:
    told = [json.loads(run("witness", "status", demo_folder / "witnesses" / name, "--json").stdout) for name in WITNESSES]
    assert len({one["keyid"] for one in told}) == len(WITNESSES)
    assert {one["tree_size"] for one in told} == {one["delivered_size"] for one in told}
    assert [one["alarms"] for one in told] == [[], []]
