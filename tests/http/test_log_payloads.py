from __future__ import annotations

import pytest
from marshmallow import ValidationError

from app.http.log_payloads import ConsistencyQuery, ProofQuery


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
