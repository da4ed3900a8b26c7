from __future__ import annotations

import pytest
from flask import Flask

from app.domain.errors import MalformedInputError
from app.domain.vocabulary import Purpose
from app.web.purpose import PURPOSE_HEADER, stated_purpose


def stated(headers: dict[str, str]) -> Purpose | None:
    with Flask("test").test_request_context(headers=headers):
        return stated_purpose()


def test_a_purpose_is_stated_in_its_header() -> None:
    assert stated({PURPOSE_HEADER: "detection"}) is Purpose.DETECTION
    assert stated({}) is None


def test_another_word_is_refused_and_not_repeated() -> None:
    with pytest.raises(MalformedInputError) as refusal:
        stated({PURPOSE_HEADER: "curiosity"})
    assert "detection" in refusal.value.sentence
    assert "curiosity" not in refusal.value.sentence
