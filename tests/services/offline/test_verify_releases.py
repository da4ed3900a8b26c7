"""Verifying releases offline: each step both ways, the chain, the log's proof, and the whole catalogue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.cli.faults import ExitCode
from app.cli.verify_report import exit_code, report, tell
from app.domain.catalogue_release import Changes, following_release
from app.domain.errors import Code
from app.services.cataloguing.founding import founding
from app.services.offline.recognise_file import FileKind, kind_of
from app.services.offline.verify_files import Findings, Trust, verify_files
from app.services.offline.verify_releases import verify_releases
from app.stix.catalogue_documents import catalogue_document
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import sign_envelope
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import FailedStepError
from breakwater_client.verifying.verdicts import Level
from breakwater_client.verifying.verify_checkpoints import LogKeys
from tests.factories.policy_values import NOW
from tests.factories.small_logs import EXCHANGE, SmallLog, raw

KEY, OTHER_KEY = PrivateKey.generate(), PrivateKey.generate()
KEYS = [ExchangeKey(KEY.public)]
MOMENT = "2026-03-01T12:00:00.000000Z"
CATALOGUE = catalogue_document(founding())
SECOND = catalogue_document(following_release(founding(), Changes(), founding().released_at + timedelta(days=1)))
CELL = {"measure": "adopted", "surface": "live-stream", "behaviour": None, "countermeasure": "CM-007", "organisations": 5}


def digest_of(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def stated(catalogue: Mapping[str, Any] = CATALOGUE, previous: str | None = None, **changes: Any) -> dict[str, Any]:
    said = {"type": "catalogue-release", "exchange": EXCHANGE, "release": catalogue["release"], "digest": digest_of(catalogue)}
    return said | {"previous": previous, "created_at": MOMENT} | changes


def counts(number: int = 1, previous: str | None = None, **changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"type": "prevention-release", "exchange": EXCHANGE, "number": number, "previous": previous}
    said |= {"created_at": MOMENT, "reports_since": MOMENT, "catalogue_release": 1, "rule": {}, "cells": [CELL]}
    return said | changes


def signed(document: Any, key: PrivateKey = KEY, kind: PayloadType | None = None) -> dict[str, Any]:
    of_counts = isinstance(document, dict) and document.get("type") == "prevention-release"
    usual = PayloadType.PREVENTION_RELEASE if of_counts else PayloadType.CATALOGUE_RELEASE
    return sign_envelope(kind or usual, canonical_bytes(document), key)


def listed(*documents: dict[str, Any]) -> dict[str, Any]:
    beside = (
        {name: one[name] for name in ("release", "digest")} | {"log_index": 7, "envelope": signed(one)} for one in documents
    )
    return {"releases": list(beside)}


def answer(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    beside = {name: document[name] for name in ("number", "reports_since", "catalogue_release", "cells")}
    return beside | {"released_at": document["created_at"], "log_index": 7, "envelope": signed(document)} | changes


def verified(*values: Any, **trust: Any) -> Findings:
    return verify_files({f"{number}.json": raw(one) for number, one in enumerate(values)}, Trust(statements=KEYS, **trust))


FOLLOWING = stated(SECOND, digest_of(CATALOGUE))


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (signed(stated()), [1]),
        (listed(stated(), FOLLOWING), [1, 2]),
        (signed(counts()), [1]),
        (answer(counts(2, "ab")), [2]),
        (answer(counts(cells=[CELL] * 2_000)), [1]),
    ],
)
def test_what_the_exchange_signed_is_verified(value: dict[str, Any], numbers: list[int]) -> None:
    assert kind_of(raw(value)) is FileKind.RELEASES
    assert [one.number for one in verify_releases(raw(value), KEYS, EXCHANGE)] == numbers
    found = verified(value)
    assert not found.failed
    assert {one.level for _, one in found.releases} == {Level.SIGNED}
    assert verify_files({"a": raw(value)}, Trust()).failed, "nobody's key is trusted"


@pytest.mark.parametrize(
    ("value", "step"),
    [
        ({"releases": []}, 1),
        ({"releases": [{}]}, 1),
        (signed(stated(), kind=PayloadType.RECEIPT), 1),
        (signed(stated(), key=OTHER_KEY), 2),
        (signed(stated()) | {"payload": signed(stated(release=2))["payload"]}, 3),
        (signed(stated(more=1)), 4),
        (signed(counts(number="1")), 4),
        (signed(stated(previous=1)), 4),
        (signed(stated(exchange="another")), 4),
        (signed(counts(), kind=PayloadType.CATALOGUE_RELEASE), 4),
        (sign_envelope(PayloadType.CATALOGUE_RELEASE, json.dumps(stated()).encode(), KEY), 4),
        (answer(counts(), cells=[]), 4),
        (answer(counts(), number=2), 4),
    ],
)
def test_what_it_did_not_sign_fails_at_its_step(value: Any, step: int) -> None:
    with pytest.raises(FailedStepError) as caught:
        verify_releases(raw(value), KEYS, EXCHANGE)
    assert caught.value.number == step


@pytest.mark.parametrize(
    "values",
    [
        (signed(stated()), signed(stated(digest="00" * 32))),
        (signed(counts()), signed(counts(cells=[]))),
        (signed(stated()), signed(stated(SECOND, "00" * 32))),
        (signed(counts(2, "00" * 32)), signed(counts())),
    ],
)
def test_two_of_one_number_and_a_broken_chain_are_a_fork(values: tuple[Any, ...]) -> None:
    found = verified(*values)
    assert found.failed_with(Code.RELEASE_FORKED)
    assert [one.step for one in found.failures] == [5]
    assert exit_code(found) is ExitCode.FORKED


def test_a_release_that_follows_the_one_before_it_says_so() -> None:
    found = verified(signed(counts(2, digest_of(counts()))), signed(counts()))
    assert [(one.number, one.follows) for _, one in found.releases] == [(2, True), (1, False)]


def test_a_document_of_the_catalogue_is_the_one_that_was_signed() -> None:
    assert kind_of(raw(CATALOGUE)) is FileKind.CATALOGUE
    found = verified(CATALOGUE, SECOND, listed(stated(), FOLLOWING))
    assert [one.number for _, one in found.catalogues] == [1, 2]
    assert not found.failed


def without_the_first(catalogue: dict[str, Any]) -> dict[str, Any]:
    return catalogue | {"countermeasures": catalogue["countermeasures"][1:]}


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ([CATALOGUE], 2),
        ([SECOND, listed(stated())], 2),
        ([CATALOGUE | {"release": 7}, signed(stated(CATALOGUE | {"release": 7}, release=8))], 3),
        ([CATALOGUE | {"phases": {"x": ""}}, signed(stated(CATALOGUE | {"phases": {"x": ""}}))], 3),
        (
            [CATALOGUE, without_the_first(SECOND), listed(stated(), stated(without_the_first(SECOND), digest_of(CATALOGUE)))],
            3,
        ),
    ],
)
def test_another_document_is_none(values: list[Any], step: int) -> None:
    found = verified(*values)
    assert [(one.kind, one.step) for one in found.failures] == [(FileKind.CATALOGUE, step)]
    assert exit_code(found) is ExitCode.REFUSED


OF_COUNTS = {"release": 1, "document": counts(), "recorded_at": MOMENT}
OF_A_CATALOGUE = stated() | {"recorded_at": MOMENT}


@pytest.mark.parametrize(
    ("value", "kind", "document", "level"),
    [
        (signed(counts()), LeafKind.PREVENTION_RELEASE, OF_COUNTS, Level.LOGGED),
        (signed(stated()), LeafKind.CATALOGUE_RELEASE, OF_A_CATALOGUE, Level.LOGGED),
        (signed(counts(cells=[])), LeafKind.PREVENTION_RELEASE, OF_COUNTS, Level.SIGNED),
        (signed(stated()), LeafKind.RECALL, OF_A_CATALOGUE, Level.SIGNED),
    ],
)
def test_a_proof_of_exactly_this_release_makes_it_logged(
    value: Any, kind: LeafKind, document: dict[str, Any], level: Level
) -> None:
    log = SmallLog().fill(3)
    index = log.add(digest_of(document), kind)
    proof = {"document": document, "proof": log.proof(index, note=log.checkpoint(at=NOW))}
    keys = LogKeys([ExchangeKey(log.key.public)])
    found = verified(value, proof, log=keys)
    assert [one.level for _, one in found.releases] == [level]
    asked = verified(value, proof, log=keys, level=Level.LOGGED)
    assert asked.failed == (level is Level.SIGNED)
    assert [(one.kind, one.step) for one in asked.failures] == ([(FileKind.RELEASES, 6)] if asked.failed else [])


def test_people_are_told_of_each_release(capsys: pytest.CaptureFixture[str]) -> None:
    found = verified(CATALOGUE, listed(stated(), FOLLOWING), answer(counts()))
    document = report(found, Trust(), steps=True)
    assert [one["level"] for one in document["releases"]] == ["signed"] * 3
    told: Callable[[dict[str, Any]], None] = tell
    told(document)
    said = capsys.readouterr().out
    assert "release 1 of the catalogue, exactly as it was signed" in said
    assert "which follows release 1 here" in said
    assert "How releases are verified" in said
