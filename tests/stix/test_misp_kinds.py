from __future__ import annotations

from pymisp import AbstractMISP

from app.stix.misp_kinds import KIND_OF_ATTRIBUTE, MATERIAL_TYPES, PERSON_TYPES


def test_types_are_misps_own_and_each_has_one_answer() -> None:
    described = set(AbstractMISP().describe_types["types"])
    assert KIND_OF_ATTRIBUTE.keys() - described == set()
    assert described >= MATERIAL_TYPES
    assert not KIND_OF_ATTRIBUTE.keys() & (PERSON_TYPES | MATERIAL_TYPES)
    assert len(PERSON_TYPES & described) > len(PERSON_TYPES) // 2
