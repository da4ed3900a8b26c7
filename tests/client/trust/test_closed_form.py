"""Documents of one form: what is not just that is refused, with its place and nothing of what stood there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.errors import MalformedInputError
from breakwater_client.trust.closed_form import ClosedForm

FORM = ClosedForm("This is no note.", frozenset({"at", "type"}), 40)


def test_the_one_form_is_read() -> None:
    assert FORM.read(b'{"at":1,"type":"note"}') == {"at": 1, "type": "note"}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"at":1}',
        b'{"at":1,"more":2,"type":"note"}',
        b'{"type":"note","at":1}',
        b'{"at": 1,"type":"note"}',
        b'{"at":1,"at":1,"type":"note"}',
        b'{"at":"' + b"a" * 30 + b'","type":"note"}',
        b"[" * 100_000,
    ],
)
def test_everything_else_is_refused(payload: bytes) -> None:
    with pytest.raises(MalformedInputError, match="This is no note") as refused:
        FORM.read(payload)
    assert refused.value.pointer == ""


def test_instants_and_lists_are_what_they_are() -> None:
    assert FORM.instant("2026-11-26T00:00:00.000000Z", "/at") == datetime(2026, 11, 26, tzinfo=UTC)
    assert FORM.items([1], "/at") == [1]


@pytest.mark.parametrize("value", [None, 1, "2026-11-26", "2026-13-26T00:00:00.000000Z", "2026-11-26T00:00:00.000000+01:00"])
def test_what_is_neither_is_refused_at_its_place(value: object) -> None:
    for read in (FORM.instant, FORM.items):
        with pytest.raises(MalformedInputError) as refused:
            read(value, "/at")
        assert refused.value.pointer == "/at"
