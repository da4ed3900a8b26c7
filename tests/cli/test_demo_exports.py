"""The demo's last step: an export as it was told."""

from __future__ import annotations

import re


def test_the_first_export_is_shown_with_its_files(demo_output: str) -> None:
    section = demo_output.partition("8. What is written by itself")[2].partition("Done")[0]
    [file] = re.findall(r"\| (00000001-snapshot-0001\.ndjson) +\| snapshot +\| +([0-9]+) ", section)
    assert int(file[1]) > 0
    assert f"The first holds {file[1]} objects" in section
    assert "signed its manifest" in section
