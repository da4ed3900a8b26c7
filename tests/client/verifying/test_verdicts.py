"""Levels: signed, logged and cosigned rise; the others stand apart."""

from __future__ import annotations

import itertools

import pytest

from breakwater_client.verifying.verdicts import Level

RISING = [Level.SIGNED, Level.LOGGED, Level.COSIGNED]


@pytest.mark.parametrize(("level", "wanted"), list(itertools.product(Level, Level)))
def test_a_level_reaches_itself_and_what_is_below_it(level: Level, wanted: Level) -> None:
    expected = level is wanted or (level in RISING and wanted in RISING and RISING.index(level) > RISING.index(wanted))
    assert level.reaches(wanted) == expected
