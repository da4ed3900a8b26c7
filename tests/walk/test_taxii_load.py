"""Several write and one follows, over real gunicorn: nothing is lost and nothing comes twice, also under kills."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Sandbox, workers_killed
from tests.factories.taxii_load import Outcome, mixed, race

Where = Callable[[Sandbox], str]
_WORKERS = 4


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sandbox(
    request: pytest.FixtureRequest, sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    """Four workers, whatever the other walks have."""
    folder = tmp_path_factory.mktemp("load") / "exchange"
    with sandboxes.serving(request.param, folder, workers=_WORKERS) as serving:
        yield serving


def in_the_exchange(_sandbox: Sandbox) -> str:
    return "exchange"


def in_a_group(sandbox: Sandbox) -> str:
    group: str = sandbox.facts["taxii"]["practice"]["rw"][0]
    return group


def assert_whole(outcome: Outcome) -> None:
    assert outcome.written
    assert (outcome.lost, outcome.doubled) == (set(), set())


@pytest.mark.parametrize("where", [in_the_exchange, in_a_group])
def test_short_writes_beside_a_long_one_are_not_lost(sandbox: Sandbox, where: Where) -> None:
    assert_whole(race(sandbox.account("legacy-a"), where(sandbox), size=300))


def test_a_follower_gets_what_four_write_each_once(sandbox: Sandbox) -> None:
    outcome = mixed(sandbox.account("legacy-a"), in_a_group(sandbox), seconds=2)
    assert_whole(outcome)
    assert not +outcome.faults


@pytest.mark.parametrize("where", [in_the_exchange, in_a_group])
def test_a_follower_gets_each_once_while_workers_are_killed(sandbox: Sandbox, where: Where) -> None:
    with workers_killed([sandbox], every_seconds=0.8, most=5) as killed:
        outcome = mixed(sandbox.account("legacy-a"), where(sandbox), seconds=3)
    assert killed
    assert_whole(outcome)
    assert not outcome.faults["HTTPError"], "a killed worker breaks connections; no answer says that something failed"
