"""Objects whose values try to be something else: formulas, other columns, numbers that are too large, types that do not fit."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from breakwater_client.formats.column_table import COLUMNS, TYPES
from breakwater_client.formats.port import ExportedVersion
from breakwater_client.trust.canonical import canonical_bytes
from tests.factories.exported_versions import exported_bytes

FORMULAS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'=1",
    "''",
    "'",
    '=HYPERLINK("https://attacker.example.org","x")',
    "a;=1+1",
    "a\t-1",
    'a";=1+1;"b',
    "a\r\n=1+1",
    "a;';=1",
    "\uff1d1+1",
    ";\uff20x",
    "=",
    "-",
]
"""Texts that a spreadsheet may take for formulas, and texts that look as if they were escaped already."""

TEXTS = st.one_of(
    st.sampled_from(FORMULAS),
    st.text(st.sampled_from("=+-@'\t\r\n;,\"ab \uff1d\u2028é\U0001f600"), max_size=8),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
VALUES = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.just("2026-11-26T12:00:00.123456789Z"),
    st.just("0000-01-01T00:00:00Z"),
    st.just("2016-12-31T23:59:60Z"),
    st.lists(TEXTS, max_size=3),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
    st.lists(st.one_of(TEXTS, st.integers(0, 3)), max_size=3),
)
NAMES = st.sampled_from([*(one.member or one.name for one in COLUMNS), "extensions", "x_own"])
TYPE_NAMES = st.sampled_from([*sorted(TYPES), "x-own-type", "bundle"])


@st.composite
def awkward_versions(draw: st.DrawFn) -> ExportedVersion:
    """Give a version whose properties are of any kind, some with an attestation."""
    value: dict[str, Any] = draw(st.dictionaries(NAMES, VALUES, max_size=10))
    kind = draw(TYPE_NAMES)
    attestation = draw(st.sampled_from([None, '{"payload":"eA==","payloadType":"t","signatures":[]}']))
    return exported_bytes(canonical_bytes(value | {"type": kind}), attestation, stix_type=kind)
