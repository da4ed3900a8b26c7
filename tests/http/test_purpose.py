from __future__ import annotations

from app.domain.vocabulary import Purpose
from app.http.purpose import PURPOSE
from app.web.purpose import PURPOSE_HEADER


def test_the_header_is_described_with_all_purposes() -> None:
    assert (PURPOSE["in"], PURPOSE["name"]) == ("header", PURPOSE_HEADER)
    assert PURPOSE["schema"]["enum"] == [*Purpose]
