"""Versions come newest first, so many at a time, with the one to compare with."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFoundError
from app.services.showing.history import MOST_VERSIONS, object_history
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator, newer


def test_a_stretch_has_the_version_before_it(hub: Hub) -> None:
    member = hub.enrol("A")
    value = indicator()
    member.store(value)
    for number in range(MOST_VERSIONS):
        member.store(newer(value, modified=f"2026-02-01T10:{number:02}:00.000Z"))
    first = object_history(hub.exchange, member.reader(), value["id"], None, None)
    assert len(first.versions) == MOST_VERSIONS
    assert first.before is not None
    assert first.older == value["modified"]
    rest = object_history(hub.exchange, member.reader(), value["id"], None, first.older)
    assert [one.version.version for one in rest.versions] == [value["modified"]]
    assert (rest.before, rest.older) == (None, None)


def test_what_is_not_there_is_not_found(hub: Hub) -> None:
    member = hub.enrol("A")
    value = indicator()
    member.store(value)
    for asked in ((value["id"], "nobody", None), (value["id"], None, "never"), ("indicator--x", None, None)):
        with pytest.raises(NotFoundError):
            object_history(hub.exchange, member.reader(), *asked)
