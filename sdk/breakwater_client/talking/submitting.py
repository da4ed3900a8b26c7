"""Submitting objects, each told apart: stored, stored already, or refused and why.

Owns the order (markings before all that may name them) and the requests; answers and receipts are ``submission_answers``'. The
same objects submitted again after an interruption are answered as before and not stored twice. Objects go as they are: sign them
before. Kept by ``tests/client/talking/test_submitting.py``.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakwater_client.documents.read_object_file import object_line
from breakwater_client.documents.strict_json import parse
from breakwater_client.errors import BreakwaterError, Code, MalformedInputError
from breakwater_client.submission import Refusal, ResultStatus
from breakwater_client.talking.connection import Connection, Request
from breakwater_client.talking.packing import MOST_OBJECTS_ATOMIC, Packed, pack, why_too_large, why_unreadable
from breakwater_client.talking.submission_answers import check_answer

_MARKING = "marking-definition"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one object. ``number`` is its place in what was given, from 0; ``refusal`` is set where it was refused.

    ``version`` and ``log_index`` are the exchange's word, which its receipt states too; ``payload_digest`` (hexadecimal) is that
    of what was sent.
    """

    number: int
    stix_id: str | None
    status: ResultStatus
    refusal: Refusal | None = None
    version: str | None = None
    payload_digest: str | None = None
    log_index: int | None = None
    submission_id: str | None = None
    narrowed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sending:
    """How objects are sent: all or none (``atomic``), to a sharing group (id), with receipts kept in a folder.

    ``fresh`` asks anew about what was answered before: right where a refusal had its cause on the exchange's side.
    """

    atomic: bool = False
    group: uuid.UUID | None = None
    receipts: Path | None = None
    fresh: bool = False

    @property
    def query(self) -> dict[str, str]:
        """Give what the request says beside its body."""
        return ({"atomic": "true"} if self.atomic else {}) | ({} if self.group is None else {"group": str(self.group)})


def submit(connection: Connection, objects: Iterable[Mapping[str, Any]], how: Sending | None = None) -> Iterator[Outcome]:
    """Submit objects in requests of up to 1,000, and give what became of each, request by request, as answers come.

    Markings are sent, and told, first. What no request could carry is told as refused and not sent.

    Raises:
        MalformedInputError: ``atomic``, and they do not go into one request.
        ExchangeError: the exchange refuses a whole request, stays away, or gives no such answer; what was told before is done.
        UntrustedSignatureError: it gave a receipt that is not of what was sent, or another one under the id of one that was kept
            before.
    """
    how = how or Sending()
    ordered = sorted(enumerate(objects), key=lambda one: one[1].get("type") != _MARKING)
    parts = pack((_packable(number, value) for number, value in ordered), atomic=how.atomic)
    if how.atomic:
        parts = iter([_only(list(parts))])
    if how.receipts is not None:
        how.receipts.mkdir(parents=True, exist_ok=True)
    for part in parts:
        answer = None if part.is_empty else _send(connection, part.body, _key(part, how), how)
        yield from _outcomes(part.origins, answer)


@dataclass(frozen=True, slots=True)
class _Given:
    number: int
    stix_id: str | None
    refusal: Refusal | None


def _packable(number: int, value: Mapping[str, Any]) -> tuple[_Given, bytes | None]:
    stix_id = value.get("id")
    content, refusal = _content(dict(value))
    return _Given(number, stix_id if isinstance(stix_id, str) else None, refusal), content


def _content(value: dict[str, Any]) -> tuple[bytes | None, Refusal | None]:
    """Give the content of an object, or why it cannot be sent: what is no JSON as the exchange reads it would cost all others."""
    try:
        content = object_line(value)
    except MalformedInputError as fault:
        return None, Refusal(fault.code, fault.sentence, _place_of_what_is_no_json(value))
    unfit = why_too_large(content) or why_unreadable(content)
    return (content, None) if unfit is None else (None, Refusal.of(unfit))


def _place_of_what_is_no_json(value: dict[str, Any]) -> str | None:
    """Give the pointer of the first value without a JSON form; None for a key, or what has no end."""
    try:
        parse(json.dumps(value, default=lambda _: math.nan).encode())
    except BreakwaterError as fault:
        return fault.pointer
    except (TypeError, ValueError, RecursionError):
        return None
    return None


def _only(parts: list[Any]) -> Any:
    if len(parts) != 1 or any(one.refusal for one in parts[0].origins):
        raise MalformedInputError(f"Atomic are 1 to {MOST_OBJECTS_ATOMIC} objects of 15 MiB together, each fit to be sent.")
    return parts[0]


def _key(part: Packed[Any], how: Sending) -> str:
    return str(uuid.uuid4()) if how.fresh else part.key_of(how.group, atomic=how.atomic)


def _send(connection: Connection, body: bytes, idempotency_key: str, how: Sending) -> dict[str, Any]:
    answer: dict[str, Any] = connection.send(Request("POST", "/submissions", how.query, body, idempotency_key))
    check_answer(body, answer, how.receipts)
    return answer


def _outcomes(given: Sequence[_Given], answer: Mapping[str, Any] | None) -> Iterator[Outcome]:
    told = iter(answer["results"] if answer else ())
    for one in given:
        if one.refusal is not None:
            yield Outcome(one.number, one.stix_id, ResultStatus.REFUSED, one.refusal)
        else:
            yield _outcome(one, next(told), None if answer is None else str(answer.get("id")))


def _outcome(given: _Given, result: Mapping[str, Any], submission_id: str | None) -> Outcome:
    status = ResultStatus(result["status"])
    refusal = None
    if status is ResultStatus.REFUSED:
        told, place = result.get("code"), str(result.get("refusal_pointer") or "").removeprefix(str(result.get("pointer") or ""))
        code = Code(told) if told in set(Code) else Code.REQUEST_INVALID
        refusal = Refusal(code, str(result.get("detail") or ""), place)
    return Outcome(
        number=given.number,
        stix_id=given.stix_id,
        status=status,
        refusal=refusal,
        version=result.get("version"),
        payload_digest=result.get("payload_digest"),
        log_index=result.get("log_index"),
        submission_id=submission_id,
        narrowed_by=tuple(result.get("narrowed_by", ())),
    )
