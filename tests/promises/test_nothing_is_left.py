"""What was erased is nowhere: not in the database, its dump, a log, or an export, in no spelling that is searched for.

Selectors come in by every way there is; then their versions are erased, work is done, and everything is searched for the
selectors, for the ids that can be computed from them, and for the digests of what was said about them.
"""

from __future__ import annotations

import base64
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import make_url, text

from app.depot.folder import FolderDepot
from app.domain.export import Compression, ExportFormat
from app.domain.object_vocabulary import RecallReason
from app.domain.vocabulary import Channel, Purpose
from app.services.retention.erase import Erasure, erase_versions
from app.services.retention.finish_erasures import RECALLS_ARE_KEPT
from app.services.retention.sweep import NAMES_OF_REFUSED_ARE_KEPT, sweep_now
from app.storage import objects
from app.storage.counter import save_order, take_order_lock
from app.storage.erasures import LONGER_FOR_ANSWERS
from breakwater_client.formats.compression import decompressed
from tests.factories.exchanges import FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator, marking, report, user_account
from tests.factories.taxii import make_group, post, post_signed


class Planted:
    """Selectors that were submitted, with the ids and digests that lead to them; and the ids of objects by owner."""

    def __init__(self) -> None:
        self.traces: set[str] = set()
        self.owned: dict[str, set[str]] = {}

    def account(self, owner: FakePartner) -> dict[str, Any]:
        """Make an account nobody else has, of an owner."""
        login = f"selector{uuid.uuid4().hex}"
        value = user_account(login)
        self.traces |= {login, value["id"]}
        self.owned.setdefault(owner.partner_id, set()).add(value["id"])
        return value

    def pattern(self, owner: FakePartner) -> dict[str, Any]:
        """Make an indicator with such a selector in its pattern, and in its name, by whose words it can be found."""
        login = f"selector{uuid.uuid4().hex}"
        value = indicator(pattern=f"[user-account:account_login = '{login}']", name=f"Reported as {login}")
        self.traces |= {login, value["id"]}
        self.owned.setdefault(owner.partner_id, set()).add(value["id"])
        return value

    def results(self, results: Iterable[dict[str, Any]]) -> None:
        """Remember the digests that a receipt gave."""
        self.traces |= {one["payload_digest"] for one in results if one.get("payload_digest")}


def spellings(trace: str) -> Iterator[bytes]:
    """Give a trace as text, in base64 at each of its three places, and of what is hexadecimal the bytes."""
    plain = trace.encode()
    yield plain
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        yield encoded[(before * 8 + 5) // 6 + (1 if before else 0) : len(encoded) - 4]
    if all(character in "0123456789abcdef" for character in trace):
        yield bytes.fromhex(trace)


def found_in(content: bytes, planted: Planted) -> set[str]:
    return {trace for trace in planted.traces if any(one in content for one in spellings(trace))}


@pytest.fixture
def running_on_both(database_url: str) -> Iterator[RunningExchange]:
    """An exchange without partners: the test runs once on SQLite and once on PostgreSQL."""
    with running_exchange(database_url) as running:
        yield running


@pytest.fixture
def planted(running_on_both: RunningExchange) -> Planted:
    """Selectors that came in by every way, were read, looked up, referred to, withdrawn and repeated."""
    running, planted = running_on_both, Planted()
    owner, reader = running.enrol("Platform"), enrol_reader(running)
    named = {"object_marking_refs": [_marking(owner, reader)]}
    one, two = planted.account(owner) | named, planted.pattern(owner) | named
    signed = [owner.sign(one), owner.sign(two)]
    for headers in ({"Idempotency-Key": "first"}, {"Idempotency-Key": "first"}, {}):
        answer = owner.submit_signed(signed, headers=headers)
        assert [found["status"] for found in answer.json["results"]] in (["stored"] * 2, ["already-stored"] * 2)
        planted.results(answer.json["results"])
    by_taxii = planted.account(owner)
    assert post_signed(owner, "exchange", by_taxii).status == 202
    in_group = planted.account(owner)
    group = make_group(running, (owner, "rw"), (reader, "rw"))
    assert post_signed(owner, group, in_group).status == 202
    refused = planted.account(owner) | {"account_login": 5}
    assert post(owner, "exchange", [refused]).status == 202
    assert owner.submit(refused).json["results"][0]["status"] == "refused"
    planted.owned[owner.partner_id].discard(refused["id"])
    reader.submit(referring := report([one["id"]]))
    planted.owned.setdefault(reader.partner_id, set()).add(referring["id"])
    assert reader.object(one["id"]).status == 200
    assert reader.pull_all()
    recalled = planted.account(owner) | named
    owner.submit(recalled)
    assert reader.pull_all()
    assert owner.post(f"objects/{quote(recalled['id'])}/withdrawal", {"reason": RecallReason.ERROR}).status == 201
    running.do_all_work()
    assert any(found["type"] == "recall-notice" for found in reader.pull_all())
    export_all(reader)
    running.do_all_work()
    return planted


def _marking(owner: FakePartner, reader: FakePartner) -> str:
    made = marking(owner.register_audience(partners_in=[reader.partner_id]), tlp="clear")
    assert owner.submit(made).json["results"][0]["status"] == "stored"
    return str(made["id"])


def erase(running: RunningExchange, planted: Planted, journal: Path) -> None:
    """Erase what was planted."""
    with running.exchange.database.write() as connection:
        order = take_order_lock(connection)
        versions = [
            one for owner_id, ids in planted.owned.items() for one in objects.own_versions(connection, owner_id, sorted(ids))
        ]
        assert len(versions) == sum(map(len, planted.owned.values()))
        erase_versions(connection, order, Erasure(versions, None, journal), running.clock())
        save_order(connection, order)


def settle(running: RunningExchange) -> None:
    """Let recalls settle, sweep, and do what is due."""
    running.do_all_work()
    running.clock.shift += RECALLS_ARE_KEPT + LONGER_FOR_ANSWERS + timedelta(days=1)  # nobody has answered
    running.do_all_work()
    assert RECALLS_ARE_KEPT > NAMES_OF_REFUSED_ARE_KEPT
    sweep_now(running.exchange)
    running.clock.shift += timedelta(hours=2)
    running.do_all_work()
    running.exchange.database.empty_log()


FORMS = {
    "lines": (ExportFormat.STIX_NDJSON, Compression.ZSTD),
    "tables": (ExportFormat.CSV, Compression.GZIP),
    "columns": (ExportFormat.PARQUET, Compression.NONE),
}


def enrol_reader(running: RunningExchange) -> FakePartner:
    """Bring a partner in that may read over every channel."""
    return running.enrol("Hotline", agreement={"read": {"channels": [Channel.REST, Channel.TAXII, Channel.EXPORT]}})


def export_all(reader: FakePartner) -> None:
    """Let a partner have exports in three forms, each due now."""
    usual = {"purpose": Purpose.DETECTION, "snapshots": "0 3 * * *", "deltas": "*/5 * * * *"}
    for name, (form, compression) in FORMS.items():
        made = reader.post("exports", usual | {"name": name, "format": form, "compression": compression})
        assert made.status == 201, made.body
        assert reader.post(f"exports/{made.json['id']}/runs", {}).status == 202


def exported(running: RunningExchange) -> bytes:
    """Give everything that lies where exports are laid, hidden or not, as it lies there and decoded."""
    depot = running.exchange.depots["local"]
    assert isinstance(depot, FolderDepot)
    found = []
    for path in sorted(one for one in depot.root.rglob("*") if one.is_file()):
        stored = path.read_bytes()
        found += [str(path).encode(), stored]
        ending = path.suffix.removeprefix(".")
        if ending == "parquet":
            found.append(repr(parquet.read_table(pa.BufferReader(stored)).to_pylist()).encode())
        elif ending in {"zst", "gz"}:
            compression = Compression.ZSTD if ending == "zst" else Compression.GZIP
            found.append(b"".join(decompressed([stored], compression, 1 << 30)))
    return b"\n".join(found)


def files_of(running: RunningExchange) -> bytes:
    """Give all bytes of the database: the SQLite files as they lie there, or what PostgreSQL dumps."""
    database = running.exchange.database
    if database.is_sqlite:
        path = Path(str(database.engine.url.database))
        return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))
    plain = make_url(database.engine.url).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run(["pg_dump", plain], capture_output=True, check=True).stdout  # noqa: S607  # a fixed tool


def test_nothing_of_what_was_erased_is_left(
    running_on_both: RunningExchange, planted: Planted, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = found_in(files_of(running_on_both), planted)
    assert len(before) > len(planted.traces) // 2, "the search finds what is there"
    assert len(found_in(exported(running_on_both), planted)) > len(planted.traces) // 3, "the search finds what is exported"
    erase(running_on_both, planted, tmp_path / "journal")
    running_on_both.do_all_work()
    settle(running_on_both)
    with running_on_both.exchange.database.read() as connection:
        left = connection.execute(text("SELECT type FROM object_version")).scalars().all()
    assert set(left) == {"marking-definition"}
    assert found_in(files_of(running_on_both), planted) == set()
    assert found_in(exported(running_on_both), planted) == set()
    assert found_in((tmp_path / "journal").read_bytes(), planted) == set()
    said = capfd.readouterr()
    assert found_in((said.out + said.err).encode(), planted) == set()


MOMENTS = {
    "written and not published": "SELECT count(DISTINCT definition_id) FROM export_file",
    "published and not laid": "SELECT count(*) FROM bulk_export WHERE published_at IS NOT NULL",
    "laid": "SELECT count(*) FROM bulk_export WHERE is_laid",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_nothing_of_what_was_erased_in_mid_export_is_left(
    running_on_both: RunningExchange, moment: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    running, planted = running_on_both, Planted()
    owner, reader = running.enrol("Platform"), enrol_reader(running)
    erased = [planted.account(owner), planted.pattern(owner)]
    stays = indicator()
    shared = {"object_marking_refs": [_marking(owner, reader)]}
    planted.results(owner.submit(*(one | shared for one in erased), stays).json["results"][:2])
    running.do_all_work()
    export_all(reader)
    while running.do_one_piece_of_work():
        with running.exchange.database.read() as connection:
            if connection.execute(text(MOMENTS[moment])).scalar_one() == len(FORMS):
                break
    assert found_in(exported(running), planted)
    erase(running, planted, tmp_path / "journal")
    running.do_all_work()
    assert not contents_in(exported(running), planted)
    running.clock.shift += timedelta(minutes=5)
    running.do_all_work()
    assert not contents_in(exported(running), planted)
    assert stays["id"].encode() in exported(running) or moment != "written and not published"
    settle(running)
    assert any(name.endswith("manifest.json") for name in running.exchange.depots["local"].names(""))
    assert found_in(exported(running), planted) == set()
    assert found_in(files_of(running), planted) == set()
    said = capfd.readouterr()
    assert found_in((said.out + said.err).encode(), planted) == set()


def contents_in(content: bytes, planted: Planted) -> set[str]:
    """Give the selectors alone that are found: ids and digests may be named as what is to be taken away."""
    return {trace for trace in found_in(content, planted) if trace.startswith("selector")}
