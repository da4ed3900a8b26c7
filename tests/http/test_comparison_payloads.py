"""How a comparison is spelled."""

from __future__ import annotations

from app.domain.vocabulary import Harm, Sensitivity
from app.http.comparison_payloads import ComparisonPayload
from app.services.explaining.compare import Comparison, Counted, Kind, Outcome
from tests.factories.policy_values import NOW


def test_what_is_gained_comes_before_what_is_lost_and_most_comes_first() -> None:
    def kind(outcome: Outcome, harm: Harm) -> Kind:
        return Kind("a", Sensitivity.AGGREGATE, frozenset({harm}), outcome)

    seen = {
        kind(Outcome.LOST, Harm.CSAM): Counted(9, 2),
        kind(Outcome.GAINED, Harm.CSAM): Counted(1, 1),
        kind(Outcome.GAINED, Harm.LIVE_STREAMED_CSA): Counted(3, 1),
    }
    told = ComparisonPayload().dump(Comparison("a", NOW, None, (), seen, {"a": "Platform"}, {}))
    assert [(one["outcome"], one["versions"]) for one in told["sees"]] == [("gained", 3), ("gained", 1), ("lost", 9)]
    assert (told["version"], told["no_longer_submits"]) == (None, [])
