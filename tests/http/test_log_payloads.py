from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.log_payloads import CheckpointQuery, ConsistencyQuery, ProofQuery
from app.services.proving.serve_log import Cosigners


def test_growth_is_asked_to_the_newest_checkpoint_unless_another_is_named() -> None:
    assert ConsistencyQuery().load({"first": "7"}) == {"first": 7, "second": None}
    assert ConsistencyQuery().load({"first": "0", "second": "9"}) == {"first": 0, "second": 9}


@pytest.mark.parametrize("given", [{}, {"second": "9"}, {"first": "-1"}, {"first": "1.0"}, {"first": "1" + "0" * 19}])
def test_what_is_no_size_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ConsistencyQuery().load(given)


def test_a_proof_is_asked_against_the_newest_the_first_or_one_of_a_size() -> None:
    assert ProofQuery().load({}) == {"covered_by": None, "tree_size": None}
    assert ProofQuery().load({"covered_by": "first"})["covered_by"] == "first"
    assert ProofQuery().load({"tree_size": "7"})["tree_size"] == 7
    for given in ({"covered_by": "last"}, {"tree_size": "x"}, {"covered_by": "first", "tree_size": "7"}):
        with pytest.raises(ValidationError):
            ProofQuery().load(given)


def test_a_checkpoint_is_asked_for_by_number_alone_or_of_those_that_are_named() -> None:
    assert CheckpointQuery().load({}) is None
    assert CheckpointQuery().load({"cosigned_by": "2"}) == Cosigners(2)
    named = [f"{number:064x}" for number in range(64)]
    assert CheckpointQuery().load({"cosigned_by": "2", "witness": named}) == Cosigners(2, frozenset(named))


@pytest.mark.parametrize(
    "given",
    [
        {"witness": ["0" * 64]},
        {"cosigned_by": "0"},
        {"cosigned_by": "61"},
        {"cosigned_by": "1", "witness": ["0" * 63]},
        {"cosigned_by": "1", "witness": ["0" * 64 + "\n"]},
        {"cosigned_by": "1", "witness": ["A" * 64]},
        {"cosigned_by": "1", "witness": [f"{number:064x}" for number in range(65)]},
    ],
)
def test_witnesses_that_nobody_can_be_or_too_many_are_refused(given: dict[str, str | list[str]]) -> None:
    with pytest.raises(ValidationError):
        CheckpointQuery().load(given)
