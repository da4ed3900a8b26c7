"""How long things are worth detecting: shorter than they are stored, and never longer than their kind lives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.observable_life import LIFE_DAYS, detect_until
from app.domain.observation import ObservableKind
from app.domain.retention import MOST_DAYS
from app.domain.vocabulary import Sensitivity
from tests.factories.policy_values import DAY, NOW

DOCUMENT = (Path(__file__).parents[2] / "docs/composer.md").read_text()
TYPES = {"domain": "domain-name", "ip": "ipv4-addr", "url": "url", "invite-link": "url", "wallet": "payment-handle"}


def test_every_kind_has_a_life_that_is_published() -> None:
    assert LIFE_DAYS.keys() == set(ObservableKind)
    for kind, days in LIFE_DAYS.items():
        assert f"| `{kind}` | {days or 'no end'} |" in DOCUMENT, kind


@pytest.mark.parametrize("kind", ObservableKind)
def test_no_life_is_longer_than_storage(kind: ObservableKind) -> None:
    stored = MOST_DAYS[TYPES.get(kind, "user-account" if LIFE_DAYS[kind] else Sensitivity.BEHAVIOURAL.value)]
    assert (LIFE_DAYS[kind] or 0) <= stored


def test_it_counts_from_when_it_was_last_seen() -> None:
    assert detect_until(ObservableKind.IP, NOW) == NOW + timedelta(days=14)


def test_a_wish_shortens_it_and_never_lengthens_it() -> None:
    assert detect_until(ObservableKind.IP, NOW, NOW + DAY, None) == NOW + DAY
    assert detect_until(ObservableKind.IP, NOW, NOW + 100 * DAY) == NOW + 14 * DAY


def test_a_hash_has_no_end_but_a_wished_one() -> None:
    assert detect_until(ObservableKind.SHA256, NOW) is None
    assert detect_until(ObservableKind.SHA256, NOW, None, NOW + DAY) == NOW + DAY
