"""Codes of jurisdictions: those that are assigned, and no others."""

from __future__ import annotations

from app.domain.jurisdictions import JURISDICTIONS


def test_assigned_codes_are_known_and_those_that_nobody_has_are_not() -> None:
    assert {"NL", "IE", "US", "ZW", "AD", "XK"} <= JURISDICTIONS
    assert not JURISDICTIONS & {"XX", "QQ", "ZZ", "AA", "UK", "EU", ""}
    assert len(JURISDICTIONS) == 250
    assert all(len(one) == 2 and one.isupper() for one in JURISDICTIONS)
