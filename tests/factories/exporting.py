"""Exports that run: definitions of a hub's members, the work on them, and what lies in their depots afterwards.

Owns a mirror that is as simple as can be: it applies what manifests list, and so says what a partner holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.domain.export import Compression, ExportDefinition, FilePart, Manifest
from app.domain.vocabulary import Channel, Purpose, Tlp
from app.services.do_work import do_next
from app.services.exporting.due import ensure_by, put_on_ledger
from app.services.exporting.job import folder_of
from app.storage import bulk_exports, exports
from app.storage.bulk_exports import BulkExport
from breakwater_client.formats.compression import decompressed
from breakwater_client.trust.export_manifest import open_manifest
from tests.factories.depots import content
from tests.factories.exports import EVERY_FIVE_MINUTES, NIGHTLY, definition
from tests.factories.members import Hub, Member

MOST = 1 << 30
FIVE_MINUTES = timedelta(minutes=5)


@dataclass
class Exporting:
    """A definition of a member's, and a mirror that follows it."""

    member: Member
    definition: ExportDefinition
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    applied: int = 0

    @property
    def hub(self) -> Hub:
        """The hub."""
        return self.member.hub

    def run(self) -> BulkExport:
        """Let the next export be due now, and do all work. Gives the newest export."""
        self.due()
        self.hub.work()
        return self.newest()

    def due(self) -> None:
        """Let the next export be due now."""
        with self.hub.exchange.database.write() as connection:
            ensure_by(connection, self.definition, self.hub.clock.now)

    def step(self, count: int = 1) -> None:
        """Do so many steps of whatever is due."""
        for _ in range(count):
            do_next(self.hub.exchange)

    def change(self, **values: Any) -> None:
        """Change the definition."""
        with self.hub.exchange.database.write() as connection:
            stands = exports.definition_by_id(connection, self.definition.definition_id)
            assert stands is not None
            self.definition = replace(stands, **values)
            exports.change_definition(connection, self.definition)

    def newest(self) -> BulkExport:
        """Give the newest export."""
        with self.hub.exchange.database.read() as connection:
            return bulk_exports.exports_of(connection, self.definition.definition_id, None, 1)[0]

    def later(self, time: timedelta = FIVE_MINUTES) -> BulkExport:
        """Let time pass, run, and let the mirror follow."""
        self.hub.clock.pass_time(time)
        export = self.run()
        self.follow()
        return export

    # --- what lies in the depot -----------------------------------------------------------------------------------------

    @property
    def depot(self) -> Any:
        """The depot."""
        return self.hub.exchange.depots[self.definition.target]

    @property
    def files(self) -> list[str]:
        """List everything that is there to be seen."""
        return list(self.depot.names(""))

    def manifest(self, number: int) -> Manifest | None:
        """Give the manifest that lies in the depot, verified; None if there is none."""
        with self.hub.exchange.database.read() as connection:
            export = bulk_exports.export_by_number(connection, self.definition.definition_id, number)
        if export is None:
            return None
        laid = content(self.depot, f"{folder_of(export, self.member.id)}/manifest.json")
        public = self.hub.exchange.keys.statements.public
        return open_manifest(json.loads(laid), {public.keyid: public}) if laid else None

    def lines(self, number: int, part: FilePart) -> list[dict[str, Any]]:
        """Give the lines of a part's files, as they lie there."""
        manifest = self.manifest(number)
        assert manifest is not None
        found = []
        for one in manifest.files:
            if one.part is part and "-attestations." not in one.name:
                folder = f"{self.member.id}/{self.definition.definition_id}/{number:08d}"
                stored = content(self.depot, f"{folder}/{one.name}")
                assert len(stored) == one.size
                plain = b"".join(decompressed([stored], self.definition.compression, MOST))
                found += [json.loads(line) | {"_sha256": hashlib.sha256(line).hexdigest()} for line in plain.splitlines()]
        return found

    def follow(self) -> None:
        """Let the mirror apply all exports that are there."""
        while (manifest := self.manifest(self.applied + 1)) is not None:
            self.applied += 1
            if not manifest.has_delta:
                self.held.clear()
            for part in (FilePart.DELTA,) if manifest.has_delta else (FilePart.SNAPSHOT,):
                self.held |= {one["_sha256"]: one for one in self.lines(self.applied, part)}
            for one in self.lines(self.applied, FilePart.TOMBSTONES):
                del self.held[one["content_sha256"]]

    def sees(self) -> set[str]:
        """Give the ids of what the definition's reader sees now, by paging."""
        reader = self.member.with_ceiling(self.member.reader(channel=Channel.EXPORT), self.definition.tlp_ceiling)
        return {one["id"] for one in self.member.pull(of=reader)[0]}

    @property
    def holds(self) -> set[str]:
        """Give the ids of what the mirror holds."""
        return {one["id"] for one in self.held.values()}


def define(member: Member, **given: Any) -> Exporting:
    """Define an export of a member, and put its work on the ledger."""
    usual = {
        "partner_id": member.id,
        "credential_id": member.principal.credential.credential_id,
        "compression": Compression.NONE,
        "purpose": Purpose.DETECTION,
        "tlp_ceiling": Tlp.AMBER,
        "snapshots": NIGHTLY,
        "deltas": EVERY_FIVE_MINUTES,
        "created_at": member.hub.clock.now,
    }
    made = definition(**usual | given)
    with member.hub.exchange.database.write() as connection:
        exports.add_definition(connection, made)
        put_on_ledger(connection, made, member.hub.clock.now)
    return Exporting(member, made)


def raw_key(text: str) -> bytes:
    """Give the bytes of a key in base64."""
    return base64.b64decode(text)


def on_disk(folder: Path) -> list[str]:
    """List every file below a folder, whatever its name."""
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
