from __future__ import annotations

import pytest

from app.domain.sign_in_attempts import FORGOTTEN_AFTER, MOST_FAILURES, WAITS_FOR, Attempts, network_of, place_of_session
from tests.factories.policy_values import NOW


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", None),
        ("::1", None),
        ("", None),
        (None, None),
        ("unix:", None),
    ],
)
def test_a_place_is_an_address_or_a_network_and_never_this_machine(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


def test_after_many_failures_a_place_waits_for_a_while() -> None:
    many = Attempts("192.0.2.7", MOST_FAILURES - 1, NOW)
    assert not many.waits(NOW)
    more = many.with_one_more(NOW)
    assert more.waits(NOW)
    assert not more.waits(NOW + WAITS_FOR)


def test_after_an_hour_of_quiet_it_begins_anew() -> None:
    many = Attempts("192.0.2.7", MOST_FAILURES, NOW)
    assert many.with_one_more(NOW + FORGOTTEN_AFTER).failures == 1
    assert many.with_one_more(NOW + WAITS_FOR).failures == MOST_FAILURES + 1


def test_a_session_stands_in_the_place_of_a_network_and_is_no_address() -> None:
    place = place_of_session("2643ebb8-0000-4000-8000-000000000000")
    assert place != place_of_session("2643ebb8-0000-4000-8000-000000000001")
    assert network_of(place) is None
