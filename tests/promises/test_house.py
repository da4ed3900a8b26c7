"""What must hold for the whole tree: the floors, the mirror of tests, and what may never lie in a file."""

from __future__ import annotations

import ast
import fnmatch
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
CLIENT = ROOT / "sdk" / "breakwater_client"
TESTS = ROOT / "tests"
SOURCES = {APP: TESTS, CLIENT: TESTS / "client"}
MODULES = sorted(path for folder in SOURCES for path in folder.rglob("*.py") if "migrations" not in path.parts)
# Alembic's own folder has no mirror: tests/storage/test_schema.py runs its steps up and down.
MIRRORED = [path for path in MODULES if path.name != "__init__.py"]
MAX_LINES = 400
JUNK_DRAWERS = {
    "base",
    "common",
    "core",
    "data",
    "helper",
    "helpers",
    "info",
    "manager",
    "managers",
    "misc",
    "shared",
    "util",
    "utils",
}
MEDIA_SUFFIXES = {
    *(".bmp", ".gif", ".heic", ".ico", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"),
    *(".avi", ".flac", ".mkv", ".mov", ".mp3", ".mp4", ".mpeg", ".mpg", ".ogg", ".wav", ".webm"),
}
KEY_SUFFIXES = {".key", ".p12", ".pfx", ".jks", ".kdbx"}
PRIVATE_KEYS = {
    "PEM": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=:, \r\n-]{32,}",
    "JWK": r"""["']d["']\s*:\s*["'][A-Za-z0-9_-]{43,}["']""",
    "age": r"AGE-SECRET-KEY-[A-Z0-9-]{20,}",
    "minisign": r"(?m)^untrusted comment: .*secret key",
}
# In pieces, so that this file is not found by its own search.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "pypi" + ".python.org",
    "/simple" + "/",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "yarnpkg" + ".com",
    "unpkg" + ".com",
    "jsdelivr" + ".net",
    "anaconda" + ".org",
    "crates" + ".io",
    "rubygems" + ".org",
    "proxy.golang" + ".org",
    "deb.debian" + ".org",
    "docker" + ".io",
    "ghcr" + ".io",
    "quay" + ".io",
]
# What the domain shares with partners: words, errors and nouns, which need no more than it does.
SHARED = {
    f"breakwater_client.{name}"
    for name in (
        *("errors", "export", "extensions", "instant", "log_tile", "object_vocabulary"),
        *("stated_objects", "stix_values", "submission", "tlp_markings", "vocabulary"),
    )
}
PURE_FLOORS = {
    "app/domain": {"app.domain", *SHARED},
    "app/policy": {"app.domain", "app.policy", *SHARED},
    "app/config": {"app.config"},
    **{f"sdk/{name.replace('.', '/')}.py": {"breakwater_client.extensions", *SHARED} for name in sorted(SHARED)},
}


def tree() -> list[Path]:
    """All files that would be committed: the folder without what .gitignore names."""
    patterns = [line for line in (ROOT / ".gitignore").read_text().splitlines() if line and not line.startswith("#")]
    return sorted(_walk(ROOT, [*patterns, ".git/"]))


def _walk(folder: Path, patterns: list[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        if any(_is_ignored(path, pattern) for pattern in patterns):
            continue
        if path.is_dir():
            yield from _walk(path, patterns)
        else:
            yield path


def _is_ignored(path: Path, pattern: str) -> bool:
    if pattern.endswith("/") and not path.is_dir():
        return False
    name = pattern.strip("/")
    return fnmatch.fnmatch(path.relative_to(ROOT).as_posix(), name) or ("/" not in name and fnmatch.fnmatch(path.name, name))


TREE = tree()


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def found_in_tree(pattern: str) -> list[str]:
    return [relative(path) for path in TREE if re.search(pattern, path.read_text(errors="replace"))]


def comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


# --- floors -----------------------------------------------------------------------------------------------------------------


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("floor", PURE_FLOORS)
def test_a_pure_floor_imports_the_standard_library_and_what_lies_below(floor: str) -> None:
    sources = [ROOT / floor] if floor.endswith(".py") else sorted((ROOT / floor).rglob("*.py"))
    assert sources
    foreign = {f"{relative(path)}: {name}" for path in sources for name in imports_of(path) if not may_import(floor, name)}
    assert foreign == set()


def may_import(floor: str, name: str) -> bool:
    inside = any(name == package or name.startswith(f"{package}.") for package in PURE_FLOORS[floor])
    return inside or name.partition(".")[0] in sys.stdlib_module_names


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)}: imports name the whole way, from app"
            yield node.module or ""


# --- files ------------------------------------------------------------------------------------------------------------------


def test_the_search_sees_the_tree_and_not_the_virtual_environment() -> None:
    names = {relative(path) for path in TREE}
    assert {"pyproject.toml", "Makefile", "app/__init__.py", "tests/promises/test_house.py", ".ci/run"} <= names
    assert not any(name.startswith((".venv/", ".git/", "var/", "keys/private/")) for name in names)


def test_no_file_is_a_link() -> None:
    assert [relative(path) for path in TREE if path.is_symlink()] == []


def test_every_file_is_text_but_for_pictures_of_our_own_pages() -> None:
    binary = []
    for path in TREE:
        if is_picture(path):
            continue
        content = path.read_bytes()
        try:
            content.decode()
        except UnicodeDecodeError:
            binary.append(relative(path))
        if b"\0" in content:
            binary.append(relative(path))
    assert binary == []


def test_no_media_file_is_in_the_tree() -> None:
    assert [relative(path) for path in TREE if path.suffix.lower() in MEDIA_SUFFIXES and not is_picture(path)] == []


def is_picture(path: Path) -> bool:
    """Whether a file is a picture of the portal, as the browser tests take them (``test_portal_document.py`` looks at each)."""
    return relative(path).startswith("docs/pictures/") and path.suffix == ".png"


@pytest.mark.parametrize("kind", PRIVATE_KEYS)
def test_no_private_key_is_in_the_tree(kind: str) -> None:
    assert found_in_tree(PRIVATE_KEYS[kind]) == []


def test_no_key_store_is_in_the_tree() -> None:
    assert [relative(path) for path in TREE if path.suffix.lower() in KEY_SUFFIXES] == []


@pytest.mark.parametrize("address", REGISTRIES)
def test_no_address_of_a_package_registry_is_in_the_tree(address: str) -> None:
    assert found_in_tree(re.escape(address)) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "bridge/requirements.lock"])
def test_a_lock_holds_pinned_names_with_hashes_and_nothing_else(lock: str) -> None:
    allowed = r"#.*|\s+#.*|\s*|[a-z0-9-]+==[\w.!+]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(allowed, line)] == []
    assert [line for line in lines if re.search(r"://|(^|\s)/|file:/", line)] == []


def test_the_lock_pins_every_dependency_and_the_build_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    client = tomllib.loads((ROOT / "sdk" / "pyproject.toml").read_text())["project"]
    wanted = [*client["dependencies"], *(one for extra in client["optional-dependencies"].values() for one in extra)]
    wanted += [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    wanted += [*project["build-system"]["requires"], "setuptools"]
    names = {re.split(r"[\[<>=!~ ]", line)[0].lower() for line in wanted}
    pinned = set(re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text()))
    assert names - pinned == {client["name"]}  # installed from the folder beside the lock


def test_both_locks_pin_the_same_versions_and_the_first_needs_no_compiler() -> None:
    """A package that is published as source only and is not pure Python belongs into the bridge's lock; see decision 59."""
    pins = [
        dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text()))
        for lock in ("requirements.lock", "bridge/requirements.lock")
    ]
    assert {name for name in pins[0].keys() & pins[1].keys() if pins[0][name] != pins[1][name]} == set()
    assert not {"pdqhash", "weighted-levenshtein", "cython"} & pins[0].keys()


# --- tests ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MIRRORED, ids=relative)
def test_every_module_has_its_tests(module: Path) -> None:
    folder, tests = next((folder, tests) for folder, tests in SOURCES.items() if module.is_relative_to(folder))
    mirror = tests / module.relative_to(folder).parent / f"test_{module.stem.strip('_')}.py"
    assert mirror.exists(), f"{relative(module)} wants {relative(mirror)}"


def test_test_folders_are_not_packages() -> None:
    assert [relative(path) for path in TESTS.rglob("__init__.py")] == []


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}
    ]
    assert found == []


# --- house style ------------------------------------------------------------------------------------------------------------


def test_no_module_is_a_junk_drawer() -> None:
    folders = {path.parent for path in MODULES}
    assert [relative(path) for path in [*MODULES, *folders] if path.stem in JUNK_DRAWERS] == []


def test_no_module_is_longer_than_the_house_allows() -> None:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_every_suppression_carries_its_reason() -> None:
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)?|type:\s*ignore(\[[\w, -]+\])?|pragma: no \w+)\s*$")
    sources = [path for folder in (*SOURCES, TESTS) for path in folder.rglob("*.py")]
    assert [f"{relative(path)}:{line}" for path in sources for line, comment in comments(path) if bare.search(comment)] == []


# --- top level --------------------------------------------------------------------------------------------------------------


def test_every_make_target_has_its_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"(?m)^([a-z]+):(.*)$", makefile)
    assert {name for name, _ in targets} == set(re.search(r"(?m)^\.PHONY: (.*)$", makefile)[1].split())  # type: ignore[index]  # it is there
    assert [name for name, rest in targets if " ## " not in rest] == []


def test_pre_commit_calls_make_and_fetches_nothing() -> None:
    repositories = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {repository["repo"] for repository in repositories} == {"local"}
    assert all(hook["entry"].startswith("make ") for repository in repositories for hook in repository["hooks"])


def test_every_decision_record_is_in_the_index() -> None:
    records = sorted(path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert records
    assert re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", (ROOT / "docs" / "adr" / "README.md").read_text()) == records


def test_each_decision_record_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")]
    assert len(set(numbers)) == len(numbers)
