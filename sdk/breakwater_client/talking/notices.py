"""Notices of recalls that are addressed to you, and answering them with a signature.

Owns paging through them and what an answer says; its document is ``signing.acknowledgement``'s. That a notice in the feed is the
exchange's own is shown by ``verifying``. Kept by ``tests/client/talking/test_notices.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from breakwater_client.errors import MalformedInputError
from breakwater_client.instant import instant_text
from breakwater_client.object_vocabulary import ContestOutcome, HeldBasis, RecallKind, RecallOutcome
from breakwater_client.signing.acknowledgement import Acknowledgement, read_outcomes, sign_acknowledgement
from breakwater_client.talking.addresses import segment
from breakwater_client.talking.answers import Progress, member, objects_in
from breakwater_client.talking.connection import Connection
from breakwater_client.trust.keys import SigningKey

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Done:
    """What was done with what a notice calls back. What is held has a ``basis`` and ``until`` (aware), and nothing else has.

    ``stix_ids``: with versions of these objects alone; empty: with all that the notice names.
    """

    outcome: RecallOutcome | ContestOutcome
    basis: HeldBasis | None = None
    until: datetime | None = None
    stix_ids: Sequence[str] = ()


def notices(connection: Connection, *, only_open: bool = True, partner_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Give the notices addressed to the caller, oldest first: those that are to be answered still, or all.

    ``partner_id``: of staff alone, those addressed to this partner. Raises ``ExchangeError``.
    """
    following: str | None = None
    has_more, progress = True, Progress(None)
    while has_more:
        asked = {"open": "true" if only_open else None, "partner_id": partner_id, "limit": _PAGE, "next": following}
        page = connection.get("/notices", **asked)
        given, has_more = objects_in(page, "notices"), member(page, "more", bool)
        if has_more:
            following = member(page, "next", str)
            progress.check(following, count=len(given), more=has_more)
        yield from given


def answer_notice(
    connection: Connection, notice: Mapping[str, Any], done: Done | Mapping[str, Done], key: SigningKey
) -> dict[str, Any]:
    """Answer a notice, as ``notices`` gives it, signed with a key of its recipient; gives the notice as it is then.

    ``done`` is one for all, or one for each object by its id: those that it does not name are not answered. Answer again when
    that changes: the newest answer counts.

    Raises:
        MalformedInputError: the notice names nothing under these ids, or this is no answer to its kind.
        ExchangeError: the exchange refuses or stays away.
    """
    stated = [line for one in notice["versions"] for line in _lines_of(one, done)]
    if not stated:
        raise MalformedInputError("The notice calls back nothing under these ids.")
    now = datetime.now(UTC)
    lines = read_outcomes(stated, RecallKind(notice["kind"]), now)
    envelope = sign_acknowledgement(Acknowledgement(notice["id"], notice["partner_id"], now, lines), key)
    answered = connection.post(f"/notices/{segment(notice['id'])}/acknowledgements", envelope)
    return member({"notice": answered}, "notice", dict)


def _lines_of(version: Mapping[str, Any], done: Done | Mapping[str, Done]) -> list[dict[str, Any]]:
    one = done if isinstance(done, Done) else done.get(version["stix_id"])
    if one is None or (one.stix_ids and version["stix_id"] not in one.stix_ids):
        return []
    return outcome_lines([version], one)


def outcome_lines(versions: Sequence[Mapping[str, Any]], done: Done) -> list[dict[str, Any]]:
    """Give an answer's lines for versions as a notice names them."""
    held = {} if done.basis is None else {"basis": done.basis.value}
    held |= {} if done.until is None else {"until": instant_text(done.until)}
    return [{"stix_id": one["stix_id"], "version": one["version"], "outcome": done.outcome.value} | held for one in versions]
