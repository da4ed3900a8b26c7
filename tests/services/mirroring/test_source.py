"""What a mirror asks of an exchange is what the command and the tests answer by."""

from __future__ import annotations

from pathlib import Path

from app.cli.api import Api, Target
from app.cli.export_source import ExportSource
from app.services.mirroring.source import Source
from tests.factories.export_servers import FolderSource


def test_an_exchange_and_a_folder_answer_alike(tmp_path: Path) -> None:
    sources: list[Source] = [FolderSource(tmp_path), ExportSource(Api(Target("https://exchange.example.org")), "id")]
    assert all(callable(one.newest) and callable(one.file) for one in sources)
