"""The list of changes that no test can notice is readable, and about lines that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutation.explained import DOCUMENT, Survivor, explained

POLICY = Path(__file__).parents[2] / "app" / "policy"
EXPLAINED = explained()


def test_every_entry_of_the_document_is_read() -> None:
    headings = re.findall(r"(?m)^### ", DOCUMENT.read_text(encoding="utf-8"))
    assert len(EXPLAINED) == len(headings)


@pytest.mark.parametrize("survivor", EXPLAINED, ids=lambda one: one.where)
def test_what_is_explained_stands_in_the_policy(survivor: Survivor) -> None:
    module, _, function = survivor.where.partition(".")
    source = (POLICY / f"{module}.py").read_text(encoding="utf-8")
    assert re.search(rf"(?m)^( *def )?{re.escape(function.rpartition('.')[2])}\b", source)
    assert " ".join(survivor.before.split()) in " ".join(source.split())
