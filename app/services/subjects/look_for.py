"""Looking for data about a person, once two persons agreed: what is stored of everybody, hidden or not, in bounded batches.

Owns the search as work of the ledger, which survives a kill at any point. First what the ids of observables give at once, then
each stored content by its number up to the last that there was at the approval, then what refers to what was found. Kept by
``tests/services/subjects/test_look_for.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.subject_request import FindingGround, SubjectRequest, SubjectState
from app.stix.observable_ids import CONTRIBUTING
from app.stix.selectors import ids_of, search_for
from app.storage import subjects, work
from app.storage.session import Connection

SUBJECT_LOOKUP = "subject-lookup"
_CONTENTS_AT_ONCE = 1_000


def begin(connection: Connection, request: SubjectRequest, now: datetime) -> None:
    """Let a look-up begin; what an earlier one found is looked for anew."""
    scan_to = subjects.newest_version_id(connection)
    looking = replace(request, state=SubjectState.LOOKING, scan_from=0, scan_to=scan_to, looked_up_at=None)
    subjects.save_request(connection, looking)
    subjects.forget_findings(connection, request.request_id)
    work.add_work(connection, SUBJECT_LOOKUP, {"request_id": request.request_id}, now)


def look_some(connection: Connection, payload: Mapping[str, Any], now: datetime) -> datetime | None:
    """Look through a batch; gives when to go on, None at the end."""
    request = subjects.request_by_id(connection, payload["request_id"])
    if request is None or request.state is not SubjectState.LOOKING:
        return None
    if request.scan_from == 0:
        _find_by_ids(connection, request)
    batch = subjects.contents_after(connection, request.scan_from, request.scan_to, _CONTENTS_AT_ONCE)
    search = search_for(request.selectors)
    stating = [version_id for version_id, content in batch if search.finds(content)]
    subjects.add_findings(connection, request.request_id, stating, FindingGround.CONTENT)
    if len(batch) == _CONTENTS_AT_ONCE:
        subjects.save_request(connection, replace(request, scan_from=batch[-1][0]))
        return now
    _find_what_refers(connection, request)
    done = replace(request, state=SubjectState.LOOKED_UP, scan_from=request.scan_to, looked_up_at=now)
    subjects.save_request(connection, done)
    return None


def _find_by_ids(connection: Connection, request: SubjectRequest) -> None:
    named = frozenset(stix_id for one in request.selectors for stix_id in ids_of(one))
    subjects.add_findings(connection, request.request_id, subjects.versions_under_ids(connection, named), FindingGround.ID)


def _find_what_refers(connection: Connection, request: SubjectRequest) -> None:
    """Find what refers to the selectors' own ids, and to observables that were found: not to a report that only mentions them."""
    named = {stix_id for one in request.selectors for stix_id in ids_of(one)}
    found = subjects.findings(connection, request.request_id)
    named |= subjects.observable_ids_of(connection, found, CONTRIBUTING)
    referring = subjects.referring_to(connection, named)
    subjects.add_findings(connection, request.request_id, referring, FindingGround.REFERENCE)
