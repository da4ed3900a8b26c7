"""What was withdrawn goes, whatever form the file has and whenever a run is killed; everything else can be read as before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from app.domain.errors import UnprovenError
from app.domain.export import Compression, ExportFormat
from app.services.mirroring import take_away as module
from app.services.mirroring.duckdb_view import view_of
from app.services.mirroring.kept_files import KeptFiles
from app.services.mirroring.mirror import Mirror
from app.services.mirroring.take_away import take_away
from breakwater_client.trust.export_seal import OpeningKey
from breakwater_client.verifying.read_exports import Tombstone
from breakwater_client.verifying.remainder_files import read_gone
from breakwater_client.verifying.verify_exports import Accepted
from tests.factories.written_exports import ExportWriter, Written, digest_of, indicator, tombstone

ONE, TWO, THREE, FOUR = (indicator(place) for place in range(4))
FORMS = [
    (ExportFormat.STIX_NDJSON, Compression.ZSTD),
    (ExportFormat.STIX_BUNDLE, Compression.GZIP),
    (ExportFormat.PARQUET, Compression.ZSTD),
    (ExportFormat.PARQUET, Compression.NONE),
    (ExportFormat.CSV, Compression.GZIP),
]


class Stopped(BaseException):
    """What a kill is to a test."""


def withdraw(mirror: Mirror, number: int, *values: dict[str, Any]) -> None:
    at = Accepted("e", "p", "d", number, "0" * 64, datetime.now(UTC))
    with mirror.applying(at, replaces=False) as change:
        change.take([Tombstone(digest_of(one), "withdrawn") for one in values])


def exports(folder: Path, form: ExportFormat, compression: Compression, key: OpeningKey | None = None) -> KeptFiles:
    writer = ExportWriter(folder / "exports", form, compression, opening=key)
    writer.write(Written(snapshot=[ONE, TWO]))
    writer.write(Written(delta=[THREE, FOUR]))
    writer.write(Written(delta=[], tombstones=[tombstone(ONE), tombstone(FOUR)]))
    return KeptFiles(folder, keeps=True, key=key)


def current(kept: KeptFiles) -> set[str]:
    chain = kept.chain()
    text = view_of(chain, chain[0].manifest.form)
    assert text is not None
    with duckdb.connect() as database:
        database.execute(text)
        return {row[0] for row in database.execute("SELECT content_sha256 FROM current_object").fetchall()}


@pytest.mark.parametrize(("form", "compression"), FORMS)
def test_everything_else_is_read_as_before(tmp_path: Path, form: ExportFormat, compression: Compression) -> None:
    kept = exports(tmp_path, form, compression)
    with Mirror(tmp_path / "mirror.db") as mirror:
        withdraw(mirror, 3, ONE, FOUR)
        take_away(mirror, kept)
        assert current(kept) == {digest_of(TWO), digest_of(THREE)}
        before = {one: one.read_bytes() for one in (tmp_path / "exports").rglob("*") if one.is_file()}
        take_away(mirror, kept)
        assert before == {one: one.read_bytes() for one in (tmp_path / "exports").rglob("*") if one.is_file()}
        withdraw(mirror, 4, TWO)
        take_away(mirror, kept)
    assert current(kept) == {digest_of(THREE)}
    first = kept.kept()[0]
    for file in first.manifest.files:
        assert read_gone(first.folder, file.name).keys() == {digest_of(ONE), digest_of(TWO)}


@pytest.mark.parametrize("name", ["_end", "_put_whole", "flush_folder"])
@pytest.mark.parametrize("after", range(6))
def test_a_run_that_is_killed_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, after: int
) -> None:
    kept = exports(tmp_path, ExportFormat.STIX_NDJSON, Compression.NONE)
    real, left = getattr(module, name), after

    def stops(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stopped
        real(*arguments)

    with Mirror(tmp_path / "mirror.db") as mirror:
        withdraw(mirror, 3, ONE, FOUR)
        with monkeypatch.context() as patched:
            patched.setattr(module, name, stops)
            try:
                take_away(mirror, kept)
            except Stopped:
                assert mirror.withdrawn()
        take_away(mirror, kept)
        assert mirror.withdrawn() == {}
    assert current(kept) == {digest_of(TWO), digest_of(THREE)}
    files = [one for one in (tmp_path / "exports").rglob("*") if one.is_file()]
    assert not [one for one in files if one.suffix == ".part"]
    found = b"".join(one.read_bytes() for one in files if "tombstones" not in one.name)
    assert TWO["id"].encode() in found
    assert not any(gone["id"].encode() in found for gone in (ONE, FOUR))


@pytest.mark.parametrize("form", [ExportFormat.STIX_NDJSON, ExportFormat.PARQUET])
def test_what_was_sealed_stays_sealed_and_wants_its_key(tmp_path: Path, form: ExportFormat) -> None:
    key = OpeningKey.generate()
    kept = exports(tmp_path, form, Compression.ZSTD, key)
    with Mirror(tmp_path / "mirror.db") as mirror:
        withdraw(mirror, 3, ONE)
        with pytest.raises(UnprovenError, match="decryption-key"):
            take_away(mirror, KeptFiles(tmp_path, keeps=True))
        take_away(mirror, kept)
        assert mirror.withdrawn() == {}
    [left] = (tmp_path / "exports" / "00000001" / "remainder").glob("*-snapshot-0001.*.hpke")
    assert left.read_bytes().startswith(b"breakwater-seal-1\n")
    assert len(kept.chain()) == 3


def test_a_file_that_somebody_changed_goes_whole(tmp_path: Path) -> None:
    kept = exports(tmp_path, ExportFormat.STIX_NDJSON, Compression.NONE)
    [file] = (tmp_path / "exports" / "00000001").glob("*-snapshot-0001.ndjson")
    file.write_bytes(file.read_bytes().replace(b"host-1", b"host-9"))
    with Mirror(tmp_path / "mirror.db") as mirror:
        withdraw(mirror, 3, ONE)
        take_away(mirror, kept)
    assert not file.exists()
    assert kept.chain() == []
