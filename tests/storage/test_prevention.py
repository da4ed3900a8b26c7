"""Declarations, standings and releases, as they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.errors import BreakwaterError
from app.domain.object_vocabulary import EvidenceGrade
from app.domain.prevention import Adoption, AdoptionState, Cell, Effect, EffectBand, Measure, Release
from app.domain.vocabulary import Role, Surface
from app.policy.aggregates import Standing
from app.storage import prevention
from app.storage.session import Database
from app.storage.tables import prevention_release
from tests.factories.policy_values import NOW
from tests.storage.samples import OTHER_READER, READER

SINCE = date(2025, 6, 1)
ADOPTION = Adoption("1", READER, Surface.LIVE_STREAM, "CM-007", AdoptionState.ADOPTED, SINCE, None, NOW)
EFFECT = Effect(
    *("1", READER, Surface.LIVE_STREAM, "CM-007", "OP-017", EffectBand.SLIGHT, EvidenceGrade.EXPERT, SINCE, SINCE, NOW),
)


def test_a_partners_last_word_takes_the_place_of_the_one_before(exchange: Database) -> None:
    ended = replace(ADOPTION, adoption_id="2", state=AdoptionState.ENDED, until=date(2025, 7, 1))
    others = replace(ADOPTION, adoption_id="3", partner_id=OTHER_READER)
    stronger = replace(EFFECT, effect_id="2", band=EffectBand.STRONG)
    with exchange.write() as connection:
        for one in (ADOPTION, others, ended):
            prevention.keep_adoption(connection, one)
        for other in (EFFECT, replace(EFFECT, effect_id="3", behaviour="OP-016"), stronger):
            prevention.keep_effect(connection, other)
    with exchange.read() as connection:
        assert prevention.adoptions(connection, READER) == [ended]
        assert prevention.adoption_by_id(connection, "2", READER) == ended
        assert prevention.adoption_by_id(connection, "3", READER) is None
        assert {one.adoption_id for one in prevention.adoptions(connection)} == {"2", "3"}
        assert [one.effect_id for one in prevention.effects(connection, READER)] == ["3", "2"]
        assert prevention.effect_by_id(connection, "2", READER) == stronger
        assert prevention.effect_by_id(connection, "2", OTHER_READER) is None


def test_an_adoption_is_taken_back_with_its_effects_and_an_effect_by_itself(exchange: Database) -> None:
    elsewhere = replace(EFFECT, effect_id="2", surface=Surface.VOICE)
    with exchange.write() as connection:
        prevention.keep_adoption(connection, ADOPTION)
        prevention.keep_effect(connection, EFFECT)
        prevention.keep_effect(connection, elsewhere)
        prevention.remove_adoption(connection, ADOPTION)
        assert prevention.adoptions(connection, READER) == []
        assert prevention.effects(connection, READER) == [elsewhere]
        prevention.remove_effect(connection, elsewhere)
        assert prevention.effects(connection, READER) == []


def test_standings_come_back_as_they_were(exchange: Database) -> None:
    first = {
        Cell(Measure.ON_SURFACE, Surface.VOICE): Standing(frozenset({"a", "b"}), 5, 3),
        Cell(Measure.REPORTED, Surface.VOICE, "OP-001"): Standing(frozenset(), 6, 0, is_dominated=True),
    }
    changed = {Cell(Measure.ON_SURFACE, Surface.VOICE): Standing(frozenset({"c"}), 7, 1)}
    with exchange.write() as connection:
        prevention.keep_standings(connection, first, 1)
        prevention.keep_standings(connection, changed, 2)
        assert prevention.standings(connection) == first | changed


def test_releases_are_kept_newest_first_and_never_changed(exchange: Database) -> None:
    made = [Release(number, NOW, {"payload": str(number)}, 10 + number) for number in (1, 2)]
    with exchange.write() as connection:
        assert prevention.newest_release(connection) is None
        for one in made:
            prevention.add_release(connection, one)
        assert prevention.releases(connection) == made[::-1]
        assert prevention.newest_release(connection) == made[1]
        assert prevention.release_by_number(connection, 1) == made[0]
        assert prevention.release_by_number(connection, 3) is None


def test_on_sqlite_a_release_that_was_made_is_not_touched(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.write() as connection:
        prevention.add_release(connection, Release(1, NOW, {}, 1))
    for change in (prevention_release.update().values(number=2), prevention_release.delete()):
        with pytest.raises(BreakwaterError), database.write() as connection:
            connection.execute(change)
    database.dispose()


def test_active_partners_of_some_roles_contribute(exchange: Database) -> None:
    with exchange.read() as connection:
        everybody = prevention.active_contributors(connection, frozenset(Role))
        assert {READER, OTHER_READER} <= everybody
        assert prevention.active_contributors(connection, frozenset()) == frozenset()
