"""The table in ``docs/catalogue.md`` is that of the newest release; a failing test prints the one that belongs there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from app.domain.catalogue import Behaviour, Catalogue
from app.domain.vocabulary import Phase
from app.stix.catalogue_documents import read_catalogue

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
NEWEST = max((ROOT / "schemas" / "catalogue").glob("*.json"), key=lambda path: int(path.stem))
RELEASE = read_catalogue(json.loads(NEWEST.read_text(encoding="utf-8")))


def table(release: Catalogue) -> str:
    rows = ["| phase | behaviour | countermeasures |", "|---|---|---|"]
    for phase in Phase:
        of_phase = [one for one in release.behaviours if one.phase is phase and one.retired_in is None]
        for one in of_phase:
            first = str(phase) if one is of_phase[0] else ""
            rows.append(f"| {first} | {one.code} {one.name} | {_mitigating(release, one)} |")
    named = ", ".join(f"{one.code} {one.name}" for one in release.countermeasures if one.retired_in is None)
    return "\n".join([*rows, "", f"Countermeasures: {named}.", ""])


def _mitigating(release: Catalogue, one: Behaviour) -> str:
    return ", ".join(each.code for each in release.countermeasures if one.code in each.mitigates and each.retired_in is None)


def test_the_table_is_that_of_the_newest_release() -> None:
    found = re.search(r"<!-- made by [^>]* -->\n(.*?)<!-- end -->", DOCUMENT, re.DOTALL)
    assert found, "the marks of the table are gone"
    assert found[1] == table(RELEASE), f"put this there:\n{table(RELEASE)}"


def test_the_document_says_why_some_countermeasures_mitigate_nothing() -> None:
    for one in RELEASE.countermeasures:
        if not one.mitigates and one.retired_in is None:
            assert f"({one.code})" in DOCUMENT
