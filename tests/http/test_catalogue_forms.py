"""The catalogue for the Navigator and what changed in it: public, the same for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs
import pytest

from tests.factories.exchanges import RunningExchange, running_exchange
from tests.stix.navigator_format import LAYER_FORMAT

FORMS = {
    "catalogue/navigator-layer": "application/json",
    "catalogue/navigator-layer?release=1": "application/json",
    "catalogue/navigator-data": "application/stix+json;version=2.1",
    "catalogue/navigator-data?release=1": "application/stix+json;version=2.1",
}


@pytest.fixture
def running(sqlite_url: str) -> Iterator[RunningExchange]:
    with running_exchange(sqlite_url) as running:
        yield running


def test_anybody_is_given_what_a_partner_is_given(running: RunningExchange) -> None:
    partner = running.enrol("Partner")
    for path, media_type in FORMS.items():
        given, others = running.anybody.get(path), partner.get(path)
        assert (given.status, given.headers["Content-Type"]) == (200, media_type), path
        assert (given.body, given.headers["ETag"]) == (others.body, others.headers["ETag"])
        assert running.anybody.get(path, headers={"If-None-Match": given.headers["ETag"]}).status == 304
        assert ("immutable" in given.headers["Cache-Control"]) == path.endswith("1")


def test_the_layer_follows_the_navigators_format(running: RunningExchange) -> None:
    jsonschema_rs.validator_for(LAYER_FORMAT).validate(running.anybody.get("catalogue/navigator-layer").json)


def test_nothing_changed_since_the_same_release(running: RunningExchange) -> None:
    told = running.anybody.get("catalogue/changes?since=1").json
    assert (told["before"], told["after"], told["changed"]) == (1, 1, [])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("catalogue/navigator-layer?release=9", 404),
        ("catalogue/navigator-data?release=0", 400),
        ("catalogue/changes", 400),
        ("catalogue/changes?since=9", 404),
        ("catalogue/changes?since=1&release=9", 404),
        ("catalogue/navigator-layer?other=1", 400),
    ],
)
def test_what_is_no_release_is_refused(running: RunningExchange, path: str, status: int) -> None:
    assert running.anybody.get(path).status == status
