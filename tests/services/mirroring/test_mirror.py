"""The mirror stands at one number, whatever happens, and says in our words what the disk does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Code, ConflictError, UnavailableError
from app.services.mirroring.mirror import Mirror
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.verifying.read_exports import Attested, Notice, Record, Tombstone, held_object, payload_digest
from breakwater_client.verifying.verify_exports import Accepted
from tests.factories.export_manifests import NOTICE
from tests.factories.written_exports import PUBLISHER, digest_of, indicator

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ONE, TWO = indicator(1), indicator(2, PrivateKey.generate())


def at(number: int) -> Accepted:
    return Accepted("e", "p", "d", number, f"{number:064d}", NOW)


def held(*values: dict[str, Any]) -> list[Record]:
    return [held_object(canonical_bytes(one)) for one in values]


def apply(mirror: Mirror, number: int, records: Iterable[Record], *, replaces: bool = False) -> None:
    with mirror.applying(at(number), replaces=replaces) as change:
        change.take(list(records))


def rows(folder: Path, sql: str = "SELECT content_sha256, number FROM object ORDER BY stix_id") -> list[Any]:
    with sqlite3.connect(folder / "mirror.db") as database:
        return database.execute(sql).fetchall()


def test_objects_come_go_and_are_replaced(tmp_path: Path) -> None:
    with Mirror(tmp_path / "mirror.db") as mirror:
        assert mirror.position() is None
        apply(mirror, 1, held(ONE, TWO), replaces=True)
        assert mirror.position() == at(1)
        assert rows(tmp_path) == [(digest_of(ONE), 1), (digest_of(TWO), 1)]
        apply(mirror, 2, [Tombstone(digest_of(ONE), "withdrawn"), Tombstone("00" * 32, "expired")])
        apply(mirror, 3, [Tombstone(digest_of(TWO), "expired")])
        assert mirror.withdrawn() == {digest_of(ONE): 2}
        mirror.forget_withdrawn()
        assert mirror.withdrawn() == {}
        assert rows(tmp_path) == []
        apply(mirror, 4, held(ONE))
        apply(mirror, 5, held(TWO), replaces=True)
        assert rows(tmp_path) == [(digest_of(TWO), 5)]
        assert mirror.count() == 1
    with Mirror(tmp_path / "mirror.db") as mirror:
        assert mirror.position() == at(5)


def broken_off(mirror: Mirror) -> None:
    with mirror.applying(at(2), replaces=True) as change:
        change.take(held(TWO))
        raise ZeroDivisionError


def test_what_fails_in_the_middle_leaves_it_as_it_was(tmp_path: Path) -> None:
    with Mirror(tmp_path / "mirror.db") as mirror:
        apply(mirror, 1, held(ONE))
        with pytest.raises(ZeroDivisionError):
            broken_off(mirror)
        assert mirror.position() == at(1)
        assert rows(tmp_path) == [(digest_of(ONE), 1)]


def test_columns_say_what_the_object_says_and_who_vouches(tmp_path: Path) -> None:
    with Mirror(tmp_path / "mirror.db") as mirror:
        apply(mirror, 1, [*held(ONE, TWO), Attested(digest_of(ONE), PUBLISHER, "{}")])
        found = rows(tmp_path, "SELECT stix_id, version, type, publisher, content, attestation FROM object ORDER BY stix_id")
    same = {"version": ONE["modified"], "type": "indicator", "publisher": PUBLISHER}
    assert found == [
        (ONE["id"], *same.values(), canonical_bytes(ONE).decode(), "{}"),
        (TWO["id"], *same.values(), canonical_bytes(TWO).decode(), None),
    ]


def test_recalls_are_kept_until_they_are_answered(tmp_path: Path) -> None:
    value = {"id": NOTICE}
    with Mirror(tmp_path / "mirror.db") as mirror:
        with mirror.applying(at(1), replaces=True) as change:
            change.take(held(ONE, TWO))
            change.know_recalls([NOTICE])
        assert [(one.notice_id, one.notice, one.is_acted) for one in mirror.open_recalls()] == [(NOTICE, None, False)]
        apply(mirror, 2, [Notice(NOTICE, value, canonical_bytes(value))])
        recalled = [(ONE["id"], payload_digest(canonical_bytes(ONE))), (TWO["id"], "00" * 32)]
        mirror.act(NOTICE, recalled, NOW)
        assert mirror.withdrawn() == {digest_of(ONE): 3}
        assert [(one.notice, one.is_acted) for one in mirror.open_recalls()] == [(value, True)]
        mirror.answered(NOTICE, NOW)
        assert mirror.open_recalls() == []
        assert rows(tmp_path) == [(digest_of(TWO), 1)]


def test_a_signed_object_is_recalled_by_what_was_signed(tmp_path: Path) -> None:
    digest = payload_digest(canonical_bytes(TWO))
    assert digest != digest_of(TWO)
    with Mirror(tmp_path / "mirror.db") as mirror:
        apply(mirror, 1, held(TWO))
        mirror.act(NOTICE, [(TWO["id"], digest)], NOW)
        assert (mirror.count(), mirror.withdrawn()) == (0, {digest_of(TWO): 2})


def test_what_goes_leaves_no_bytes_behind(tmp_path: Path) -> None:
    gone, stays = indicator(3, name="Gone " * 4_000), indicator(4, name="Stays " * 4_000)
    with Mirror(tmp_path / "mirror.db") as mirror:
        apply(mirror, 1, held(gone, stays))
        apply(mirror, 2, [Tombstone(digest_of(gone), "withdrawn")])
        with sqlite3.connect(tmp_path / "mirror.db", isolation_level=None) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM object").fetchone()
            apply(mirror, 3, held(ONE))
            mirror.forget_withdrawn()
            assert mirror.withdrawn()  # somebody reads the state before: the next run tries again
        reader.close()
        mirror.forget_withdrawn()
        assert mirror.withdrawn() == {}
        found = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"Stays Stays" in found
    assert b"Gone Gone" not in found
    assert gone["id"].encode() not in found


def test_others_read_while_it_is_written(tmp_path: Path) -> None:
    with Mirror(tmp_path / "mirror.db") as mirror:
        apply(mirror, 1, held(ONE))
        with mirror.applying(at(2), replaces=True) as change:
            change.take(held(TWO))
            assert rows(tmp_path) == [(digest_of(ONE), 1)]
        assert rows(tmp_path) == [(digest_of(TWO), 2)]


def test_a_full_disk_is_one_sentence_and_nothing_is_changed(tmp_path: Path) -> None:
    many = [held_object(canonical_bytes(indicator(place, name="x" * 900))) for place in range(300)]
    with Mirror(tmp_path / "mirror.db") as mirror:
        apply(mirror, 1, held(ONE))
        mirror._database.execute("PRAGMA max_page_count = 20")
        with pytest.raises(UnavailableError) as caught:
            apply(mirror, 2, many)
        assert caught.value.code is Code.STORAGE_FULL
        assert mirror.position() == at(1)
        mirror._database.execute("PRAGMA max_page_count = 10000")
        apply(mirror, 2, many)
        assert mirror.count() == 301


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        Mirror(tmp_path / "none" / "mirror.db")
    assert caught.value.code is Code.STORAGE_REFUSED


def test_a_file_that_is_no_mirror_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"no database at all, and long enough to be told from an empty one" * 20)
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE theirs (a)")
    for name in ("text", "other"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(ConflictError):
            Mirror(tmp_path / name)
        assert (tmp_path / name).read_bytes() == before
