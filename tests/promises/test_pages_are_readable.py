"""Nobody makes a page that its readers cannot read, whatever they publish: decision 75."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from app.cli.loopback_server import loopback_server
from app.services.reading.bodies import MAX_PAGE_BYTES
from breakwater_client.documents.strict_json import MAX_OBJECT_BYTES
from breakwater_client.talking.answer_bounds import PAGE
from breakwater_client.talking.connection import Connection, Target
from breakwater_client.talking.pulling import Feed, Question
from tests.factories.exchanges import RunningExchange, running_exchange
from tests.factories.stix_objects import indicator

_MOST_ON_A_PAGE = 5_000
_ATTESTATION_BYTES = 1_500
_ATTESTATION_VALUES = 20


@pytest.fixture
def running(sqlite_url: str) -> Iterator[RunningExchange]:
    with running_exchange(sqlite_url) as running:
        yield running


def test_the_longest_page_there_can_be_is_read_by_the_client() -> None:
    bodies = MAX_PAGE_BYTES + MAX_OBJECT_BYTES
    assert bodies + _MOST_ON_A_PAGE * _ATTESTATION_BYTES < PAGE.most_bytes
    assert bodies + _MOST_ON_A_PAGE * _ATTESTATION_VALUES < PAGE.most_values


def test_objects_of_very_many_values_keep_nobody_from_what_comes_behind_them(running: RunningExchange, tmp_path: Path) -> None:
    publisher, reader = running.enrol("Platform A"), running.enrol("Platform B")
    most = (MAX_OBJECT_BYTES - 4_000) // 3
    published = [publisher.sign(indicator(x_lists=[[]] * most)) for _ in range(5)] + [publisher.sign(indicator())]
    for one in published:
        assert publisher.submit_signed([one]).status == 201
    with (
        loopback_server(running.app) as url,
        Feed(Connection(Target(url, reader.token)), Question("detection", limit=1_000), tmp_path / "state") as feed,
    ):
        pages = []
        for page in feed:
            pages.append([one["id"] for one in page.objects])
            page.acknowledge()
    assert list(chain.from_iterable(pages)) == [one["id"] for one in published]
    assert len(pages) > 1
