"""The versions of the key directory: in sequence from the first, each signed with a directory key of the exchange.

A version that is owed has no envelope, and nothing to look at. What is listed in one was read from keys, which are compared with
the log. Kept by ``tests/services/checking/test_check_log.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.errors import BreakwaterError
from app.domain.vocabulary import KeyUsage
from app.services.checking.findings import Findings
from app.services.checking.known_keys import KnownKeys
from app.storage import ledger_check
from app.storage.session import Connection
from breakwater_client.instant import instant_text
from breakwater_client.trust.envelope import open_jointly
from breakwater_client.trust.keys import PublicKey
from breakwater_client.trust.payload_type import PayloadType


def check_directories(connection: Connection, findings: Findings, keys: KnownKeys) -> int:
    """Check all versions. Gives how many there are."""
    count, expected, own = 0, 1, keys.by_use[KeyUsage.DIRECTORY_SIGNING]
    for row in ledger_check.all_directories(connection):
        where = f"key_directory {row.version}"
        if row.version != expected:
            findings.add(where, "does not follow the version before it")
        count, expected = count + 1, row.version + 1
        if row.envelope is None:
            continue
        signed = _opened(row.envelope, own)
        if signed is None:
            findings.add(where, "is not signed by a directory key of this exchange")
            continue
        document, keyids = signed
        stands = {
            "exchange": keys.exchange_id,
            "version": row.version,
            "issued_at": instant_text(row.issued_at),
            "expires_at": instant_text(row.expires_at),
        }
        differing = sorted(name for name, value in stands.items() if document.get(name) != value)
        if row.keyid not in keyids:
            differing.append("keyid")
        if differing:
            findings.add(where, f"is not what was signed: {', '.join(differing)}")
    return count


def _opened(text: str, own: Mapping[str, PublicKey]) -> tuple[Mapping[str, Any], frozenset[str]] | None:
    try:
        signed = open_jointly(json.loads(text), PayloadType.KEY_DIRECTORY, own)
        document = json.loads(signed.payload)
    except (BreakwaterError, ValueError, AttributeError, TypeError, KeyError):
        return None
    return (document, signed.keyids) if isinstance(document, dict) else None
