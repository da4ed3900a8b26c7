"""An exchange is asked for exports over REST, and what is gone there is gone here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.api import Api, Target
from app.cli.export_source import ExportSource, definition_id_of
from app.cli.faults import CommandFault
from app.domain.errors import GoneError
from tests.factories.export_manifests import DEFINITION
from tests.factories.export_servers import ExportServer, export_server
from tests.factories.written_exports import ExportWriter, Written, indicator


@pytest.fixture
def writer(tmp_path: Path) -> ExportWriter:
    writer = ExportWriter(tmp_path)
    writer.write(Written(snapshot=[indicator(1)]))
    writer.write(Written(delta=[indicator(2)]))
    return writer


@pytest.fixture
def server(writer: ExportWriter) -> Iterator[ExportServer]:
    with export_server(writer) as running:
        yield running


def source(server: ExportServer, definition_id: str = DEFINITION) -> ExportSource:
    return ExportSource(Api(Target(server.url, "token")), definition_id)


def test_manifests_and_numbers_come_as_they_are(server: ExportServer) -> None:
    asked = source(server)
    assert asked.newest() == asked.manifest(2) != asked.manifest(1)
    assert asked.manifest(3) is None
    assert list(asked.snapshots()) == [1]
    assert source(server, "another").newest() is None


def test_a_file_comes_from_where_it_is_asked_for(server: ExportServer, writer: ExportWriter) -> None:
    [name] = [one.name for one in writer.manifests[0].files if "attest" not in one.name]
    content = (writer.folder / "00000001" / name).read_bytes()
    for start in (0, 7):
        begin, pieces = source(server).file(name, start)
        assert (begin, b"".join(pieces)) == (start, content[start:])


def test_what_is_gone_is_told_apart_from_what_fails(server: ExportServer) -> None:
    with pytest.raises(GoneError):
        source(server).file("00000001-snapshot-0009.ndjson", 0)
    with pytest.raises(CommandFault) as caught:
        ExportSource(Api(Target("http://127.0.0.1:1", "token")), DEFINITION).newest()
    assert caught.value.details["code"] == "unreachable"


def test_an_export_is_named_by_id_or_name(server: ExportServer) -> None:
    api = Api(Target(server.url, "token"))
    assert definition_id_of(api, "nightly") == definition_id_of(api, DEFINITION) == DEFINITION
    with pytest.raises(CommandFault, match="No export"):
        definition_id_of(api, "weekly")
    with pytest.raises(CommandFault) as caught:
        definition_id_of(api, DEFINITION.replace(DEFINITION[:8], "0" * 8))
    assert caught.value.details["status"] == 404
