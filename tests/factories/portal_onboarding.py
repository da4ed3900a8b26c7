"""Bringing a partner in by the pages of the exchange's staff, step by step, and what its forms hold."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from app.portal.operating.agreement_fields import STARTING
from tests.factories.exchanges import PARTNER_SCOPES, FakePartner, RunningExchange, issue
from tests.factories.portal_visitors import Page, Visitor

_DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')
ENROLLED: Mapping[str, str] = {"name": "Synthetic Hotline", "role": "hotline", "jurisdiction": "de", "identity_id": ""}


def once(page: Page) -> str:
    """Give the word that makes a form of a page count once."""
    found = re.search(r'name="once" value="([^"]+)"', page.text)
    assert found is not None, page.words
    return found[1]


def enrolled(operator: Visitor, **changes: str) -> str:
    """Enrol an organisation, and give its id."""
    shown = operator.get("/exchange/partners/new")
    answer = operator.post("/exchange/partners", {**ENROLLED, **changes, "once": once(shown)})
    assert answer.status == 303, answer.words
    return answer.headers["Location"].rpartition("/")[2]


def administrator_link(operator: Visitor, partner_id: str, name: str = "Administrator A") -> str:
    """Add a partner's first administrator, and give the link that is shown."""
    operator.get(f"/exchange/partners/{partner_id}")
    answer = operator.post(f"/exchange/partners/{partner_id}/administrator", {"name": name})
    found = re.search(r'<code class="secret">([^<]+)</code>', answer.text)
    assert found is not None, answer.words
    return html.unescape(found[1])


def with_key(running: RunningExchange, partner_id: str) -> tuple[FakePartner, str]:
    """Let a partner register its key over REST, with a token; gives it and the key's id."""
    identity = running.operator.get(f"partners/{partner_id}").json["identity_id"]
    partner = FakePartner(running.transport, None, partner_id, "Synthetic", identity)
    partner.token = issue(running.operator, partner, PARTNER_SCOPES)
    answer = partner.register_key()
    assert answer.status == 201, answer.body
    keyid: str = answer.json["keyid"]
    return partner, keyid


def terms(**changes: Any) -> dict[str, Any]:
    """Give the fields of an agreement's form: what a first one begins with, and these changes."""
    given = {name: value if isinstance(value, str) else list(map(str, value)) for name, value in STARTING.items()}
    return {**{name: str(value) if isinstance(value, str) else value for name, value in given.items()}, **changes}


def proposed(operator: Visitor, partner_id: str, **changes: Any) -> str:
    """Propose the next version of an agreement, and give the proposal's id."""
    path = f"/exchange/partners/{partner_id}/agreement/next"
    operator.get(path)
    shown = operator.post(f"{path}/preview", terms(**changes))
    assert shown.status == 200, shown.words
    answer = operator.post(f"{path}/proposal", {**terms(**changes), "reason": "As was talked over.", "once": once(shown)})
    assert answer.status == 303, answer.words
    return answer.headers["Location"].rpartition("/")[2]


def approve(second: Visitor, approval_id: str, **changes: str) -> Page:
    """Approve what a page shows, as it shows it."""
    path = f"/exchange/approvals/{approval_id}"
    shown = second.get(path)
    found = _DIGEST.search(shown.text)
    digest = found[1] if found else ""
    return second.post(f"{path}/approval", {"digest": digest, "reason": "Agreed.", **changes})
