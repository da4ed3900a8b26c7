"""``README.md``'s first submission and pull are true: run as they are printed, against a sandbox, and what they print is printed.

Starting the sandbox is told apart: it serves already. Nor is an exchange of one's own set up, which ``tests/walk`` does.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.prepared_sandboxes import PreparedSandboxes

ROOT = Path(__file__).parents[2]
SECTION = re.split(r"^## .*$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)[2]
_VARIES = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UUID",
    r"\d{4}-\d\d-\d\dT[\d:.]+Z": "instant",
    r"http://127\.0\.0\.1:\d+": "address",
}


def goes_on(command: str) -> bool:
    """Whether a shell waits for more lines: of a text in quotes, or up to END."""
    in_quotes = command.count('"') % 2 == 1
    return command.endswith("\\") or in_quotes or ("<<'END'" in command and not command.endswith("\nEND"))


def commands() -> list[tuple[str, str]]:
    """Give what is typed after each ``$``, and what is printed below it; a block where nothing is printed leaves it out."""
    found: list[tuple[str, str]] = []
    for line in "\n".join(re.findall(r"^```\n(.*?)\n```$", SECTION, re.MULTILINE | re.DOTALL)).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif goes_on(found[-1][0]):
            found[-1] = f"{found[-1][0]}\n{line}", ""
        else:
            found[-1] = found[-1][0], f"{found[-1][1]}{line}\n"
    return found


def settled(text: str) -> str:
    """Give a text without what varies from run to run."""
    for pattern, name in _VARIES.items():
        text = re.sub(pattern, name, text)
    return text


@pytest.fixture(scope="module")
def printed(sandboxes: PreparedSandboxes, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each command printed, in a folder that looks like a checkout in which everything is set up."""
    folder = tmp_path_factory.mktemp("readme") / "breakwater"
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
    for name, module in (("python", ""), ("breakwater", " -m app")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable}{module} "$@"\n')
        (programs / name).chmod(0o755)
    (folder / "schemas").symlink_to(ROOT / "schemas")
    typed = [command for command, _ in commands() if not command.startswith("breakwater sandbox")]
    script = "".join(f"{command}\necho '== done'\n" for command in typed)
    with sandboxes.serving("sqlite", folder / "practice", workers=1) as sandbox:
        sandbox.make_checkpoint()
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'sdk'}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=200,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout.split("== done\n")[:-1]


def test_what_is_typed_prints_what_is_printed(printed: list[str]) -> None:
    told = [said for command, said in commands() if not command.startswith("breakwater sandbox")]
    assert [settled(found) for found, said in zip(printed, told, strict=True) if said] == [settled(said) for said in told if said]


def test_every_step_is_there() -> None:
    typed = " ".join(command for command, _ in commands())
    assert all(word in typed for word in ("sandbox", "sign", "submit", "pull", "verify", "disclosures", "taxii2", "attestations"))
