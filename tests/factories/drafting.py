"""People at a partner who draft, on the level of services: an author, a second reader, and a form that can be handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.draft import Draft
from app.domain.partner import Principal
from app.domain.vocabulary import MemberRole
from app.services.drafting.freeze import hand_over
from app.services.drafting.keep import begin_draft
from app.storage import credentials
from app.storage.tables import metadata
from tests.factories.members import Hub, Member
from tests.factories.observation_forms import form
from tests.factories.standing import came_long_ago

URL = {"kind": "url", "value": "hxxps://files.example[.]org/a"}


@dataclass
class Desks:
    """A partner with an author, another analyst and a reviewer."""

    hub: Hub
    partner: Member
    administrator: Principal
    author: Principal
    colleague: Principal
    reviewer: Principal

    def complete(self, **more: Any) -> dict[str, Any]:
        """Give a form that can be handed over."""
        document = form(URL, who_may_know={"audience_id": self.partner.everybody}, **more)
        return {name: value for name, value in document.items() if name not in {"type", "review"}}

    def begun(self, **more: Any) -> Draft:
        """Begin a draft of such a form."""
        return begin_draft(self.hub.exchange, self.author, self.complete(**more))

    def handed_over(self, **more: Any) -> Draft:
        """Begin such a draft and hand it over."""
        begun = self.begun(**more)
        return hand_over(self.hub.exchange, self.author, begun.draft_id, begun.revision)

    def everything_stored(self) -> str:
        """Give all rows of all tables as text."""
        with self.hub.exchange.database.read() as connection:
            return "\n".join(repr(row) for table in metadata.tables.values() for row in connection.execute(select(table)))


def desks(hub: Hub, name: str = "Platform") -> Desks:
    """Enrol a partner with people who draft."""
    partner = hub.enrol(name)
    administrator = partner.administrator()
    author, colleague = (partner.person(administrator, MemberRole.ANALYST) for _ in range(2))
    reviewer = partner.person(administrator, MemberRole.REVIEWER)
    came_long_ago(hub.exchange)
    return Desks(hub, partner, administrator, *(_as_kept(hub, one) for one in (author, colleague, reviewer)))


def _as_kept(hub: Hub, principal: Principal) -> Principal:
    with hub.exchange.database.read() as connection:
        found = credentials.principal_by_id(connection, principal.credential.credential_id)
    assert found is not None
    return found
