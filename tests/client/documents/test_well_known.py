"""Which published objects pass unsigned."""

from __future__ import annotations

from typing import Any

import pytest

from breakwater_client.documents import published
from breakwater_client.documents.well_known import WELL_KNOWN, is_well_known
from breakwater_client.errors import Code, ProfileError
from tests.stix.authored_objects import authored_objects


def test_well_known_objects_are_the_published_ones() -> None:
    objects = (
        *published.tlp_markings(),
        *published.extension_definitions(),
        *published.earlier_extension_definitions(),
        published.project_identity(),
    )
    assert set(WELL_KNOWN) == {value["id"] for value in objects}
    assert all(is_well_known(dict(reversed(value.items()))) for value in objects)


@pytest.mark.parametrize("identifier", sorted(WELL_KNOWN))
@pytest.mark.parametrize(
    "change", [{"name": "TLP:OPEN"}, {"x_more": 1}, {"created": "2022-10-01T00:00:00.00Z"}, {"spec_version": None}]
)
def test_a_published_id_with_other_content_is_refused(identifier: str, change: dict[str, Any]) -> None:
    with pytest.raises(ProfileError) as refusal:
        is_well_known({**WELL_KNOWN[identifier], **change})
    assert (refusal.value.code, refusal.value.pointer) == (Code.PROFILE_VIOLATION, "/id")


@pytest.mark.parametrize("value", [{}, {"id": 5}, {"id": ["a"]}, authored_objects()["note"]])
def test_all_other_objects_are_not_well_known(value: dict[str, Any]) -> None:
    assert not is_well_known(value)
