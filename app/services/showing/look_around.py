"""Everything that one page shows of an object: what each owner states, on which terms, and what stands around it.

Owns that one page is one question, one look and one row of the ledger, which names all that the page was made of. Of observables
that an object refers to, only its own publisher's statements are given: else whoever guesses an id, and refers to it, would
learn without a question whether others list it. Kept by ``tests/services/showing/test_look_around.py``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import NotFoundError
from app.domain.recall import NOTICE_TYPE
from app.services.exchange import Exchange
from app.services.limiting.ask import ask_about, observables_among
from app.services.reading.disclosing import disclosed
from app.services.reading.readers import Reader
from app.services.reading.record_disclosure import Disclosed, Manner
from app.services.reading.visible_set import Look
from app.services.showing.terms_of_use import TermsOfUse, terms_of_use
from app.services.weighing.weigh_assertions import AllSaid, Weighed, all_said
from app.stix.feedback import feedback_of
from app.stix.references import references
from app.storage import contents, feed, objects
from app.storage.contents import Content
from app.storage.feed import VisibleVersion, Window
from app.storage.filters import Filters, Versions
from app.storage.weighing import SeenStatement

MOST_LOOKED_UP = 60
"""So many of the objects at the other ends are looked up."""
_CASE = "incident"
_HOLDING = frozenset({"grouping", "observed-data", "report"})
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stated:
    """The newest version that one owner states and the reader sees: its stored bytes, what they say, and its terms.

    ``attestation`` is the exchange's (JSON text) where its publisher did not sign it; ``refers_to`` are ids.
    """

    version: VisibleVersion
    body: bytes
    value: Mapping[str, Any]
    attestation: str | None
    terms: TermsOfUse
    refers_to: frozenset[str]


@dataclass(frozen=True, slots=True)
class Around:
    """An object that is around another: what it says, and whose it is."""

    version_id: int
    class_id: int
    owner_id: str
    stix_id: str
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ObjectInContext:
    """An object by its id; ``around`` has by their ids the objects at ends of connections and references, and cases beside it.

    ``said`` is what refers to it, and what is stated of it. ``is_cut``: not all the ends were looked up.
    """

    stix_id: str
    stated: Sequence[Stated]
    said: AllSaid
    around: Mapping[str, Sequence[Around]]
    is_cut: bool

    @property
    def weighed(self) -> Weighed:
        """Who states and denies it, and what others say."""
        return self.said.weighed

    @property
    def referring(self) -> Sequence[tuple[SeenStatement, Mapping[str, Any]]]:
        """Give what refers to it, with what it says: no feedback, no notice of a recall, and nothing that was taken back."""
        read = [(one, self.said.values[one.version_id]) for one in self.said.found if one.version_id in self.said.values]
        return [
            (one, value)
            for one, value in read
            if one.stix_id != self.stix_id
            and one.type != NOTICE_TYPE
            and value.get("revoked") is not True
            and feedback_of(dict(value)) is None
        ]

    @property
    def cases(self) -> Sequence[Around]:
        """Give the cases that refer to it, are connected with it, or are held together with it, newest first."""
        found: dict[tuple[str, str], Around] = {}
        for one, value in self.referring:
            if one.type == _CASE:
                found[one.owner_id, one.stix_id] = Around(one.version_id, one.class_id, one.owner_id, one.stix_id, value)
            for stix_id in _cases_beside(one.type, value, self.stix_id):
                found.update({(each.owner_id, stix_id): each for each in self.around.get(stix_id, ())})
        return sorted(found.values(), key=lambda one: (str(one.value["created"]), one.stix_id), reverse=True)

    @property
    def version_ids(self) -> frozenset[int]:
        """Give the versions that it is made of, as the ledger has them."""
        ends = {one.version_id for some in self.around.values() for one in some}
        return frozenset({one.version.version_id for one in self.stated} | {one.version_id for one in self.said.found} | ends)


def look_around(exchange: Exchange, reader: Reader, stix_id: str) -> ObjectInContext:
    """Give an object with what is around it, as far as the reader sees it.

    Raises:
        ExhaustedError: an observable, and the partner has asked as much today as it may; or was given as much.
        NotFoundError: absent or hidden; the id may be anything.
    """
    ask_about(exchange, reader.principal, [stix_id], reader.purpose, reader.channel)

    def read(look: Look) -> tuple[Sequence[Disclosed], ObjectInContext | None]:
        stated = newest_stated(look, stix_id)
        if not stated:
            return [], None
        said = all_said(look, stix_id)
        wanted = _ends(stix_id, stated, said)
        around = _around(look, wanted)
        found = ObjectInContext(stix_id, stated, said, around, len(wanted) > MOST_LOOKED_UP)
        ends = [one for some in around.values() for one in some]
        shown: list[Disclosed] = [*(one.version for one in stated), *said.found, *ends]
        return list({one.version_id: one for one in shown}.values()), found

    answer = disclosed(exchange, reader, read, Manner())
    if answer is None:
        raise NotFoundError
    return answer


def newest_stated(look: Look, stix_id: str) -> list[Stated]:
    """Give the newest version of each owner that is seen in a look; whoever gives it answers for its row of the ledger."""
    newest = {one.owner_id: one for one in feed.versions_of(look.connection, look.viewpoint, stix_id, look.now)}  # oldest first
    return stated_versions(look, list(newest.values()))


def stated_versions(look: Look, versions: Sequence[VisibleVersion]) -> list[Stated]:
    """Give these versions, which were found to be seen in the same look, with what they say and their terms."""
    ids = [one.version_id for one in versions]
    read = contents.contents(look.connection, ids, _MOST_BYTES) if ids else {}
    terms = terms_of_use(look.connection, versions)
    return [_stated(one, read[one.version_id], terms[one.version_id]) for one in versions if one.version_id in read]


def _stated(version: VisibleVersion, content: Content, terms: TermsOfUse) -> Stated:
    value = json.loads(content.body)
    return Stated(version, content.body, value, content.attestation, terms, references(value))


def _ends(stix_id: str, stated: Sequence[Stated], said: AllSaid) -> dict[str, set[str]]:
    """Give the ids at other ends, each with the owners of what names them; the ends of connections and references."""
    found: dict[str, set[str]] = {}
    for one in stated:
        for target in one.refers_to:
            found.setdefault(target, set()).add(one.version.owner_id)
    for each in said.found:
        value = said.values.get(each.version_id, {})
        if each.type == "relationship":
            for end in {value["source_ref"], value["target_ref"]} if value else ():
                found.setdefault(str(end), set()).add(each.owner_id)
        elif value.get("revoked") is not True:
            for case in _cases_beside(each.type, value, stix_id):
                found.setdefault(case, set()).add(each.owner_id)
    return {target: owners for target, owners in sorted(found.items()) if target != stix_id}


def _cases_beside(kind: str, value: Mapping[str, Any], stix_id: str) -> set[str]:
    """Give the ids of cases that a connection, or what holds things together, puts beside an id."""
    if kind == "relationship":
        named = {value["source_ref"], value["target_ref"]}
    else:
        named = set(value.get("object_refs", ())) if kind in _HOLDING else set()
    return {one for one in named - {stix_id} if one.startswith(f"{_CASE}--")} if stix_id in named else set()


def _around(look: Look, wanted: Mapping[str, Collection[str]]) -> dict[str, list[Around]]:
    asked = frozenset(list(wanted)[:MOST_LOOKED_UP])
    if not asked:
        return {}
    window = Window(0, 4 * MOST_LOOKED_UP, look.now, head=look.position)
    entries = feed.page(look.connection, look.viewpoint, window, Filters(stix_ids=asked, versions=Versions(last=True)))
    classes, guessable = {one.version_id: one.class_id for one in entries}, observables_among(asked)
    seen = [
        one
        for one in objects.versions_by_row(look.connection, list(classes))
        if one.stix_id not in guessable or one.owner_id in wanted[one.stix_id]
    ]
    read = contents.contents(look.connection, [one.version_id for one in seen], _MOST_BYTES) if seen else {}
    found: dict[str, list[Around]] = {}
    for one in seen:
        if one.version_id in read:
            value = json.loads(read[one.version_id].body)
            made = Around(one.version_id, classes[one.version_id], one.owner_id, one.stix_id, value)
            found.setdefault(one.stix_id, []).append(made)
    return found
