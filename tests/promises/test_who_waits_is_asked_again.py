"""No service acts for somebody who was shut out while it waited: whoever takes a caller takes the order lock by the one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.promises.test_house import APP

CALLERS = {"Principal", "Reader", "SignedIn", "SignedCaller"}
THE_WAY = {"hold_order.take_order_for"}
LOCK = "take_order_lock"


def _functions(text: str) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} | {
        one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)
    }


def _takes_a_caller(function: ast.FunctionDef) -> bool:
    given = function.args
    return any(
        one.annotation is not None and CALLERS & _names(one.annotation)
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)
    )


def forgetful(text: str) -> list[str]:
    """Give the functions of a module that take a caller and the bare order lock."""
    return [one.name for one in _functions(text) if _takes_a_caller(one) and LOCK in _names(one)]


def test_whoever_takes_a_caller_looks_at_it_once_more_under_the_lock() -> None:
    found = {
        f"{path.stem}.{name}"
        for folder in (APP / "services", APP / "jobs", APP / "cli")
        for path in folder.rglob("*.py")
        for name in forgetful(path.read_text("utf-8"))
    }
    assert found == THE_WAY


@pytest.mark.parametrize("lock", ["take_order_lock(connection)", "counter.take_order_lock(connection, while_read_only=True)"])
@pytest.mark.parametrize("caller", ["principal: Principal", "reader: Reader | None", "*, signed_in: SignedIn"])
def test_one_that_forgets_it_is_found(caller: str, lock: str) -> None:
    text = f"def act(exchange, {caller}):\n    with exchange.database.write() as connection:\n        {lock}\n"
    assert forgetful(text) == ["act"]


def test_one_without_a_caller_may_take_the_lock() -> None:
    assert not forgetful("def act(connection: Connection):\n    take_order_lock(connection)\n")
