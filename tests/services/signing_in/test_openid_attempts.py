from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.errors import ForbiddenError, NotFoundError, UnavailableError
from app.domain.openid import ATTEMPT_LASTS, EXCHANGE, OpenIdRefusedError
from app.services.signing_in.openid_attempts import begin_adding, begin_sign_in, take_attempt
from tests.factories.members import Hub
from tests.factories.openid_hubs import OpenIdHub
from tests.factories.openid_providers import BROKEN, DISCOVERY, simulator
from tests.factories.sign_ins import set_up


@pytest.fixture
def offering(quick_hub: Hub, tmp_path: Path) -> Iterator[OpenIdHub]:
    with simulator(tmp_path / "provider") as known:
        yield OpenIdHub(quick_hub, known)


def test_an_attempt_serves_once_in_its_browser_and_time(offering: OpenIdHub) -> None:
    exchange = offering.hub.exchange
    came = offering.returned(begin_sign_in(exchange, "example", "/account"))
    other = offering.returned(begin_sign_in(exchange, "example", ""))
    for wrong in (
        replace(came, secret=other.secret),
        replace(came, state=other.state),
        replace(came, secret=""),
        replace(came, state="\N{SNOWMAN}" * 43),
    ):
        with pytest.raises(OpenIdRefusedError):
            take_attempt(exchange, wrong)
    provider, attempt = take_attempt(exchange, came)
    assert (provider.name, attempt.back, attempt.credential_id) == ("example", "/account", None)
    with pytest.raises(OpenIdRefusedError):
        take_attempt(exchange, came)
    offering.hub.clock.now += ATTEMPT_LASTS
    with pytest.raises(OpenIdRefusedError):
        take_attempt(exchange, other)


def test_an_attempt_of_another_provider_is_used_up_and_none(offering: OpenIdHub) -> None:
    exchange = replace(
        offering.hub.exchange, providers=(*offering.hub.exchange.providers, offering.known.provider(name="second"))
    )
    came = offering.returned(begin_sign_in(exchange, "example", ""))
    for name in ("second", "example"):
        with pytest.raises(OpenIdRefusedError):
            take_attempt(exchange, replace(came, provider=name))


def test_a_way_back_that_is_too_long_is_not_kept(offering: OpenIdHub) -> None:
    came = offering.returned(begin_sign_in(offering.hub.exchange, "example", "/" * 2_001))
    assert take_attempt(offering.hub.exchange, came)[1].back == ""


def test_nobody_leaves_for_who_is_not_there_or_cannot_be_reached(offering: OpenIdHub) -> None:
    with pytest.raises(NotFoundError):
        begin_sign_in(offering.hub.exchange, "nothing", "")
    offering.known.answers[DISCOVERY] = BROKEN
    with pytest.raises(UnavailableError):
        begin_sign_in(offering.hub.exchange, "example", "")


def test_whom_a_provider_does_not_serve_adds_no_account_of_it(offering: OpenIdHub) -> None:
    somebody = set_up(offering.hub, offering.hub.enrol("Platform A").administrator())
    for_others = replace(offering.hub.exchange, providers=(offering.known.provider(serves=EXCHANGE),))
    with pytest.raises(ForbiddenError):
        begin_adding(for_others, somebody.signed_in(), "example")
    assert offering.known.asked == []


def test_old_attempts_go_when_somebody_leaves(offering: OpenIdHub) -> None:
    came = offering.returned(begin_sign_in(offering.hub.exchange, "example", ""))
    offering.hub.clock.now += ATTEMPT_LASTS
    begin_sign_in(offering.hub.exchange, "example", "")
    offering.hub.clock.now -= timedelta(seconds=1)
    with pytest.raises(OpenIdRefusedError):
        take_attempt(offering.hub.exchange, came)
