"""What the doctor saw of an integration, as its checks ask for it: requests in their order, practice objects, and files.

Owns what may be read off that without judging it; the rules are ``doctor_checks``'. Kept by ``tests/cli/test_doctor_found.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.cli.doctor_hop import Hindrance, Seen
from app.cli.doctor_practice import Change, Namesake
from breakwater_client.verifying.known_keys import KnownSigner


@dataclass(frozen=True, slots=True)
class Found:
    """What was seen: requests in their order, whether no more come, what was practised with, whose keys sign objects.

    Practice objects have names: their ids, and ``namesake``, of which another object has the id, its own. ``kept`` are the names
    of those whose values stand in files where the integration keeps what it took; None: no files are known. ``stood`` are those
    that ever stood there; ``used``: those of ``changed`` of which what they were changed to did.
    """

    seen: Sequence[Seen]
    is_over: bool = False
    practised: Sequence[str] = ()
    recalled: Sequence[str] = ()
    changed: Mapping[str, Change] = field(default_factory=dict)
    signers: Sequence[KnownSigner] = ()
    kept: frozenset[str] | None = None
    stood: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    namesake: Namesake | None = None

    def feeds(self) -> list[list[tuple[int, Seen]]]:
        """Give the requests for pages by the question that they belong to, with their places."""
        by_question: dict[str, list[tuple[int, Seen]]] = {}
        for place, one in enumerate(self.seen):
            if one.is_feed and one.authentic is None:
                question = {name: value for name, value in one.query.items() if name not in {"next", "limit"}}
                asked = json.dumps([one.headers.get("breakwater-purpose"), question], sort_keys=True)
                by_question.setdefault(asked, []).append((place, one))
        return list(by_question.values())

    def served(self) -> set[str]:
        """Give the names of the objects that were given whole in pages."""
        pages = [one for one in self.seen if one.is_feed and one.is_whole]
        return {self._name(value) for page in pages for value in page.document.get("objects", ()) if isinstance(value, dict)}

    def unserved(self) -> set[str]:
        """Give the names of the practice objects that were not."""
        return set(self.practised) - self.served()

    def answers(self) -> Iterator[tuple[Seen, dict[str, str]]]:
        """Give the answers to notices of practice objects that the exchange took, with the word for each of these."""
        for one in self.seen:
            if one.method == "POST" and one.path.startswith("/notices/") and one.is_whole:
                versions = one.document.get("versions", ())
                words = {self._recalled_name(str(each.get("stix_id"))): str(each.get("outcome")) for each in versions}
                yield one, {name: word for name, word in words.items() if name in self.recalled}

    def words(self) -> dict[str, str]:
        """Give the word that was last answered for each practice object that was recalled."""
        return {name: word for _, words in self.answers() for name, word in words.items()}

    def _name(self, value: Mapping[str, object]) -> str:
        is_namesake = self.namesake is not None and self.namesake.is_it(value)
        return self.namesake.name if self.namesake is not None and is_namesake else str(value.get("id"))

    def _recalled_name(self, stix_id: str) -> str:
        """Give the name of what is recalled under an id: of two that have one the namesake is."""
        return self.namesake.name if self.namesake is not None and stix_id == self.namesake.stix_id else stix_id


def is_waiting(seen: Sequence[Seen]) -> bool:
    """Whether a request that was told to wait has not come again."""
    return any(one.hindrance is Hindrance.BUSY and not come_again(one, seen[place + 1 :]) for place, one in enumerate(seen))


def come_again(busy: Seen, later: Sequence[Seen]) -> list[Seen]:
    """Give the later requests that are one which was told to wait, once more."""
    return [one for one in later if (one.path, one.method) == (busy.path, busy.method)]
