"""What the walks share: a practice exchange in a process of its own for each module; on PostgreSQL, or on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.factories.prepared_sandboxes import PreparedSandboxes
from tests.factories.sandboxes import Sandbox
from tests.factories.taxii_accounts import Account


@pytest.fixture(scope="module")
def sandbox(
    request: pytest.FixtureRequest, sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("walk") / "exchange"
    with sandboxes.serving(getattr(request, "param", "postgresql"), folder) as serving:
        yield serving


@pytest.fixture
def accounts(sandbox: Sandbox) -> Callable[[str], Account]:
    """Give a partner's account by its name."""
    return sandbox.account


@pytest.fixture
def new_collection(sandbox: Sandbox) -> Callable[..., str]:
    """Make an empty collection, with the rights of partners by their names."""
    return lambda **rights: sandbox.new_collection(f"test {uuid.uuid4()}", **rights)
