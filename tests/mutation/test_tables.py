"""Each entry of a table is taken out once, each set of words gets one too many, and a change that a test notices is not alive."""

from __future__ import annotations

import ast
import subprocess
import sys

from app.policy import clauses
from tests.mutation import tables
from tests.mutation.tables import table_mutants

SOURCE = """
__all__ = ["A"]
Rule = Callable[[A], B]
WORDS: frozenset[Role] = frozenset({Role.NGO, Role.PLATFORM})
ROWS = ((1, one), (2, two))
BY_KIND = {Kind.A: 1, **BY_OTHERS}
"""


def changes(source: str) -> list[tuple[str, str, str]]:
    tree = ast.parse(source)
    return [
        (name, change, ast.unparse(tree)) for name, value in tables._tables(tree) for change in tables._changes(value, source)
    ]


def test_each_entry_is_taken_out_once_and_each_set_of_words_gets_one_too_many() -> None:
    found = [(name, change) for name, change, _ in changes(SOURCE)]
    assert found == [
        ("WORDS", "without Role.NGO"),
        ("WORDS", "without Role.PLATFORM"),
        ("WORDS", "with Role.HOTLINE"),
        ("ROWS", "without (1, one)"),
        ("ROWS", "without (2, two)"),
        ("BY_KIND", "without Kind.A"),
        ("BY_KIND", "without **BY_OTHERS"),
    ]


def test_each_change_is_one_change() -> None:
    whole = ast.unparse(ast.parse(SOURCE))
    for _name, change, source in changes(SOURCE):
        assert len(set(source.splitlines()) - set(whole.splitlines())) == 1, change


def test_the_clauses_are_among_the_tables() -> None:
    rows = [mutant for mutant in table_mutants() if mutant.where == "clauses.VOICES"]
    assert len(rows) == len(clauses.VOICES)


TRIED = """
from dataclasses import replace
from tests.mutation import tables
tables.TESTS = ["tests/policy/test_log_entries.py", "--confcutdir=tests/policy"]
changed = next(one for one in tables.table_mutants() if one.where == "log_entries._SEE_ALL")
unchanged = compile((tables.POLICY / "log_entries.py").read_text(), "log_entries.py", "exec")
print(tables.survives(changed), tables.survives(replace(changed, code=unchanged)))
"""


def test_a_change_is_alive_if_the_tests_pass() -> None:
    done = subprocess.run([sys.executable, "-c", TRIED], cwd=tables.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
