"""Evaluations by a signer at the other end of a real socket."""

from __future__ import annotations

import logging
import uuid
from pathlib import Path

import pytest

from app.crypto import oprf
from app.domain.errors import ExhaustedError, MalformedInputError, SignerRefusedError, UnavailableError
from app.domain.vocabulary import KeyUsage
from app.signer.client import SignerClient
from app.signer.remote_evaluator import RemoteEvaluator, read_evaluation
from app.signer.wire import Operation, Request
from tests.factories.evaluators import PassingEvaluations
from tests.factories.signers import signer_in_a_thread

PARTNER = str(uuid.UUID(int=1))
SENT = [oprf.blind(bytes([number])).element for number in range(100)]


def test_the_signer_evaluates_and_proves(tmp_path: Path) -> None:
    here = PassingEvaluations()
    with signer_in_a_thread(tmp_path, evaluations=here) as signer:
        there = RemoteEvaluator(SignerClient(signer.path))
        assert there.public == here.public
        oprf.verify(there.public, SENT, there.evaluate(PARTNER, SENT))


def test_the_signer_keeps_the_budget_itself_and_logs_no_element(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with signer_in_a_thread(tmp_path, evaluations=PassingEvaluations(per_day=2)) as signer:
        there = RemoteEvaluator(SignerClient(signer.path))
        there.evaluate(PARTNER, SENT[:2])
        with pytest.raises(ExhaustedError):
            there.evaluate(PARTNER, SENT[2:3])
        with pytest.raises(MalformedInputError):
            there.evaluate(PARTNER, [b"\xff" * 32])
        with pytest.raises(MalformedInputError):
            there.evaluate("nobody", SENT[:1])
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"refused to evaluate: {reason}" for reason in ("budget-spent", "no-element", "no-element")]


def test_a_signer_without_the_key_says_so(tmp_path: Path) -> None:
    with signer_in_a_thread(tmp_path) as signer, pytest.raises(UnavailableError, match="exchange-key make"):
        _ = RemoteEvaluator(SignerClient(signer.path)).public


def test_a_signer_of_another_epoch_is_noticed(tmp_path: Path) -> None:
    client = SignerClient(tmp_path / "signer.sock")
    there = RemoteEvaluator(client)
    with signer_in_a_thread(tmp_path, evaluations=PassingEvaluations()):
        there.evaluate(PARTNER, SENT[:1])
    client.close()
    with signer_in_a_thread(tmp_path, evaluations=PassingEvaluations()), pytest.raises(UnavailableError, match="another key"):
        there.evaluate(PARTNER, SENT[:1])


@pytest.mark.parametrize(
    "request_",
    [
        Request(Operation.SIGN, None, b"anything"),
        Request(Operation.LAST, None),
        Request(Operation.EVALUATE, KeyUsage.STATEMENT_SIGNING, b"anything"),
    ],
)
def test_the_key_signs_nothing_and_no_other_key_evaluates(tmp_path: Path, request_: Request) -> None:
    with signer_in_a_thread(tmp_path, evaluations=PassingEvaluations()) as signer:
        client = SignerClient(signer.path)
        with pytest.raises(SignerRefusedError, match="no-such-key"):
            client.ask(request_)


def test_an_answer_of_another_length_is_none() -> None:
    with pytest.raises(UnavailableError):
        read_evaluation(bytes(64 + 32), 2)


def test_a_spoilt_memory_is_said_to_be_away(tmp_path: Path) -> None:
    here = PassingEvaluations()
    with signer_in_a_thread(tmp_path, evaluations=here) as signer:
        (here.folder / "overlap.spent").write_text("spoilt")
        with pytest.raises(UnavailableError):
            RemoteEvaluator(SignerClient(signer.path)).evaluate(PARTNER, SENT[:1])
