"""The doctor's practice objects: what another partner shares, how some are changed on their way, and what is recalled.

Owns the changes, each of which makes an object that no integration may take; when they are made is ``doctor_scenario``'s, what
follows ``doctor_checks``'. Kept by ``tests/cli/test_doctor_practice.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any

from app.cli.api import Api, segment
from app.cli.faults import CommandFault
from breakwater_client.signing.sign_objects import Signing, sign_value
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import prepared, unsigned, with_signature
from breakwater_client.trust.payload_type import PayloadType

COUNT = 8


@unique
class Change(StrEnum):
    """How an object is changed on its way, its content each time too."""

    CONTENT = "content"
    NO_SIGNATURE = "no-signature"
    ANOTHERS_KEY = "anothers-key"
    ANOTHERS_NAME = "anothers-name"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Another partner, who shares practice objects: its connection, key and identity."""

    api: Api
    key: PrivateKey
    identity_id: str


@dataclass(slots=True)
class Practice:
    """Objects of a publisher that are pulled, changed on the way, and recalled: those of ``recalled``.

    ``stranger`` is the key of a third partner, which the directory lists, and its identity. ``values`` is what each object is
    about, by its id: no other object has it. ``stood`` and ``used`` remember what was ever found where the integration keeps what
    it took: ids by the value that an object has, and by the one that it was changed to.
    """

    publisher: Publisher
    stranger: tuple[PrivateKey, str]
    ids: Sequence[str] = ()
    recalled: Sequence[str] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    stood: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    @property
    def changed(self) -> dict[str, Change]:
        """The objects that are changed on their way, and how: behind the first, which comes whole and is recalled."""
        return dict(zip(self.ids[1:], Change, strict=False))

    def change(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Give one of ``changed`` as it is changed."""
        how, said = self.changed[value["id"]], f"[domain-name:value = '{self._changed_to(value['id'])}']"
        made = {**value, "name": f"Changed by the doctor ({how}): nobody may take it", "pattern": said}
        if how is Change.CONTENT:
            return made
        made = {**unsigned(made)}
        (key, stranger), now = self.stranger, datetime.now(UTC)
        if how is Change.NO_SIGNATURE:
            return made
        if how is Change.ANOTHERS_KEY:
            return sign_value(made, Signing(key, value["created_by_ref"], now))
        creator = {"created_by_ref": made.pop("created_by_ref")}
        whole = prepared(made, key.public.keyid, signer=stranger, signed_at=now) | creator
        return with_signature(whole, key.sign(pae(PayloadType.STIX_OBJECT, canonical_bytes(whole))))

    def look(self, contents: Sequence[bytes]) -> frozenset[str]:
        """Give the ids of those whose values stand in these contents, and remember them."""
        standing = {name for name, value in self.values.items() if _stands(value, contents)}
        self.stood |= standing
        self.used |= {name for name in self.changed if _stands(self._changed_to(name), contents)}
        return frozenset(standing)

    def publish(self) -> None:
        """Share the practice objects.

        Raises:
            CommandFault: the exchange does not take them.
        """
        from app.cli.demo_objects import Author, indicator

        now = datetime.now(UTC)
        signing = Signing(self.publisher.key, self.publisher.identity_id, now)
        author = Author(self.publisher.identity_id, now)
        mark = uuid.uuid4().hex  # what stands in an integration's files from another time is not taken for this one's
        domains = [f"p{number}-{mark}.example.org" for number in range(COUNT)]
        made = [indicator(author, f"Practice object {number} of the doctor", domain) for number, domain in enumerate(domains)]
        answer = self.publisher.api.post("/submissions", {"objects": [sign_value(one, signing) for one in made]})
        if any(one["status"] != "stored" for one in answer["results"]):
            raise CommandFault("The exchange did not take the practice objects: may their publisher submit indicators?")
        self.ids = [one["id"] for one in made]
        self.values = dict(zip(self.ids, domains, strict=True))

    def recall(self) -> None:
        """Take back one that came as it is, and those that were changed on their way."""
        if not self.recalled:
            self.recalled = self.ids[: 1 + len(Change)]
            for one in self.recalled:
                self.publisher.api.post(f"/objects/{segment(one)}/withdrawal", {"reason": "withdrawn", "act": "delete"})

    def _changed_to(self, name: str) -> str:
        return self.values[name].replace("p", "changed-", 1)  # neither value stands in the other


def _stands(value: str, contents: Sequence[bytes]) -> bool:
    return any(value.encode() in content for content in contents)
