"""The TAXII interface as commands call it."""

from __future__ import annotations

import json

import pytest

from app.cli.faults import CommandFault
from app.cli.taxii import TaxiiRoot
from tests.cli.desk import Desk
from tests.factories.exchanges import FakePartner, issue
from tests.factories.stix_objects import indicator


@pytest.fixture
def root(desk: Desk, platform: FakePartner) -> TaxiiRoot:
    """The API root as the platform sees it, for one purpose."""
    token = issue(desk.running.operator, platform, purpose=platform.purpose)
    return TaxiiRoot(desk.url, token)


def test_the_discovery_says_where_the_root_is(root: TaxiiRoot) -> None:
    assert root.path == "/taxii2/root/"


def test_what_is_posted_is_there_and_posting_it_again_is_good(root: TaxiiRoot, platform: FakePartner) -> None:
    value = json.loads(json.dumps(platform.sign(indicator())))
    for _ in range(2):
        root.post("exchange", [value])
    assert platform.object(value["id"]).status == 200


def test_one_refused_object_is_a_fault_that_says_why(root: TaxiiRoot, platform: FakePartner) -> None:
    good, unsigned = platform.sign(indicator()), indicator()
    with pytest.raises(CommandFault, match=r"not take everything: .*sign"):
        root.post("exchange", [good, unsigned])


def test_a_collection_that_is_none_is_a_fault(root: TaxiiRoot) -> None:
    with pytest.raises(CommandFault, match="404"):
        root.post("00000000-0000-4000-8000-000000000000", [indicator()])


def test_without_a_good_token_there_is_no_root(desk: Desk) -> None:
    with pytest.raises(CommandFault, match="401"):
        TaxiiRoot(desk.url, "nobody's")
