"""The partner guide's snippets: its programs written out as files, its commands run as printed, with the client library alone.

Owns the folder that an engineer would have, and the ``python`` in it, which imports nothing of the exchange. Kept by
``tests/promises/test_partner_guide.py``; ``tests/cli/test_doctor.py`` examines the guide's program.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
TEXT = (_ROOT / "docs" / "partner-guide.md").read_text()
SNIPPETS = re.findall(r"^```(sh|python|ini) ([a-z.-]+)\n(.*?)\n```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = {name: body for kind, name, body in SNIPPETS if kind == "sh"}
NOT_THE_CLIENTS = ("alembic", "app", "click", "flask", "gunicorn", "jsonschema_rs", "marshmallow", "rich", "sqlalchemy", "stix2")
_PATIENCE_SECONDS = 1200
_CLIENT_ALONE = f"""
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {NOT_THE_CLIENTS!r}:
            raise ImportError(f"{{name}} is not installed where a partner's program runs")

sys.meta_path.insert(0, Refusing())
"""


def files() -> dict[str, str]:
    """Give the guide's files by name: pieces of one program stand after each other."""
    found: dict[str, str] = {}
    for kind, name, body in SNIPPETS:
        if kind != "sh":
            found[name] = found[name] + "\n\n" + body + "\n" if name in found else body + "\n"
    return found


@dataclass(frozen=True)
class GuideFolder:
    """An engineer's folder, with ``practice`` in it, in which the guide was followed up to the running of commands."""

    path: Path

    @classmethod
    def begin(cls, path: Path) -> GuideFolder:
        """Write the files, and a ``python`` and a ``breakwater`` beside the folder."""
        programs, alone = path.parent / "programs", path.parent / "client-alone"
        programs.mkdir()
        alone.mkdir()
        (alone / "sitecustomize.py").write_text(_CLIENT_ALONE)
        search = f"PYTHONPATH={alone}:{_ROOT / 'sdk'}"
        for name, command in {
            "python": f"{search} exec {sys.executable}",
            "breakwater": f"PYTHONPATH={_ROOT}:{_ROOT / 'sdk'} exec {sys.executable} -m app",
        }.items():
            (programs / name).write_text(f'#!/bin/sh\n{command} "$@"\n')
            (programs / name).chmod(0o755)
        for name, body in files().items():
            (path / name).write_text(body)
        return cls(path)

    @property
    def environment(self) -> dict[str, str]:
        """What the guide's shell has: the two programs first, and nothing of what the tests import from."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return kept | {"PATH": f"{self.path.parent / 'programs'}:{os.environ['PATH']}"}

    def run(self, *names: str) -> dict[str, str]:
        """Run these blocks of commands in one shell, one after the other, and give what each printed."""
        script = "".join(f"echo '== {name}'\n{COMMANDS[name]}\n" for name in names)
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", script],
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return dict(re.findall(r"^== ([a-z-]+)\n(.*?)(?=^== |\Z)", done.stdout, re.MULTILINE | re.DOTALL))
