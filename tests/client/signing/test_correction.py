from __future__ import annotations

from datetime import UTC, datetime

from breakwater_client.extensions import OCSEA_CONTEXT, SIGNATURE
from breakwater_client.signing.correction import correctable_members, corrected, said_of
from tests.factories.stix_objects import context, indicator, marking, user_account

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def test_a_correction_is_the_same_object_of_now_unsigned_with_the_reason_and_the_changes() -> None:
    value = indicator(confidence=50)
    value["extensions"][SIGNATURE] = {"signatures": []}
    made = corrected(value, "outdated", NOW, {"confidence": None, "name": "Other", "behaviours": ["OP-001"]})
    assert (made["id"], made["created"], made["modified"]) == (value["id"], value["created"], "2026-02-01T12:00:00.000Z")
    assert "confidence" not in made
    assert made["name"] == said_of(made, "name") == "Other"
    assert said_of(made, "behaviours") == ["OP-001"]
    stated = context(correction="outdated", behaviours=["OP-001"])
    assert made["extensions"] == stated
    assert value["confidence"] == 50
    assert SIGNATURE in value["extensions"], "what is given stays as it is"


def test_statements_in_words_are_corrected_and_what_is_recognised_is_not() -> None:
    value = indicator()
    assert {"name", "valid_until", "harm_types"} <= set(correctable_members(value))
    assert "pattern" not in correctable_members(value)
    assert correctable_members(value | {"type": "incident"}) == ("name", "description", "confidence", "behaviours", "harm_types")
    assert correctable_members(value | {"extensions": {}}) == correctable_members(user_account()) == ()
    assert correctable_members(marking()) == ()
    assert OCSEA_CONTEXT in value["extensions"]
