"""A release as a table."""

from __future__ import annotations

import csv
import io

import pytest

from app.domain.errors import NotFoundError
from app.services.preventing.csv_release import COLUMNS, release_as_csv
from app.services.preventing.release import make_release
from tests.factories.contributors import LIMITS, adopt, contributors
from tests.factories.members import Hub


def test_the_table_has_the_numbers_and_the_catalogues_names(quick_hub: Hub) -> None:
    everybody = contributors(quick_hub.exchange, quick_hub.operator, 20)
    adopt(quick_hub.exchange, everybody[:10])
    adopt(quick_hub.exchange, everybody[10:], "CM-014")
    make_release(quick_hub.exchange, quick_hub.operator)
    header, first, second = csv.reader(io.StringIO(release_as_csv(quick_hub.exchange, everybody[0], 1)))
    assert header == list(COLUMNS)
    told = dict(zip(header, first, strict=True))
    assert (told["release"], told["measure"], told["countermeasure"], told["organisations"]) == ("1", "adopted", LIMITS, "10")
    assert told["countermeasure_name"] == "Eligibility and audience limits for live-streams"
    assert second[-2:] == ["10", "unknown"]


def test_a_release_that_was_not_made_has_no_table(quick_hub: Hub) -> None:
    with pytest.raises(NotFoundError):
        release_as_csv(quick_hub.exchange, quick_hub.operator, 1)
