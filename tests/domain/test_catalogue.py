"""Codes of the catalogue have one form, and a release finds its own by them."""

from __future__ import annotations

import pytest

from app.domain.catalogue import is_behaviour_code, is_countermeasure_code
from app.stix.catalogue_documents import read_catalogue
from breakwater_client.documents.published import founding_catalogue


@pytest.mark.parametrize("text", ["OP-1", "OP-0001", "op-001", "OP-00१", "CM-001", "OP-001\n", ""])
def test_no_code_of_a_behaviour(text: str) -> None:
    assert not is_behaviour_code(text)


def test_codes() -> None:
    assert is_behaviour_code("OP-001")
    assert is_countermeasure_code("CM-001")
    assert not is_countermeasure_code("OP-001")


def test_a_release_finds_its_own_by_their_codes() -> None:
    catalogue = read_catalogue(founding_catalogue())
    assert catalogue.behaviours_by_code["OP-012"].code == "OP-012"
    assert catalogue.countermeasures_by_code["CM-007"].code == "CM-007"
