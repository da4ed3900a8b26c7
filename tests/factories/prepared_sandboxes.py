"""Sandboxes that were set up once in a test process and are copied for each test that wants a new one: setting up takes longest.

A copy has the prepared one's partners, tokens and keys, a folder and a database of its own. What is about setting up begins from
nothing instead (``sandboxes.serving_sandbox``). Kept by ``tests/walk``.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.factories.databases import PostgresServer
from tests.factories.sandboxes import Sandbox, serving_sandbox

_NAMING = ("sandbox.json", "exchange/practice.json")
"""Files that name their own folder, and the database."""


@dataclass
class PreparedSandboxes:
    """Prepares one on each kind of database when it is first asked for; ``stack`` keeps what they stand on."""

    folder: Path
    postgres: PostgresServer
    stack: ExitStack
    _on_sqlite: Path | None = field(default=None, init=False)
    _on_postgres: tuple[Path, str] | None = field(default=None, init=False)

    @contextmanager
    def laid(self, database: str, folder: Path) -> Iterator[str]:
        """Lay a sandbox into a new folder, on ``sqlite`` or ``postgresql``, and give the URL of its database."""
        if database == "sqlite":
            if self._on_sqlite is None:
                self._on_sqlite = self._prepare("on-sqlite", None)
            url = f"sqlite:///{folder.resolve() / 'exchange' / 'breakwater.db'}"
            _copy(self._on_sqlite, folder, {'"database_url": null': f'"database_url": "{url}"'})
            yield url
            return
        if self._on_postgres is None:
            template = self.stack.enter_context(self.postgres.database())
            self._on_postgres = self._prepare("on-postgres", template), template
        prepared, template = self._on_postgres
        with self.postgres.database(template=template) as url:
            _copy(prepared, folder, {template: url})
            yield url

    @contextmanager
    def serving(self, database: str, folder: Path, *, workers: int = 2) -> Iterator[Sandbox]:
        """Lay a sandbox into a new folder and serve it."""
        with self.laid(database, folder) as url, serving_sandbox(folder, url, workers=workers) as sandbox:
            yield sandbox

    def _prepare(self, name: str, url: str | None) -> Path:
        folder = self.folder / name
        with serving_sandbox(folder, url, workers=1):
            pass
        return folder


def _copy(prepared: Path, folder: Path, named: dict[str, str]) -> Path:
    shutil.copytree(prepared, folder)
    for name in _NAMING:
        text = (folder / name).read_text()
        for old, new in ({str(prepared.resolve()): str(folder.resolve())} | named).items():
            text = text.replace(old, new)
        (folder / name).write_text(text)
    return folder
