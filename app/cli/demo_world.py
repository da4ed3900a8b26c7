"""Who acts in the demo: the sandbox's partners with their connections and keys, and the operator's view of policy.

Owns how each acts: partners over HTTP only; the operator's explanations are asked of the services, since no route gives them yet.
Kept by ``tests/cli/test_demo_world.py``.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.audiences import register_audience
from app.cli.connection import open_api
from app.cli.demo_objects import Author
from app.cli.faults import CommandFault
from app.cli.submit import send
from app.domain.vocabulary import Purpose

if TYPE_CHECKING:
    from app.cli.api import Api
    from app.policy.visibility import Hidden
    from app.services.exchange import Exchange
    from breakwater_client.signing.sign_objects import Signing

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Party:
    """A partner of the demo."""

    record: Mapping[str, Any]
    api: Api
    signing: Signing

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.record["name"])

    @property
    def author(self) -> Author:
        """As whom it writes, now."""
        return Author(self.signing.signer, datetime.now(UTC))

    def sign(self, value: dict[str, Any]) -> dict[str, Any]:
        """Sign one object with its own key."""
        from breakwater_client.signing.sign_objects import sign_value

        return sign_value(value, self.signing)

    def send(self, objects: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Send objects as they are, and give the exchange's answer."""
        body = json.dumps({"objects": list(objects)}, ensure_ascii=False).encode()
        return send(self.api, body, str(uuid.uuid4()))

    def publish(self, *objects: dict[str, Any]) -> dict[str, Any]:
        """Sign and send objects of which none may be refused.

        Raises:
            CommandFault: one was, which the demo does not survive.
        """
        answer = self.send([self.sign(one) for one in objects])
        for result in answer["results"]:
            if result["status"] == "refused":
                raise CommandFault(f"The demo's own object was refused: {result['detail']}", code=result["code"])
        return answer

    def register_audience(self, **lists: list[str]) -> str:
        """Register an audience, and give its id."""
        pem = Path(self.record["private_key"]).read_bytes()
        return str(register_audience(self.api, pem, lists)["audience_id"])

    def pull(self) -> dict[str, dict[str, Any]]:
        """Give everything it may see now, by STIX id."""
        seen: dict[str, dict[str, Any]] = {}
        page: dict[str, Any] = {"more": True, "next": None}
        while page["more"]:
            page = self.api.get("/objects", limit=_PAGE, next=page["next"])
            seen |= {one["id"]: one for one in page["objects"]}
        return seen

    def look_up(self, stix_id: str) -> dict[str, Any] | CommandFault:
        """Ask for one object by its id: the object, or how the exchange refuses."""
        try:
            found: dict[str, Any] = self.api.get(f"/objects/{stix_id}")["objects"][0]
        except CommandFault as fault:
            return fault
        return found


@dataclass(frozen=True, slots=True)
class World:
    """Everybody, by name, two operators, and the exchange as the first of them may look into it."""

    url: str
    parties: Mapping[str, Party]
    operator: Api
    second: Api
    operator_token: str
    exchange: Exchange
    exchange_record: Mapping[str, str]

    def why_hidden(self, stix_id: str, reader: Party) -> Hidden | str | None:
        """Give why a partner does not see an object, ``"embargo"`` for a matter of time, None if it does."""
        from app.policy.telling import Verdict
        from app.policy.visibility import Hidden
        from app.services.authenticate import authenticate
        from app.services.explaining.explain import PolicyQuestion, explain

        question = PolicyQuestion(stix_id, reader.record["id"], Purpose(reader.record["purpose"]))
        told = explain(self.exchange, authenticate(self.exchange, self.operator_token), question)[0].told
        if told.voice is not None and told.clause is not None:
            return Hidden(told.voice, told.clause, told.agreement_version)
        return None if told.verdict is Verdict.SEEN else "embargo"


def meet(url: str, known: Mapping[str, Any], exchange: Exchange) -> World:
    """Give the demo's world from what a sandbox knows: its operators, partners and exchange record."""
    token, second = (one["token"] for one in known["operators"][:2])
    parties = {record["name"]: _party(url, record) for record in known["partners"]}
    return World(url, parties, open_api(url, token), open_api(url, second), token, exchange, known["exchange"])


def _party(url: str, record: Mapping[str, Any]) -> Party:
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import Signing

    key = read_private_key(Path(record["private_key"]).read_bytes())
    return Party(record, open_api(url, record["token"]), Signing(key, record["identity_id"], datetime.now(UTC)))
