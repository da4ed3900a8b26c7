"""What is taken out of objects: values of the column's kind, and null for all others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from breakwater_client.formats.column_table import COLUMNS
from breakwater_client.formats.columns import Rows
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exported_versions import SIGNER, exported, signed_indicators
from tests.factories.stix_objects import TLP_AMBER, TLP_GREEN, indicator, marking, user_account

BY_NAME = {one.name: one for one in COLUMNS}


def only(value: dict[str, Any], column: str) -> Any:
    values = Rows([exported(value)]).column(BY_NAME[column])
    return None if values is None else values[0]


def test_properties_are_taken_as_they_are() -> None:
    value = indicator(confidence=70, revoked=False, labels=["a", "b"])
    wanted = {"confidence": 70, "revoked": False, "labels": ["a", "b"], "name": value["name"], "pattern": value["pattern"]}
    assert {name: only(value, name) for name in wanted} == wanted


def test_times_are_given_with_their_text() -> None:
    text = "2026-01-05T10:00:00.123456789Z"
    assert only(indicator(modified=text), "modified") == (text, datetime(2026, 1, 5, 10, 0, 0, 123456, tzinfo=UTC))


def test_the_context_is_spread_over_columns() -> None:
    assert only(indicator(), "harm_types") == ["live-streamed-csa"]
    assert only(indicator(), "sensitivity") == "behavioural"


def test_the_signature_is_there_without_opening_the_content() -> None:
    [signed] = signed_indicators(1, PrivateKey.generate())
    found = {name: (Rows([signed]).column(BY_NAME[name]) or [None])[0] for name in ("signer", "signature", "signed_at")}
    assert found["signer"] == SIGNER
    assert found["signed_at"][0] == "2026-11-26T12:00:00.000Z"
    assert len(found["signature"]) == 88


def test_the_narrowest_tlp_marking_counts() -> None:
    assert only(indicator(object_marking_refs=[TLP_AMBER, TLP_GREEN]), "tlp") == "amber"
    assert only(indicator(object_marking_refs=["marking-definition--00000000-0000-4000-8000-000000000001"]), "tlp") is None
    assert only(indicator(), "tlp") is None


def test_phases_are_chain_and_phase() -> None:
    assert only(indicator(), "kill_chain_phases") == ["ocsea-disruption:live-abuse-facilitation"]


def test_terms_of_handling_are_json() -> None:
    assert '"tlp":"amber"' in only(marking(), "handling")
    assert only(marking() | {"extensions": {}}, "handling") is None


def test_a_property_counts_for_the_types_that_have_it_alone() -> None:
    odd = indicator(account_login="x")
    assert Rows([exported(odd)]).column(BY_NAME["account_login"]) is None
    assert Rows([exported(odd), exported(user_account())]).column(BY_NAME["account_login"]) == [None, "account-1"]


WRONG = [
    ("created", "yesterday"),
    ("created", "2016-12-31T23:59:60Z"),
    ("created", "2026-01-05T10:00:00+01:00"),
    ("created", 7),
    ("confidence", "70"),
    ("confidence", True),
    ("confidence", 7.5),
    ("revoked", 1),
    ("labels", "a"),
    ("labels", ["a", 1]),
    ("name", ["x"]),
    ("name", None),
    ("kill_chain_phases", "x"),
    ("object_marking_refs", 3),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_of_another_kind_is_null(name: str, value: Any) -> None:
    assert only(indicator() | {name: value}, name) is None
    assert only(indicator() | {name: value}, "tlp") is None


@pytest.mark.parametrize("extensions", [None, [], {OCSEA_CONTEXT: 7}, {SIGNATURE: []}, {SIGNATURE: {"signatures": {}}}])
def test_extensions_of_another_shape_are_null(extensions: Any) -> None:
    value = indicator() | {"extensions": extensions}
    assert (only(value, "harm_types"), only(value, "signer")) == (None, None)


def test_handling_of_another_shape_is_still_told() -> None:
    assert only(marking() | {"extensions": {HANDLING: 7}}, "handling") == "7"
