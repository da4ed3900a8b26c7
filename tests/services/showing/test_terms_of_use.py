"""What a reader is told of a handling: the narrowest of what its owner says, and no audience."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from app.domain.handling import HandlingClass
from app.domain.vocabulary import OnwardShare, PermittedUse, Tlp
from app.services.showing import terms_of_use
from app.services.showing.terms_of_use import TermsOfUse
from app.storage.columns import FOREVER
from app.storage.explanations import Times
from tests.factories.policy_values import NOW, handling, publisher

OWN = publisher(partner_id="owner")
TIMES = Times(1, "indicator--1", "v", 1, 1, NOW, None, FOREVER)


def terms(*handlings: dict[str, object], times: Times = TIMES) -> TermsOfUse:
    """Give the terms of a class with these handlings of its owner."""
    made = frozenset(handling(publisher=OWN, **one) for one in handlings)
    return terms_of_use._terms(HandlingClass("owner", made), times)


def test_what_every_handling_allows_is_allowed_and_what_one_restricts_is_restricted() -> None:
    met = terms(
        {"permitted_uses": frozenset({PermittedUse.DETECT, PermittedUse.SAFETY_DESIGN}), "tlp": Tlp.GREEN},
        {
            "permitted_uses": frozenset({PermittedUse.DETECT, PermittedUse.NO_MODEL_TRAINING}),
            "tlp": Tlp.AMBER,
            "onward_share": OnwardShare.NONE,
        },
    )
    assert met.permitted_uses == (PermittedUse.DETECT, PermittedUse.NO_MODEL_TRAINING)
    assert (met.tlp, met.onward_share) == (Tlp.AMBER, OnwardShare.NONE)


def test_others_handlings_count_for_nothing_but_that_they_are_there() -> None:
    theirs = handling(publisher=publisher(partner_id="another"), tlp=Tlp.RED)
    both = HandlingClass("owner", frozenset({handling(publisher=OWN, tlp=Tlp.GREEN), theirs}))
    told = terms_of_use._terms(both, TIMES)
    assert (told.tlp, told.depends) == (Tlp.GREEN, True)


def test_times_are_those_of_the_version() -> None:
    assert terms({}).until is None
    ending = Times(1, "indicator--1", "v", 1, None, None, NOW, NOW)
    assert (terms({}, times=ending).until, terms({}, times=ending).from_when) == (NOW, NOW)
    assert isinstance(NOW, datetime)


def test_no_audience_is_told() -> None:
    assert not any("audience" in one.name for one in fields(TermsOfUse))
