"""Keeps the names of permissions."""

from __future__ import annotations

import re

from app.domain.permissions import Permission


def test_permissions_are_alphabetical_and_say_resource_and_action() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(set(values))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*:[a-z]+(-[a-z]+)*", value) for value in values)
    assert [permission.name for permission in Permission] == [re.sub(r"[:-]", "_", value).upper() for value in values]
