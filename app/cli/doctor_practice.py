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
from typing import TYPE_CHECKING, Any

from app.cli.api import Api, segment
from app.cli.faults import CommandFault
from breakwater_client.signing.sign_objects import Signing, sign_value
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import prepared, unsigned, with_signature
from breakwater_client.trust.payload_type import PayloadType

if TYPE_CHECKING:
    from app.cli.demo_objects import Author

TYPES = ("indicator", "domain-name", "attack-pattern")
"""The types of the practice objects: who verifies one of them alone takes what is changed of the others."""

_UNTOUCHED = 3


@unique
class Change(StrEnum):
    """How an object is changed on its way, its content each time too."""

    CONTENT = "content"
    NO_SIGNATURE = "no-signature"
    ANOTHERS_KEY = "anothers-key"
    ANOTHERS_NAME = "anothers-name"


CHANGES = [(kind, how) for kind in TYPES for how in Change if (kind, how) != ("domain-name", Change.ANOTHERS_NAME)]
"""Which types are changed, and how: an observable names no creator, so that another's name makes it another's."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Another partner, who shares practice objects: its connection, key and identity."""

    api: Api
    key: PrivateKey
    identity_id: str

    def share(self, values: Sequence[Mapping[str, Any]]) -> None:
        """Sign objects of its own, and submit them.

        Raises:
            CommandFault: the exchange does not take them.
        """
        signing = Signing(self.key, self.identity_id, datetime.now(UTC))
        answer = self.api.post("/submissions", {"objects": [sign_value(dict(one), signing) for one in values]})
        if any(one["status"] != "stored" for one in answer["results"]):
            raise CommandFault("The exchange did not take the practice objects: may their publishers submit such ones?")

    def withdraw(self, stix_id: str) -> None:
        """Take an object of its own back."""
        self.api.post(f"/objects/{segment(stix_id)}/withdrawal", {"reason": "withdrawn", "act": "delete"})


@dataclass(frozen=True, slots=True)
class Namesake:
    """Another partner's object with the id and version of one of the publisher's: two objects, of which one is recalled."""

    stix_id: str
    owner: str

    @property
    def name(self) -> str:
        """What it is called among practice objects, where the id is the other one's name."""
        return f"{self.stix_id} of {self.owner}"

    def is_it(self, value: Mapping[str, Any]) -> bool:
        """Whether an object is it, and not the publisher's."""
        return (value.get("id"), value.get("created_by_ref")) == (self.stix_id, self.owner)


@dataclass(slots=True)
class Practice:
    """Objects of a publisher that are pulled, changed on the way, and recalled: those of ``recalled``, by their names.

    ``stranger`` is a third partner, whose key the directory lists; ``namesake`` is its own object. ``values`` is what each object
    is about, by its name: no other object has it. ``stood`` and ``used`` remember what was ever found where the integration keeps
    what it took: names by the value that an object has, and by the one that it was changed to.
    """

    publisher: Publisher
    stranger: Publisher
    ids: Sequence[str] = ()
    namesake: Namesake | None = None
    recalled: Sequence[str] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    stood: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    @property
    def changed(self) -> dict[str, Change]:
        """The objects that are changed on their way, and how: behind the first, which comes whole and is recalled."""
        return dict(zip(self.ids[1:], [how for _, how in CHANGES], strict=False))

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        return [*self.ids, *([self.namesake.name] if self.namesake else [])]

    def change(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Give one of ``changed`` as it is changed."""
        how, was, now = self.changed[value["id"]], self.values[value["id"]], datetime.now(UTC)
        made = {name: one.replace(was, _changed(was)) if isinstance(one, str) else one for name, one in value.items()}
        if how is Change.CONTENT:
            return made
        made = {**unsigned(made)}
        key, stranger = self.stranger.key, self.stranger.identity_id
        if how is Change.NO_SIGNATURE:
            return made
        if how is Change.ANOTHERS_KEY:
            return sign_value(made, Signing(key, self.publisher.identity_id, now))
        creator = {"created_by_ref": made.pop("created_by_ref")}
        whole = prepared(made, key.public.keyid, signer=stranger, signed_at=now) | creator
        return with_signature(whole, key.sign(pae(PayloadType.STIX_OBJECT, canonical_bytes(whole))))

    def look(self, contents: Sequence[bytes]) -> frozenset[str]:
        """Give the names of those whose values stand in these contents, and remember them."""
        standing = {name for name, value in self.values.items() if _stands(value, contents)}
        self.stood |= standing
        self.used |= {name for name in self.changed if _stands(_changed(self.values[name]), contents)}
        return frozenset(standing)

    def publish(self) -> None:
        """Share the practice objects.

        Raises:
            CommandFault: the exchange does not take them.
        """
        from app.cli.demo_objects import Author

        author = Author(self.publisher.identity_id, datetime.now(UTC))
        mark = uuid.uuid4().hex  # what stands in an integration's files from another time is not taken for this one's
        kinds = [TYPES[0], *(kind for kind, _ in CHANGES), *[TYPES[0]] * _UNTOUCHED]
        values = [f"p{number}-{mark}.example.org" for number in range(len(kinds))]
        made = [_object(kind, author, value) for kind, value in zip(kinds, values, strict=True)]
        self.publisher.share(made)
        self.ids = [one["id"] for one in made]
        self.values = dict(zip(self.ids, values, strict=True))
        self._share_namesake(made[-1], f"n-{mark}.example.org")

    def _share_namesake(self, of: Mapping[str, Any], value: str) -> None:
        from app.cli.demo_objects import Author

        made = _object(TYPES[0], Author(self.stranger.identity_id, datetime.now(UTC)), value)
        self.stranger.share([made | {name: of[name] for name in ("id", "created", "modified")}])
        self.namesake = Namesake(of["id"], self.stranger.identity_id)
        self.values = {**self.values, self.namesake.name: value}

    def recall(self) -> None:
        """Take back one that came as it is, those that were changed on their way, and the namesake."""
        if self.recalled:
            return
        self.recalled = [*self.ids[:1], *self.changed]
        for one in self.recalled:
            self.publisher.withdraw(one)
        if self.namesake is not None:
            self.recalled = [*self.recalled, self.namesake.name]
            self.stranger.withdraw(self.namesake.stix_id)


def _object(kind: str, author: Author, value: str) -> dict[str, Any]:
    """Give a practice object of this type, unsigned, in whose texts the value stands."""
    from app.cli.demo_objects import behaviour, domain, indicator

    if kind == "domain-name":
        return domain(author, value)
    name = f"Practice object of the doctor: {value}"
    return behaviour(author, name) if kind == "attack-pattern" else indicator(author, name, value)


def _changed(value: str) -> str:
    """Give what a value is changed to: neither stands in the other."""
    return value.replace("p", "changed-", 1)


def _stands(value: str, contents: Sequence[bytes]) -> bool:
    return any(value.encode() in content for content in contents)
