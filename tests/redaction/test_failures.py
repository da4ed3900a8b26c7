from __future__ import annotations

from app.redaction.failures import kinds, places, summary


def failing(text: str) -> Exception:
    try:
        try:
            raise KeyError(text)  # noqa: TRY301  # a cause
        except KeyError as cause:
            raise ValueError(text) from cause
    except ValueError as exc:
        return exc


def test_kind_and_cause_are_told() -> None:
    assert kinds(failing("s3cr3t")) == ["ValueError", "KeyError"]
    assert kinds(ValueError("s3cr3t")) == ["ValueError"]


def test_places_are_the_last_ones() -> None:
    [place] = places(failing("s3cr3t").__traceback__, 1)
    assert place.startswith(__file__)
    assert places(None) == []


def test_a_summary_has_kind_and_place_and_no_text() -> None:
    told = summary(failing("s3cr3t"))
    assert told.startswith(f"ValueError at {__file__}:")
    assert "s3cr3t" not in told
    assert summary(ValueError("s3cr3t")) == "ValueError at an unknown place"
