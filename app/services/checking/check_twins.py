"""What stands both in a table and in the log: agreements, recalls, keys and approvals are what was logged of them last.

Rows that are older than the first statement of the log are passed over: nothing was logged then but object versions. Kept by
``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.crypto.key_directory import entry
from app.crypto.log_leaf import LeafKind
from app.domain.errors import BreakwaterError
from app.domain.instant import instant_text
from app.domain.partner import ExchangeKey, PartnerKey
from app.services.approval.decide import logged
from app.services.checking.findings import Findings
from app.services.proving.issue_directory import listed
from app.storage import approvals, credentials, key_directory, log, log_check, members
from app.storage.log import Statement
from app.storage.session import Connection

_OF_A_KEY = ("keyid", "public_key", "algorithm", "usage", "state", "replaces", "not_before", "not_after")
_OF_A_COMPROMISE = ("compromised_since", "reported_at")


@dataclass(slots=True)
class TwinCheck:
    """One pass over what stands twice."""

    connection: Connection
    findings: Findings
    count: int = 0
    _begun: dict[str, datetime | None] = field(default_factory=dict)

    def run(self) -> int:
        """Check all of it. Gives how many rows were compared."""
        self._agreements()
        self._recalls()
        self._approvals()
        self._keys()
        return self.count

    def _agreements(self) -> None:
        seen = set()
        for row in log_check.agreement_rows(self.connection):
            subject = f"{row.partner_id}/{row.version}"
            seen.add(subject)
            document = {
                "version": row.version,
                "starts_at": instant_text(row.starts_at),
                "ends_at": None if row.ends_at is None else instant_text(row.ends_at),
                "created_at": instant_text(row.created_at),
                "terms": json.loads(row.document),
            }
            self._compare(LeafKind.AGREEMENT_VERSION, f"agreement {subject}", subject, document, row.created_at)
        self._look_for_gone(LeafKind.AGREEMENT_VERSION, "agreement", seen)

    def _recalls(self) -> None:
        seen = set()
        for row, indexes in log_check.recall_rows(self.connection):
            seen.add(row.public_id)
            document = {
                "recall": row.public_id,
                "partner": row.owner_id,
                "reason": row.reason,
                "act": row.act,
                "withdrawn_at": instant_text(row.recalled_at),
                "log_indexes": indexes,
            }
            self._compare(LeafKind.RECALL, f"recall {row.public_id}", row.public_id, document, row.recalled_at)
        self._look_for_gone(LeafKind.RECALL, "recall", seen)

    def _approvals(self) -> None:
        seen = set()
        for approval_id in log_check.settled_approval_ids(self.connection):
            seen.add(approval_id)
            row = approvals.approval_by_id(self.connection, approval_id)
            if row is not None:
                decided = row.decided_at or row.proposed_at
                self._compare(LeafKind.APPROVAL, f"approval {approval_id}", approval_id, logged(row), decided)
        self._look_for_gone(LeafKind.APPROVAL, "approval", seen)

    def _keys(self) -> None:
        home = members.this_exchange(self.connection)
        seen = set()
        owners = {one.partner_id: one.identity_id for one in members.partners(self.connection)}
        known: list[tuple[str, PartnerKey | ExchangeKey, str]] = [
            *(("partner_key", one, owners.get(one.partner_id, "")) for one in credentials.keys(self.connection, None)),
            *(("exchange_key", one, home.identity_id) for one in key_directory.exchange_keys(self.connection)),
        ]
        for table, key, owner in known:
            seen.add(key.keyid)
            self._key(f"{table} {key.keyid}", key, owner)
        self._look_for_gone(LeafKind.KEY_EVENT, "key", seen)

    def _key(self, where: str, key: PartnerKey | ExchangeKey, owner: str) -> None:
        said = self._last(LeafKind.KEY_EVENT, key.keyid)
        if said is None:
            self._unlogged(LeafKind.KEY_EVENT, where, key.registered_at)
            return
        at = log_check.recorded_at(self.connection, said.log_index) or key.changed_at
        try:
            now = entry(listed(key, owner, at))
        except BreakwaterError:
            self.findings.add(where, "is no key")
            return
        then = _document(said).get("key", {})
        names = (*_OF_A_KEY, *_OF_A_COMPROMISE, "owner")
        self._judge(where, {name: now[name] for name in names}, then)

    def _compare(self, kind: LeafKind, where: str, subject: str, row: Mapping[str, Any], made_at: datetime) -> None:
        said = self._last(kind, subject)
        if said is None:
            self._unlogged(kind, where, made_at)
        else:
            self._judge(where, row, _document(said))

    def _judge(self, where: str, row: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        self.count += 1
        differing = sorted(name for name, value in row.items() if said.get(name) != value)
        if differing:
            self.findings.add(where, f"is not what was logged: {', '.join(differing)}")

    def _last(self, kind: LeafKind, subject: str) -> Statement | None:
        found = log.statements(self.connection, kind, subject)
        return found[-1] if found else None

    def _unlogged(self, kind: LeafKind, where: str, made_at: datetime) -> None:
        """Name a row that should have been logged: with the first statement of its kind logged, all later ones are."""
        if kind not in self._begun:
            first = next(log_check.all_statements(self.connection, kind), None)
            at = None if first is None else log_check.recorded_at(self.connection, first.log_index)
            self._begun[kind] = datetime.min.replace(tzinfo=made_at.tzinfo) if first is not None and first.log_index == 0 else at
        begun = self._begun[kind]
        if begun is not None and made_at >= begun:
            self.findings.add(where, "was never logged")

    def _look_for_gone(self, kind: LeafKind, table: str, seen: set[str]) -> None:
        gone = {one.subject for one in log_check.all_statements(self.connection, kind)} - seen
        for subject in sorted(gone):
            self.findings.add(f"{table} {subject}", "was logged and is gone")


def _document(statement: Statement) -> Mapping[str, Any]:
    try:
        found = json.loads(statement.document)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
