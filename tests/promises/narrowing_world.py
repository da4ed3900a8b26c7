"""A small exchange in which everybody refers to everything and narrows all the time, beside the plain model of ``World``.

Owns what is likelier here than in ``brute_force_world.py``: few ids that all partners state and refer to (so there are chains,
circles and several owners under one id), new versions that narrow and widen, and little work done in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.agreement import Agreement
from app.domain.vocabulary import ANY, Channel, Harm, PartnerState, Sensitivity, Tlp
from app.storage import narrowings, viewpoints
from app.storage.viewpoints import ViewpointKey
from tests.factories.members import Hub
from tests.factories.policy_values import NOW
from tests.factories.stix_objects import context, indicator, report, stix_id, user_account
from tests.promises.brute_force_world import PURPOSES, Partner, Version, World, _text

_REPORTS, _INDICATORS, _ACCOUNTS, _ABSENT = 5, 2, 2, 2
_SOME_HARMS = (Harm.CSAM, Harm.LIVE_STREAMED_CSA)


class NarrowingWorld(World):
    """A world of few ids, in which narrowings are under way most of the time."""

    def __init__(self, hub: Hub, seed: int) -> None:
        """Enrol five partners that may read nearly everything; nothing is stored."""
        super().__init__(hub, seed)
        self._reports = [stix_id("report", self.rng) for _ in range(_REPORTS)]
        self._indicators = [stix_id("indicator", self.rng) for _ in range(_INDICATORS)]
        self._absent = [stix_id("note", self.rng) for _ in range(_ABSENT)]
        self._issued = 0
        self._looked_under: dict[str, Agreement] = {}
        for _ in range(8):
            self.make_marking()

    @property
    def events(self) -> list[tuple[Callable[[], None], int]]:
        """What may happen, and how likely it is."""
        return [
            (self.submit, 14),
            (self.make_marking, 1),
            (self.withdraw, 1),
            (self.change_agreement, 6),
            (self.change_state, 1),
            (self.pass_time, 1),
            (self.work, 6),
            (self.follow, 6),
        ]

    def is_narrowing(self) -> bool:
        """Whether a narrowing is under way."""
        with self.hub.exchange.database.read() as connection:
            return bool(narrowings.under_way(connection))

    def _is_given(self, partner: Partner, one: Version) -> bool:
        """Whether a follower has access to a version under the terms of its last look.

        New terms count from the first look under them. A version that is narrowed in between, into what only the new terms admit,
        was out of reach of the old ones: so that is a new access.
        """
        terms = self._looked_under.get(partner.member.id)
        if terms is None or partner.state is not PartnerState.ACTIVE:
            return super()._is_given(partner, one)
        return super()._is_given(replace(partner, agreements=[terms]), one)

    def _watch(self) -> None:
        with self.hub.exchange.database.read() as connection:
            for partner in self.partners:
                key = ViewpointKey(partner.member.id, PURPOSES[0], Channel.PORTAL, Tlp.RED)
                viewpoint = viewpoints.find_viewpoint(connection, key)
                if viewpoint is not None:
                    terms = {each.version: each for each in partner.agreements}[viewpoint.agreement_version or 0]
                    self._looked_under[partner.member.id] = terms
        super()._watch()

    def _agree(self, partner: Partner) -> None:
        narrow = self.rng.random() < 0.5
        partner.agreements.append(
            partner.member.agree(
                publisher_roles=frozenset({ANY}),
                publisher_jurisdictions=frozenset({ANY}),
                purposes=frozenset(self.purposes),
                tlp_ceiling=Tlp.RED,
                sensitivities=frozenset(Sensitivity),
                harm_types=frozenset({self.rng.choice(_SOME_HARMS)}) if narrow else frozenset(Harm),
                channels=frozenset(self.channels if self.rng.random() < 0.8 else (Channel.PORTAL,)),
            )
        )

    def _object(self, partner: Partner) -> dict[str, Any]:
        stated = context(harm_types=[self.rng.choice(_SOME_HARMS)], review=self.rng.choice(("unreviewed", "human-reviewed")))
        marks = [self.rng.choice(sorted(partner.markings))] if partner.markings and self.rng.random() < 0.5 else []
        changes: dict[str, Any] = {"extensions": stated} | ({"object_marking_refs": marks} if marks else {})
        accounts = [user_account(f"account-{number}")["id"] for number in range(_ACCOUNTS)]
        kind = self.rng.choice(("indicator", "report", "report", "report", "user-account"))
        if kind == "user-account":
            number = self.rng.randrange(_ACCOUNTS)
            return user_account(f"account-{number}", display_name=f"{self.rng.random()}", **changes)
        changes["modified"] = self._version_text()
        if kind == "indicator":
            return indicator(self.rng, id=self.rng.choice(self._indicators), **changes)
        targets = [*self._reports, *self._indicators, *accounts, *self._absent]
        return report(self._some(targets, 3) or targets[:1], id=self.rng.choice(self._reports), **changes)

    def _version_text(self) -> str:
        """Give a version newer than all before, or now and then an older one that comes late."""
        self._issued += 1
        back = self.rng.randint(0, 30) if self.rng.random() < 0.2 else 0
        return _text(NOW + timedelta(seconds=3_600 + self._issued - back, milliseconds=self._issued))
