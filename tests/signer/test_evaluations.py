"""Evaluating within a budget."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.crypto import oprf
from app.crypto.oprf import EvaluationKey
from app.domain.errors import ExhaustedError, MalformedInputError, UnavailableError
from app.domain.overlap import MOST_AT_ONCE
from app.signer.evaluations import Evaluations, evaluation_message, open_evaluations, read_evaluation_message
from app.signer.spending_memory import SpendingMemory
from tests.crypto.test_ristretto import HOSTILE

PARTNER = str(uuid.UUID(int=1))
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SENT = [oprf.blind(bytes([number])).element for number in range(3)]


def desk(folder: Path, per_day: int = 5) -> Evaluations:
    return Evaluations(EvaluationKey.generate(), SpendingMemory(folder / "overlap.spent", per_day), lambda: NOW)


def test_what_is_evaluated_is_proved(tmp_path: Path) -> None:
    evaluations = desk(tmp_path)
    oprf.verify(evaluations.public, SENT, evaluations.evaluate(PARTNER, SENT))


def test_beyond_the_budget_nothing_is_evaluated_until_the_next_day(tmp_path: Path) -> None:
    evaluations = desk(tmp_path)
    evaluations.evaluate(PARTNER, SENT)
    with pytest.raises(ExhaustedError) as refusal:
        evaluations.evaluate(PARTNER, SENT)
    assert refusal.value.retry_after_seconds == 12 * 3600
    evaluations.evaluate(PARTNER, SENT[:2])


@pytest.mark.parametrize("encoding", HOSTILE)
def test_what_is_no_element_spends_nothing(tmp_path: Path, encoding: str) -> None:
    evaluations = desk(tmp_path, 1)
    with pytest.raises(MalformedInputError):
        evaluations.evaluate(PARTNER, [bytes.fromhex(encoding)])
    evaluations.evaluate(PARTNER, SENT[:1])


def test_none_too_many_and_nobodys_are_refused(tmp_path: Path) -> None:
    evaluations = desk(tmp_path, 1_000)
    for partner, elements in ((PARTNER, []), (PARTNER, SENT[:1] * (MOST_AT_ONCE + 1)), ("nobody", SENT)):
        with pytest.raises(MalformedInputError):
            evaluations.evaluate(partner, elements)


def test_without_its_memory_nothing_is_evaluated(tmp_path: Path) -> None:
    evaluations = desk(tmp_path)
    (tmp_path / "overlap.spent").write_text("spoilt")
    with pytest.raises(UnavailableError):
        evaluations.evaluate(PARTNER, SENT)


def test_the_key_of_a_file_evaluates_and_without_one_nobody_does(tmp_path: Path) -> None:
    key = EvaluationKey.generate()
    opened = open_evaluations(key.private, tmp_path / "overlap.spent", 5)
    assert opened is not None
    assert opened.public == key.public
    assert base64.b64encode(key.private).decode() not in repr(opened)
    assert open_evaluations(None, tmp_path / "overlap.spent", 5) is None
    with pytest.raises(MalformedInputError):
        open_evaluations(bytes(32), tmp_path / "overlap.spent", 5)


def test_a_message_is_read_as_it_was_sent() -> None:
    assert read_evaluation_message(evaluation_message(PARTNER, SENT)) == (PARTNER, SENT)
    assert read_evaluation_message(b"short") == ("short", [])
    assert read_evaluation_message(evaluation_message(PARTNER, SENT) + b"x")[1] == [*SENT, b"x"]
    with pytest.raises(MalformedInputError):
        evaluation_message(PARTNER, [b"x"])
