"""What stands both in a table and in the log: agreements, recalls, answers, keys and approvals are what was logged of them last.

What a statement is about is read in its document (``said``): the column that it is filed under proves nothing.
Rows that are older than the first statement of the log are passed over: nothing was logged then but object versions. Kept by
``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.errors import BreakwaterError
from app.domain.object_vocabulary import RecallKind
from app.domain.partner import ExchangeKey, PartnerKey
from app.services.approval.decide import logged
from app.services.checking.findings import Findings
from app.services.checking.said import Said, document_of, gather
from app.services.proving.issue_directory import listed
from app.storage import approvals, credentials, key_directory, log, log_check, members
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.key_directory import entry
from breakwater_client.trust.log_leaf import LeafKind

_OF_A_KEY = ("keyid", "public_key", "algorithm", "usage", "owner", "state", "replaces")
_TIMES_OF_A_KEY = ("registered_at", "activated_at", "not_before", "not_after")
_OF_A_COMPROMISE = ("compromised_since", "reported_at")


@dataclass(slots=True)
class TwinCheck:
    """One pass over what stands twice."""

    connection: Connection
    findings: Findings
    count: int = 0
    _said: Said = field(default_factory=Said)

    def run(self) -> int:
        """Check all of it. Gives how many rows were compared."""
        self._agreements()
        self._recalls()
        self._answers()
        self._request_answers()
        self._approvals()
        self._keys()
        self._erasures()
        gather(self.connection, self.findings, LeafKind.BLANK)
        gather(self.connection, self.findings, LeafKind.DISCLOSURE_ROOT)
        gather(self.connection, self.findings, LeafKind.LOSS_ACCEPTED)
        return self.count

    def _agreements(self) -> None:
        self._said = gather(self.connection, self.findings, LeafKind.AGREEMENT_VERSION)
        seen = set()
        for row in log_check.agreement_rows(self.connection):
            subject = f"{row.partner_id}/{row.version}"
            seen.add(subject)
            document: dict[str, Any] = {
                "version": row.version,
                "starts_at": instant_text(row.starts_at),
                "ends_at": None if row.ends_at is None else instant_text(row.ends_at),
                "created_at": instant_text(row.created_at),
                "terms": json.loads(row.document),
                "document_digest": self._document_digest(row.envelope),
            }
            self._compare(f"agreement {subject}", subject, document, row.created_at)
        self._look_for_gone("agreement", seen)

    def _document_digest(self, envelope: str | None) -> str | None:
        """Give the digest of what an envelope's payload is; None without one, and what no digest is for what is none."""
        if envelope is None:
            return None
        try:
            return hashlib.sha256(base64.b64decode(json.loads(envelope)["payload"])).hexdigest()
        except (ValueError, KeyError, TypeError):
            return "none"

    def _recalls(self) -> None:
        self._said = gather(self.connection, self.findings, LeafKind.RECALL)
        seen = set()
        for row, indexes in log_check.recall_rows(self.connection):
            if row.kind == RecallKind.CONTEST:
                continue  # which has no leaf of its own
            seen.add(row.public_id)
            document = {
                "recall": row.public_id,
                "partner": row.owner_id,
                "reason": row.reason,
                "act": row.act,
                "withdrawn_at" if row.kind == RecallKind.WITHDRAWAL else "called_back_at": instant_text(row.recalled_at),
                "log_indexes": indexes,
            }
            self._compare(f"recall {row.public_id}", row.public_id, document, row.recalled_at)
        self._look_for_gone("recall", seen)

    def _answers(self) -> None:
        self._said = gather(self.connection, self.findings, LeafKind.RECALL_ANSWER)
        seen = set()
        for row in log_check.answer_rows(self.connection):
            seen.add(row.answer_id)
            document = {
                "answer": row.answer_id,
                "notice": row.notice_id,
                "partner": row.partner_id,
                "payload_digest": row.payload_digest.hex(),
                "signed": row.keyid is not None,
            }
            self._compare(f"notice_answer {row.answer_id}", row.answer_id, document, row.answered_at)
        self._look_for_gone("answer", seen)

    def _request_answers(self) -> None:
        """Compare the last answer of each who was asked; of a request that is gone, which its object's erasure does, nothing."""
        self._said = gather(self.connection, self.findings, LeafKind.REQUEST_ANSWER)
        last: dict[tuple[str, str], int] = {}
        for index in sorted(self._said.last.values()):
            said = self._document(index)
            last[str(said.get("request")), str(said.get("partner"))] = index
        for row in log_check.request_answer_rows(self.connection):
            where = f"partner_request_party {row.request_id}/{row.partner_id}"
            at = last.pop((row.request_id, row.partner_id), None)
            answered_at = None if row.answered_at is None else instant_text(row.answered_at)
            if at is not None:
                document = {"asker": row.owner_id, "outcome": row.outcome, "recorded_at": answered_at}
                self._judge(where, document, self._document(at))
            elif answered_at is not None:
                self.findings.add(where, "was never logged")
            if row.log_index != at:
                self.findings.add(where, "names another leaf than its own")
        kept = log_check.request_ids(self.connection) if last else set()
        for request_id, partner_id in sorted(last):
            if request_id in kept:
                self.findings.add(f"partner_request_party {request_id}/{partner_id}", "was logged and is gone")

    def _approvals(self) -> None:
        self._said = gather(self.connection, self.findings, LeafKind.APPROVAL)
        seen = set()
        for approval_id in log_check.settled_approval_ids(self.connection):
            seen.add(approval_id)
            row = approvals.approval_by_id(self.connection, approval_id)
            if row is not None:
                decided = row.decided_at or row.proposed_at
                self._compare(f"approval {approval_id}", approval_id, logged(row), decided)
        self._look_for_gone("approval", seen)

    def _erasures(self) -> None:
        self._said = gather(self.connection, self.findings, LeafKind.ERASURE)
        recorded = {index: subject for subject, index in self._said.last.items()}
        seen = set()
        for index, rows in log_check.erased_by_leaf(self.connection):
            if index is None:
                for row in rows:
                    self.findings.add(f"erased_version {row.version_id}", "was never logged")
                continue
            where, subject = f"erased_version of log index {index}", recorded.get(index)
            if subject is None:
                self.findings.add(where, "names a leaf that records no erasure")
                continue
            seen.add(subject)
            row = {"reason": rows[0].reason, "log_indexes": [one.log_index for one in rows]}
            self._judge(where, row, self._document(index))
        self._look_for_gone("erasure", seen)

    def _keys(self) -> None:
        self._said = gather(self.connection, self.findings, LeafKind.KEY_EVENT)
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
        self._look_for_gone("key", seen)

    def _key(self, where: str, key: PartnerKey | ExchangeKey, owner: str) -> None:
        index = self._said.last.get(key.keyid)
        if index is None:
            self._unlogged(where, key.registered_at)
            return
        at = log_check.recorded_at(self.connection, index) or key.changed_at
        try:
            now = entry(listed(key, owner, at))
        except BreakwaterError:
            self.findings.add(where, "is no key")
            return
        then = self._document(index).get("key", {})
        names = (*_OF_A_KEY, *_TIMES_OF_A_KEY, *_OF_A_COMPROMISE)
        self._judge(where, {name: now[name] for name in names}, then)

    def _compare(self, where: str, subject: str, row: Mapping[str, Any], made_at: datetime) -> None:
        index = self._said.last.get(subject)
        if index is None:
            self._unlogged(where, made_at)
        else:
            self._judge(where, row, self._document(index))

    def _document(self, index: int) -> Mapping[str, Any]:
        statement = log.statement_at(self.connection, index)
        return {} if statement is None else document_of(statement)

    def _judge(self, where: str, row: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        self.count += 1
        differing = sorted(name for name, value in row.items() if said.get(name) != value)
        if differing:
            self.findings.add(where, f"is not what was logged: {', '.join(differing)}")

    def _unlogged(self, where: str, made_at: datetime) -> None:
        """Name a row that should have been logged: with the first statement of its kind logged, all later ones are."""
        first = self._said.first
        begun = None if first is None else log_check.recorded_at(self.connection, first)
        if first == 0 or (begun is not None and made_at >= begun):
            self.findings.add(where, "was never logged")

    def _look_for_gone(self, table: str, seen: set[str]) -> None:
        for subject in sorted(self._said.last.keys() - seen):
            self.findings.add(f"{table} {subject}", "was logged and is gone")
