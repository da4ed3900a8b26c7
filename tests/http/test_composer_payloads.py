"""What the answer of the composer is said to look like."""

from __future__ import annotations

from app.domain.composed import Tier
from app.http.composer_payloads import ComposedPayload, ToldOfObjectPayload


def test_only_whom_to_call_may_be_missing() -> None:
    fields = ComposedPayload().fields
    assert {name for name, one in fields.items() if not one.required} == {"imminent_risk"}


def test_what_is_told_of_an_object_names_its_handling() -> None:
    assert {"tier", "handling", "sensitivity", "pointer"} <= ToldOfObjectPayload().fields.keys()
    assert len(Tier) == 3
