"""``breakwater log check``: everything that the log commits to, recomputed from the rows, and what is signed beside it.

Owns the order of the parts and what is told at the end; ``docs/cli.md`` lists what is not looked at. Reads one snapshot, and all
of it; writes nothing. What it cannot find: rows added by somebody who holds the exchange's keys, and a whole older state
(``proving.kept_checkpoint``). Kept by ``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.vocabulary import KeyUsage
from app.services.checking.check_directory import check_directories
from app.services.checking.check_files import check_files, read_files
from app.services.checking.check_leaves import LeafCheck
from app.services.checking.check_ledger import LedgerCheck
from app.services.checking.check_published import PublishedCheck
from app.services.checking.check_twins import TwinCheck
from app.services.checking.check_versions import VersionCheck
from app.services.checking.findings import Finding, Findings
from app.services.checking.known_keys import known_keys
from app.services.exchange import Exchange
from app.storage import counter, log_check, members
from breakwater_client.trust.checkpoint import log_origin


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, by table, and all that does not fit."""

    tree_size: int
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]


def tree_size(exchange: Exchange) -> int:
    """Give how many leaves there are to look at."""
    with exchange.database.read() as connection:
        return log_check.tree_size(connection)


def check_log(exchange: Exchange, advance: Callable[[int], None] = lambda _count: None) -> Checked:
    """Recompute everything. ``advance`` is told of leaves that were looked at.

    Raises:
        UnavailableError: the database is away, or was never initialised.
    """
    findings = Findings(advance)
    files = read_files(exchange, findings)
    with exchange.database.read() as connection:
        home = members.this_exchange(connection)
        known = known_keys(connection, exchange.keys, findings, home.exchange_id)
        versions = VersionCheck(connection, findings, known)
        checkpoint_keys = tuple(known.by_use[KeyUsage.CHECKPOINT_SIGNING].values())
        leaves = LeafCheck(connection, findings, log_origin(home.exchange_id), checkpoint_keys, versions)
        size = leaves.run()
        counts = dict(leaves.counts)
        if counter.read_order(connection).log_index + 1 != size:
            findings.add("position_counter 1", "does not go on from the end of the log")
        counts["handling_class"] = versions.classes()
        counts["disclosure"] = LedgerCheck(connection, findings).run()
        counts["key_directory"] = check_directories(connection, findings, known)
        counts["published"] = PublishedCheck(connection, findings, known).run()
        counts["logged rows"] = TwinCheck(connection, findings).run()
        key = exchange.keys.checkpoints.public
        counts["files outside"] = check_files(connection, findings, files, log_origin(home.exchange_id), key)
    return Checked(size, counts, tuple(findings.found))
