"""The tables of the policy, changed one entry at a time: what mutmut leaves alone, since it changes functions only.

Every entry of a set or dict that a module of ``app/policy`` writes down, and every row of a table, is taken out once, and to
every set of words of one vocabulary another word is added once. Each change is tried in a process of its own, in which the module
is read as changed.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from app.domain import permissions, vocabulary

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "app" / "policy"
_MOST_SECONDS = 300
SLOW = ("test_visibility_properties", "test_denies", "test_rule_in_words")
TESTS = ["tests/policy", *(f"--ignore=tests/policy/{name}.py" for name in SLOW), "--confcutdir=tests/policy"]


@dataclass(frozen=True, slots=True)
class TableMutant:
    """One change of one table: ``where`` is module and name, ``change`` what was done, in words."""

    where: str
    change: str
    module: str
    code: CodeType


def table_mutants() -> Iterator[TableMutant]:
    """Give every change of every table, module by module."""
    for path in sorted(POLICY.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        source = ast.unparse(tree)
        for name, value in _tables(tree):
            for change in _changes(value, source):
                code = compile(ast.fix_missing_locations(tree), path, "exec")
                yield TableMutant(f"{path.stem}.{name}", change, f"app.policy.{path.stem}", code)


def survives(mutant: TableMutant) -> bool:
    """Whether all tests of the policy pass with this change; its process ends with the first that fails, or in time."""
    child = os.fork()
    if child == 0:
        signal.alarm(_MOST_SECONDS)  # ends the process: a change may make a test run for ever
        sys.meta_path.insert(0, _Changed(mutant))
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
            os.dup2(nowhere.fileno(), sys.stderr.fileno())
        os._exit(pytest.main(["-q", "-x", *TESTS]))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, and runs its changed code instead of its file."""

    def __init__(self, mutant: TableMutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self._mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._mutant.code, module.__dict__)  # noqa: S102  # our own module with one entry changed


def _tables(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Give the names and values of what a module writes down; no list of exports, and no type."""
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and value is not None and target.id != "__all__" and not isinstance(value, ast.Subscript):
            yield target.id, value


def _changes(value: ast.expr, source: str) -> Iterator[str]:
    """Change the value in place, one entry at a time, and say how; it is as it was after each."""
    rows = {id(row) for node in ast.walk(value) if isinstance(node, ast.Tuple) for row in node.elts}
    for node in ast.walk(value):
        if isinstance(node, ast.Dict):
            yield from _without_each(node.keys, node.values)
        elif isinstance(node, ast.Set | ast.Tuple) and id(node) not in rows:
            yield from _without_each(node.elts)
        if isinstance(node, ast.Set):
            yield from _with_another(node, source)


def _without_each(*lists: list[ast.expr]) -> Iterator[str]:
    """Take each entry out once; ``lists`` belong together, as keys and values do."""
    for place, entry in enumerate(list(lists[0])):
        taken = [one.pop(place) for one in lists]
        # Where a dict is unpacked into another there is no key.
        yield f"without {ast.unparse(entry) if entry else '**' + ast.unparse(taken[-1])}"
        for one, removed in zip(lists, taken, strict=True):
            one.insert(place, removed)


def _with_another(node: ast.Set, source: str) -> Iterator[str]:
    """Add that word of the vocabulary of all entries which is not among them and stands in the module least often.

    A word that stands everywhere may come with another set already, and change nothing.
    """
    words = [one for one in node.elts if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)]
    names = {one.value.id for one in words if isinstance(one.value, ast.Name)}
    if len(words) != len(node.elts) or len(names) != 1:
        return
    name = names.pop()
    enumeration = getattr(vocabulary, name, None) or getattr(permissions, name, None)
    written = [f"{name}.{one.name}" for one in enumeration or () if one.name not in {word.attr for word in words}]
    if written:
        rarest = min(written, key=lambda word: len(re.findall(rf"{word}\b", source)))
        node.elts.append(ast.parse(rarest, mode="eval").body)
        yield f"with {rarest}"
        node.elts.pop()
