"""Keeps how many threads do each lane of work."""

from __future__ import annotations

import pytest

from app.config.lanes import LANES, read_work_threads
from app.config.reading import SettingsError
from app.domain.work import LaneName
from tests.factories.environments import settings


def test_without_a_setting_each_lane_has_a_thread() -> None:
    assert read_work_threads(None) is None
    assert settings().lanes == {"prompt": 1, "bulk": 1, "calls": 1}
    assert settings(WORK_THREADS="bulk=2").lanes == {"bulk": 2}


def test_lanes_that_are_not_named_are_not_done() -> None:
    assert read_work_threads("bulk=2, calls=3") == {"bulk": 2, "calls": 3}


@pytest.mark.parametrize("value", ["bulk", "bulk=0", "bulk=1,bulk=2", "quick=1", "prompt=65"])
def test_what_is_no_lane_or_no_number_is_refused_without_its_value(value: str) -> None:
    with pytest.raises(SettingsError, match="BREAKWATER_WORK_THREADS") as refused:
        read_work_threads(value)
    assert "quick" not in str(refused.value)


def test_the_lanes_are_those_of_the_exchange() -> None:
    assert set(LANES) == set(LaneName)
