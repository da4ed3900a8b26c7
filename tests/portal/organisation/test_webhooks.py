from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.vocabulary import MemberRole
from tests.factories.exchanges import FakePartner, RunningExchange
from tests.factories.https_servers import Receiver, receiver
from tests.factories.portal_visitors import Page, Visitor, entered
from tests.factories.webhooks import let_call

WEBHOOKS = "/organisation/webhooks"


@pytest.fixture
def called(running: RunningExchange, platform: FakePartner, tmp_path: Path) -> Iterator[Receiver]:
    with receiver(tmp_path) as other:
        let_call(running, platform, other.egress())
        yield other


@pytest.fixture
def administrator(running: RunningExchange, platform: FakePartner) -> Visitor:
    return entered(running, platform, MemberRole.ADMINISTRATOR)


def add(administrator: Visitor, url: str) -> Page:
    administrator.get(WEBHOOKS)
    return administrator.post(WEBHOOKS, {"url": url, "cadence": "60", "once": None})


def test_a_webhook_is_added_called_paused_and_removed_and_its_secret_is_shown_once(
    running: RunningExchange, called: Receiver, administrator: Visitor
) -> None:
    administrator.get(WEBHOOKS)
    form = administrator.page
    shown = administrator.post(WEBHOOKS, {"url": called.url, "cadence": "60", "once": None})
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", shown.text)
    assert secret is not None, shown.words
    administrator.page = form
    again = administrator.post(WEBHOOKS, {"url": called.url, "cadence": "60", "once": None})
    assert "was sent before" in again.words
    [path] = set(re.findall(r"/organisation/webhooks/[0-9a-f-]{36}", administrator.get(WEBHOOKS).text))
    assert "whsec_" not in administrator.page.text + administrator.get(path).text
    assert administrator.post(f"{path}/test").status == 303
    running.do_all_work()
    assert len(called.calls) == 1
    assert "Answers" in administrator.get(path).words
    assert administrator.post(f"{path}/test").status == 422, "less than a minute ago"
    administrator.get(path)
    assert administrator.post(f"{path}/pause").status == 303
    assert "is paused" in administrator.get("/organisation").words
    administrator.get(path)
    assert administrator.post(f"{path}/resumption").status == 303
    administrator.get(path)
    assert administrator.post(f"{path}/replay").status == 303
    administrator.get(path)
    assert "0 messages wait to be taken" in administrator.page.words
    assert "Removing erases the address and the 1 message that is kept of it." in administrator.page.words
    assert "Your organisation has 0 webhooks then." in administrator.page.words
    rotated = administrator.post(f"{path}/rotation", {"once": None})
    assert "whsec_" in rotated.text
    assert secret[0] not in rotated.text
    administrator.get(path)
    assert administrator.post(f"{path}/removal").status == 303
    assert administrator.get(path).status == 404


@pytest.mark.parametrize("url", ["http://hooks.example.org/in", "https://192.0.2.1/", "nothing", ""])
def test_what_is_not_called_is_shown_again(called: Receiver, administrator: Visitor, url: str) -> None:
    assert called.url
    refused = add(administrator, url)
    assert refused.status == 422
    assert "This is no URL that the exchange calls" in refused.words


def test_anothers_webhook_is_not_there(
    running: RunningExchange, hotline: FakePartner, called: Receiver, administrator: Visitor
) -> None:
    assert add(administrator, called.url).status == 200
    [path] = set(re.findall(r"/organisation/webhooks/[0-9a-f-]{36}", administrator.get(WEBHOOKS).text))
    stranger = entered(running, hotline, MemberRole.ADMINISTRATOR)
    assert stranger.get(path).status == 404
    for form in ("test", "pause", "resumption", "replay", "removal"):
        stranger.get(WEBHOOKS)
        assert stranger.post(f"{path}/{form}").status == 404
    assert administrator.get(path).status == 200


@pytest.mark.parametrize("role", [one for one in MemberRole if one is not MemberRole.ADMINISTRATOR])
def test_who_keeps_no_webhooks_sees_none(running: RunningExchange, platform: FakePartner, role: MemberRole) -> None:
    visitor = entered(running, platform, role)
    assert visitor.get(WEBHOOKS).status == 403
    assert visitor.post(WEBHOOKS, {"url": "https://hooks.example.org"}).status == 403
