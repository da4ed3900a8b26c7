"""What is explained and simulated is what then happens: in the random worlds whose pages equal a plain evaluation.

The worlds and their model are in ``brute_force_world.py``. Here each submission is simulated first, as it will be sent; what was
said of each reader must then be true of what is stored, by policy and by the model, and nothing may have been written meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.vocabulary import Channel, PartnerState, Purpose, Tlp
from app.policy.telling import Told, Verdict, Way, tell_owner
from app.services.explaining.explain import PolicyQuestion, explain
from app.services.explaining.simulate import Simulated, SimulationRequest, simulate
from app.services.explaining.who_sees import who_sees
from app.services.reading.visible_set import viewer_of
from app.storage import explanations, members, narrowings, objects
from app.storage.tables import metadata
from breakwater_client.submission import ObjectResult
from tests.factories.members import Hub, started_hub
from tests.promises.brute_force_world import Partner, Question, Version, World

STEPS = 16
COUNTED = {"question"}
"""What a simulation writes: that it was asked."""


def everything(hub: Hub) -> dict[str, list[str]]:
    with hub.exchange.database.read() as connection:
        tables = {name: table for name, table in metadata.tables.items() if name not in COUNTED}
        return {name: sorted(map(repr, connection.execute(select(table)))) for name, table in tables.items()}


class ForetoldWorld(World):
    """A world in which everybody is listed, and whoever submits asks beforehand."""

    lists_everybody = True
    told_of = 0

    def send(self, partner: Partner, values: list[dict[str, Any]]) -> tuple[ObjectResult, ...]:
        signed = [partner.member.sign(one) for one in values]
        before = everything(self.hub)
        request = SimulationRequest(objects=signed, channel=Channel.PORTAL)
        foretold = simulate(self.hub.exchange, partner.member.principal, request)
        assert everything(self.hub) == before
        results = partner.member.submit(*signed, sign=False).results
        for one, result in zip(foretold, results, strict=True):
            assert one.result is not None
            assert replace(one.result, version=result.version) == result  # an observable's is the moment it comes
            assert (one.reach is None) is (result.status != "stored")
            if one.reach is not None:
                self._compare(partner, one, result)
        return results

    def _compare(self, partner: Partner, one: Simulated, result: ObjectResult) -> None:
        """Hold what was said of every reader against the class that is stored now, and what depends on it against that."""
        assert one.reach is not None
        with self.hub.exchange.database.read() as connection:
            held = objects.own_versions(connection, partner.member.id, [str(result.stix_id)])
            [stored] = [each for each in held if each.version == result.version]
            handling_class = narrowings.classes_of(connection, [stored])[stored.version_id]
            times = explanations.times_of(connection, [stored.version_id])[stored.version_id]
            viewers = {each.partner_id: viewer_of(connection, each, Tlp.RED, self.now) for each in members.partners(connection)}
        assert (one.reach.release_at, one.reach.expires_at or times.visible_until) == (times.release_at, times.visible_until)
        for reader in one.reach.readers.listed:
            for purpose, told in reader.told.items():
                way = Way(purpose, Channel.PORTAL, self.now)
                assert told == tell_owner(viewers[reader.partner_id], handling_class, way)
                self.told_of += 1
                if told.verdict is Verdict.SEEN:
                    assert one.reach.depends is False

    def check(self) -> None:
        """Hold pages against the model, and explanations against both."""
        super().check()
        for newest in {(one.owner_id, one.stix_id): one for one in sorted(self.versions, key=lambda one: one.order)}.values():
            for channel in (Channel.REST, Channel.PORTAL):
                self._check_explained(newest, channel)

    def _check_explained(self, newest: Version, channel: Channel) -> None:
        hub = self.hub
        answers = who_sees(hub.exchange, hub.operator, newest.stix_id, channel)
        [answer] = [one for one in answers if one.owner_id == newest.owner_id]
        told = {one.partner_id: one for one in answer.readers.listed}
        owner = next(one for one in self.partners if one.member.id == newest.owner_id)
        for partner in self.partners:
            for purpose in self.purposes:
                sees = self.sees(Question(partner, purpose, channel, Tlp.RED, self.now), newest)
                sees = sees and (newest.is_out(self.now) or partner is owner)
                assert (told[partner.member.id].told[purpose].verdict is Verdict.SEEN) is sees
                self._check_told_owner(
                    owner, newest, PolicyQuestion(newest.stix_id, partner.member.id, purpose, channel), sees=sees
                )

    def _check_told_owner(self, owner: Partner, newest: Version, question: PolicyQuestion, *, sees: bool) -> None:
        """What an owner is told is never wrong, whatever it is not told."""
        reader = next(one for one in self.partners if one.member.id == question.partner_id)
        agreement = reader.agreement(self.now)
        is_listed = reader.state is PartnerState.ACTIVE and agreement is not None and agreement.is_listed
        if owner.state is not PartnerState.ACTIVE or not (is_listed or reader is owner):
            return
        [answer] = explain(self.hub.exchange, owner.member.principal, question)
        assert answer.owner_id == newest.owner_id
        assert _fits(answer.told, sees=sees)


def _fits(told: Told, *, sees: bool) -> bool:
    if told.verdict is Verdict.SEEN:
        return sees
    return told.verdict is Verdict.DEPENDS or not sees


def _play(url: str, seed: int) -> None:
    with started_hub(url) as hub:
        world = ForetoldWorld(hub, seed)
        for _ in range(STEPS):
            world.step()
        world.check()
        assert world.told_of > len(Purpose)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_foretold_comes_true(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)


def test_what_is_foretold_comes_true_on_postgresql(postgres_url: str) -> None:
    _play(postgres_url, 100)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(1000, 1100))
def test_what_is_foretold_comes_true_for_long(sqlite_url: str, seed: int) -> None:
    _play(sqlite_url, seed)
