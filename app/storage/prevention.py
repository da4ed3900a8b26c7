"""What partners declared of countermeasures, how released cells stand, and the releases.

Kept by ``tests/storage/test_prevention.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from app.domain.object_vocabulary import EvidenceGrade
from app.domain.prevention import Adoption, AdoptionState, Cell, Effect, EffectBand, Measure, Release
from app.domain.vocabulary import PartnerState, Role, Surface
from app.policy.aggregates import Standing
from app.storage.tables import (
    adoption,
    cell_standing,
    effect,
    object_facet,
    object_head,
    object_version,
    partner,
    prevention_release,
)

# --- declarations -----------------------------------------------------------------------------------------------------------


def keep_adoption(connection: Connection, value: Adoption) -> None:
    """Keep a partner's word on a countermeasure, in the place of what it said before. The order lock must be held."""
    _replace(connection, adoption, asdict(value), ("partner_id", "surface", "countermeasure"))


def keep_effect(connection: Connection, value: Effect) -> None:
    """Keep a partner's word on an effect, in the place of what it said before. The order lock must be held."""
    values = asdict(value)
    days = {"first_day": values.pop("observed_from"), "last_day": values.pop("observed_until")}
    _replace(connection, effect, values | days, ("partner_id", "surface", "countermeasure", "behaviour"))


def _replace(connection: Connection, table: Table, values: dict[str, Any], by: tuple[str, ...]) -> None:
    connection.execute(delete(table).where(*(table.c[name] == values[name] for name in by)))
    connection.execute(insert(table).values(values))


def adoptions(connection: Connection, partner_id: str | None = None) -> list[Adoption]:
    """List a partner's adoptions by surface and countermeasure, or those of all active partners (None: to count them)."""
    rows = connection.execute(_declared(adoption, partner_id).order_by(adoption.c.surface, adoption.c.countermeasure))
    return [_adoption(dict(row._mapping)) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name for a row's mapping


def effects(connection: Connection, partner_id: str | None = None) -> list[Effect]:
    """List a partner's effects by surface, countermeasure and behaviour, or those of all active partners (None)."""
    ordered = _declared(effect, partner_id).order_by(effect.c.surface, effect.c.countermeasure, effect.c.behaviour)
    return [_effect(dict(row._mapping)) for row in connection.execute(ordered)]  # noqa: SLF001  # as above


def adoption_by_id(connection: Connection, adoption_id: str, partner_id: str) -> Adoption | None:
    """Give a partner's own adoption, None if it has none of this id."""
    mine = (adoption.c.adoption_id == adoption_id) & (adoption.c.partner_id == partner_id)
    row = connection.execute(select(adoption).where(mine)).one_or_none()
    return None if row is None else _adoption(dict(row._mapping))  # noqa: SLF001  # as above


def effect_by_id(connection: Connection, effect_id: str, partner_id: str) -> Effect | None:
    """Give a partner's own effect, None if it has none of this id."""
    mine = (effect.c.effect_id == effect_id) & (effect.c.partner_id == partner_id)
    row = connection.execute(select(effect).where(mine)).one_or_none()
    return None if row is None else _effect(dict(row._mapping))  # noqa: SLF001  # as above


def remove_adoption(connection: Connection, value: Adoption) -> None:
    """Take an adoption back, with the effects that were declared of it."""
    same = (effect.c.surface == value.surface) & (effect.c.countermeasure == value.countermeasure)
    connection.execute(delete(effect).where(effect.c.partner_id == value.partner_id, same))
    connection.execute(delete(adoption).where(adoption.c.adoption_id == value.adoption_id))


def remove_effect(connection: Connection, value: Effect) -> None:
    """Take an effect back."""
    connection.execute(delete(effect).where(effect.c.effect_id == value.effect_id))


def _declared(table: Table, partner_id: str | None) -> Any:
    if partner_id is not None:
        return select(table).where(table.c.partner_id == partner_id)
    return select(table).join(partner, partner.c.partner_id == table.c.partner_id).where(partner.c.state == PartnerState.ACTIVE)


def _adoption(values: Mapping[str, Any]) -> Adoption:
    return Adoption(**{**values, "surface": Surface(values["surface"]), "state": AdoptionState(values["state"])})


def _effect(values: Mapping[str, Any]) -> Effect:
    words = {
        "surface": Surface(values["surface"]),
        "band": EffectBand(values["band"]),
        "evidence": EvidenceGrade(values["evidence"]),
    }
    days = {"observed_from": values["first_day"], "observed_until": values["last_day"]}
    return Effect(**{name: value for name, value in values.items() if not name.endswith("_day")} | words | days)


# --- what is counted --------------------------------------------------------------------------------------------------------


def active_contributors(connection: Connection, roles: frozenset[Role]) -> frozenset[str]:
    """Give the active partners of these roles."""
    found = select(partner.c.partner_id).where(partner.c.state == PartnerState.ACTIVE, partner.c.role.in_(sorted(roles)))
    return frozenset(connection.execute(found).scalars())


def reports(connection: Connection, since: datetime, now: datetime) -> list[tuple[str, str, str, int]]:
    """Count indicators by owner, surface and behaviour: those received from ``since`` on that can be seen by somebody at ``now``.

    Withdrawn, revoked, embargoed ones and those that nobody is given any more are left out; one past its ``valid_until`` counts.
    Of several versions under one id only the newest counts.
    """
    surface, behaviour = object_facet.alias("of_surface"), object_facet.alias("of_behaviour")
    one = object_version.c
    statement = (
        select(one.owner_id, surface.c.value, behaviour.c.value, func.count())
        .select_from(object_version)
        .join(object_head, object_head.c.version_id == one.version_id)
        .join(surface, (surface.c.version_id == one.version_id) & (surface.c.kind == "surface"))
        .join(behaviour, (behaviour.c.version_id == one.version_id) & (behaviour.c.kind == "behaviour"))
        .where(one.type == "indicator", one.received_at >= since, one.visible_until > now, one.position.is_not(None))
        .where(one.is_revoked.is_(False), one.withdrawn_at.is_(None))
        .group_by(one.owner_id, surface.c.value, behaviour.c.value)
    )
    return [(owner, where, code, count) for owner, where, code, count in connection.execute(statement)]


# --- standings and releases -------------------------------------------------------------------------------------------------


def standings(connection: Connection) -> dict[Cell, Standing]:
    """Give how each cell was last decided."""
    found: dict[Cell, Standing] = {}
    for row in connection.execute(select(cell_standing)):
        cell = Cell(Measure(row.measure), Surface(row.surface), row.behaviour, row.countermeasure)
        found[cell] = Standing(frozenset(json.loads(row.members)), row.need, row.outside, row.is_dominated)
    return found


def keep_standings(connection: Connection, changed: Mapping[Cell, Standing], number: int) -> None:
    """Keep how cells were decided for release ``number``, in the place of how they stood. The order lock must be held."""
    for cell, standing in changed.items():
        values = {
            **asdict(cell),
            "members": json.dumps(sorted(standing.members)),
            "need": standing.need,
            "outside": standing.outside,
            "is_dominated": standing.is_dominated,
            "decided_in": number,
        }
        _replace(connection, cell_standing, values, ("measure", "surface", "behaviour", "countermeasure"))


def add_release(connection: Connection, value: Release) -> None:
    """Keep a new release."""
    connection.execute(insert(prevention_release).values(asdict(value) | {"envelope": json.dumps(value.envelope)}))


def releases(connection: Connection) -> list[Release]:
    """List all releases, newest first."""
    return [_release(row) for row in connection.execute(select(prevention_release).order_by(prevention_release.c.number.desc()))]


def newest_release(connection: Connection) -> Release | None:
    """Give the newest release, None if there is none yet."""
    newest = select(prevention_release).order_by(prevention_release.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else _release(row)


def release_by_number(connection: Connection, number: int) -> Release | None:
    """Give one release, None if there is none of this number."""
    row = connection.execute(select(prevention_release).where(prevention_release.c.number == number)).one_or_none()
    return None if row is None else _release(row)


def _release(row: Any) -> Release:
    return Release(row.number, row.released_at, json.loads(row.envelope), row.log_index)
