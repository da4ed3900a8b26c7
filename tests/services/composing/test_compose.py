"""Composing at the exchange: by the catalogue in force, for the caller's own audiences, and nothing is kept."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.errors import ForbiddenError
from app.services.composing.compose import compose_for
from app.storage.tables import metadata
from tests.factories.members import Hub, Member, started_hub
from tests.factories.observation_forms import form

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(300)).decode()
HANDLE = {"kind": "handle", "value": "a1"}
ABSENT = "audience--2ba7b568-fa2c-439c-ad8e-1e8e5f139d01"


def everything(hub: Hub) -> dict[str, list[str]]:
    with hub.exchange.database.read() as connection:
        return {name: sorted(map(repr, connection.execute(select(table)))) for name, table in metadata.tables.items()}


def refused(member: Member, document: Any) -> list[tuple[str, str | None]]:
    composed = compose_for(member.hub.exchange, member.principal, document)
    assert composed.made == ()
    return [(one.code.value, one.pointer) for one in composed.refusals]


def test_what_is_composed_is_taken_and_composing_writes_nothing(database_url: str) -> None:
    with started_hub(database_url) as hub:
        platform = hub.enrol("Platform")
        before = everything(hub)
        composed = compose_for(hub.exchange, platform.principal, form(HANDLE, who_may_know={"audience_id": platform.everybody}))
        assert everything(hub) == before
        assert composed.refusals == ()
        results = platform.submit(*map(dict, composed.objects)).results
        assert [one.status.value for one in results] == ["stored"] * len(composed.made)


def test_an_audience_of_somebody_else_is_refused_as_an_absent_one(database_url: str) -> None:
    with started_hub(database_url) as hub:
        platform, other = hub.enrol("Platform"), hub.enrol("Other")
        for audience_id in (other.everybody, ABSENT):
            for name in ("audience_id", "protected_audience_id"):
                document = form(HANDLE, who_may_know={name: audience_id})
                assert refused(platform, document) == [("audience-not-found", f"/who_may_know/{name}")]


@pytest.mark.parametrize("who", [None, [], {"audience_id": 1}, {"audience_id": ABSENT}])
def test_nonsense_is_refused_with_what_else_is_wrong(sqlite_url: str, who: Any) -> None:
    with started_hub(sqlite_url) as hub:
        codes = [code for code, _ in refused(hub.enrol("Platform"), {**form(HANDLE), "who_may_know": who})]
        assert set(codes) <= {"schema-violation", "audience-not-found"}


def test_material_alarms_the_operators_and_leaves_nothing_behind(database_url: str) -> None:
    with started_hub(database_url) as hub:
        platform = hub.enrol("Platform")
        document = form({"kind": "handle", "value": PICTURE}, who_may_know={"audience_id": ABSENT})
        assert refused(platform, document) == [("content-forbidden", "/observables/0/value")]
        kept = str(everything(hub))
        assert "content-forbidden" in kept
        assert PICTURE[:24] not in kept


def test_nobody_composes_for_no_organisation(sqlite_url: str) -> None:
    with started_hub(sqlite_url) as hub, pytest.raises(ForbiddenError):
        compose_for(hub.exchange, hub.operator, form(HANDLE))
