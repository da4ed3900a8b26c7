from __future__ import annotations

from app.domain.object_vocabulary import EvidenceGrade
from app.portal.patterns.against import against
from app.services.cataloguing.founding import founding


def test_what_is_best_known_comes_first() -> None:
    grades = [list(EvidenceGrade).index(one.evidence) for one in against(founding(), "OP-004")]
    assert grades == sorted(grades, reverse=True)
    assert {one.code for one in against(founding(), "OP-017")} == {"CM-007", "CM-008", "CM-014"}
    assert against(founding(), "OP-999") == []
