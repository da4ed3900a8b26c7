"""How a change of policy reaches readers: nothing that a process keeps may outlive it.

That it holds for the next request, for open cursors and in the middle of a page is kept by ``tests/services/reading`` and over
two workers by ``tests/walk/test_main_job.py``; here stands what a process remembers at all, and by what key.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
CLIENT = ROOT / "sdk" / "breakwater_client"
_CACHING = {"cache", "cached_property", "lru_cache"}

# What is remembered for the life of a process, and why no change of policy can make it stale.
REMEMBERED = {
    "crypto/ristretto.py": "a library of the program",
    "domain/catalogue.py": "made of one release alone, which never changes",
    "egress/connection.py:_context": "roots of certificates, by the file that names them",
    "breakwater_client/formats/parquet.py:_schema": "the program's own columns",
    "services/cataloguing/current.py:read_release": "made of the kept document alone, which is the key, whole; it never changes",
    "services/cataloguing/founding.py:founding": "a file of the program",
    "services/exporting/schedule.py:longest_gap": "made of the schedule and the day, which are the key",
    "storage/export_reading.py": "texts of statements, by their form; no rows",
    "policy/visibility.py:_as_shared": "made of the class alone, which is the key, whole",
    "breakwater_client/verifying/directory_keys.py:_is_fit": "made of the key and its use alone, on a partner's machine",
    "breakwater_client/verifying/known_keys.py:fit_key": "made of the key alone, on a partner's machine",
    "stix/observation_documents.py:_validator": "files of the program",
    "services/requesting/clocks.py": "a file of the program",
    "stix/catalogue_lint.py:_schema": "a file of the program",
    "stix/name_readings.py:_ascii": "made of the text alone, which is the key, whole",
    "stix/oasis_schemas.py": "files of the program",
    "stix/observation_documents.py": "files of the program",
    "breakwater_client/documents/pointers.py": "a file of the program",
    "stix/profile.py": "files of the program",
    "breakwater_client/documents/published.py": "files of the program",
    "stix/schema.py": "files of the program",
    "storage/feed_statements.py": "texts of statements, by their form; no rows",
    "storage/many_rows.py": "texts of statements, by their form; no rows",
    "storage/schema.py": "revisions of the program's own migrations",
}


def remembered() -> set[str]:
    """Find every function whose results a process keeps, as ``file:function``."""
    found = set()
    named = [(APP, path) for path in APP.rglob("*.py")] + [(CLIENT.parent, path) for path in CLIENT.rglob("*.py")]
    for folder, path in named:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and _CACHING & set(map(_name, node.decorator_list)):
                found.add(f"{path.relative_to(folder)}:{node.name}")
    return found


def _name(decorator: ast.expr) -> str:
    if isinstance(decorator, ast.Call):
        return _name(decorator.func)
    return decorator.attr if isinstance(decorator, ast.Attribute) else decorator.id if isinstance(decorator, ast.Name) else ""


def test_nothing_is_remembered_but_what_no_policy_changes() -> None:
    unexplained = {one for one in remembered() if one not in REMEMBERED and one.partition(":")[0] not in REMEMBERED}
    assert unexplained == set(), "say here by what key it is remembered, and why no change of policy makes it stale"
    assert {one.partition(":")[0] for one in remembered()} == {one.partition(":")[0] for one in REMEMBERED}
