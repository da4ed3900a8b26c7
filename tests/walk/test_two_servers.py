"""Two servers on one PostgreSQL, as two machines behind a load balancer: each knows at once what the other did."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.factories.load_objects import plain_indicators
from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Sandbox, serving_beside, serving_sandbox
from tests.factories.taxii_accounts import Account
from tests.factories.taxii_load import Worker

OBJECTS = "collections/exchange/objects/"


@pytest.fixture(scope="module")
def pair(sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Sandbox, Path, str]]:
    """The first server, the second, and what a third would be started from."""
    folder = tmp_path_factory.mktemp("two")
    with (
        sandboxes.laid("postgresql", folder / "first") as url,
        serving_sandbox(folder / "first", url) as first,
        serving_beside(first, folder / "second", url) as second,
    ):
        yield first, second, folder, url


def ask(account: Account, path: str, **parameters: Any) -> Any:
    return account.get(path, account.basic(), **parameters).json()


def posted(sandbox: Sandbox, count: int, seed: int) -> list[dict[str, Any]]:
    objects = list(islice(plain_indicators(seed), count))
    status = Worker(sandbox.account("legacy-a"), "exchange").post(objects)
    assert status["success_count"] == count
    return objects


def last_date(reader: Account) -> str | None:
    """Give the date to go on from: the test's own objects come after it."""
    dates = [date for _, date in Worker(reader, "exchange").pages(None)]
    return dates[-1]


def test_what_is_posted_on_one_is_polled_on_the_other(pair: tuple[Sandbox, Sandbox, Path, str]) -> None:
    first, second, _, _ = pair
    readers = [one.account("platform-b") for one in (second, first)]
    came: list[Any] = []
    written: list[Any] = []
    date = last_date(readers[0])
    for turn in range(6):
        written += posted((first, second)[turn % 2], 2, seed=turn)
        answer = readers[turn % 2].get(OBJECTS, readers[0].basic(), added_after=date)
        came += answer.json()["objects"]
        date = answer.headers["X-TAXII-Date-Added-Last"]
    assert came == written


def test_a_cursor_of_one_is_good_on_the_other(pair: tuple[Sandbox, Sandbox, Path, str]) -> None:
    first, second, _, _ = pair
    readers = [one.account("platform-b") for one in (first, second)]
    date = last_date(readers[0])
    objects = posted(first, 30, seed=20)
    page = ask(readers[0], OBJECTS, limit=10, added_after=date)
    came = page["objects"]
    for turn in range(1, 10):
        page = ask(readers[turn % 2], OBJECTS, limit=10, next=page["next"])
        came += page["objects"]
        if not page["more"]:
            break
    assert came == objects


def test_a_change_of_policy_on_one_holds_on_the_other_at_once(pair: tuple[Sandbox, Sandbox, Path, str]) -> None:
    first, second, _, _ = pair
    objects = posted(first, 1, seed=30)
    reader, path = second.partner("hotline-a"), f"/objects/{objects[0]['id']}"
    assert reader.get(path).status_code == 200
    agreement = first.operator().get("/agreements", params={"partner_id": reader.facts["id"]}).json()["agreements"][-1]
    narrowed = {name: agreement[name] for name in ("partner_id", "read", "write", "default_handling")}
    narrowed["read"] |= {"sensitivities": ["aggregate"]}
    assert first.operator().post("/agreements", narrowed).status_code == 201
    assert reader.get(path).status_code == 404
    narrowed["read"] |= {"sensitivities": ["aggregate", "behavioural", "identifying"]}
    second.agree(narrowed)
    assert first.partner("hotline-a").get(path).status_code == 200


def test_a_status_and_a_cursor_are_good_on_the_other_and_after_a_restart(pair: tuple[Sandbox, Sandbox, Path, str]) -> None:
    first, second, folder, url = pair
    date = last_date(first.account("platform-b"))
    objects = list(islice(plain_indicators(40), 12))
    status = Worker(first.account("legacy-a"), "exchange").post(objects)
    assert ask(second.account("legacy-a"), f"status/{status['id']}/") == status
    page = ask(second.account("platform-b"), OBJECTS, limit=5, added_after=date)
    with serving_beside(first, folder / "third", url) as restarted:
        assert ask(restarted.account("legacy-a"), f"status/{status['id']}/") == status
        rest = ask(restarted.account("platform-b"), OBJECTS, next=page["next"])
    assert page["objects"] + rest["objects"] == objects
