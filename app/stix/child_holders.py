"""Members that hold the description of one child or victim: ``child`` with a name and an age in it, however deep.

Owns which traits count inside which member, and what makes a tree's branch, an organisation or a statistic of it. What names tell
alone is judged in ``child_fields``. Kept by ``tests/stix/test_child_holders.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from app.domain.stix_object import JsonObject
from app.stix.child_fields import names_one
from app.stix.child_words import CHILD, OF_A_TREE, OF_MANY, TRAIT, VICTIM, plain, word_set, words_of

_NAMES_OF_TREES = word_set("name names image images img address addresses parent parents handle username")
_OF_ORGANISATIONS = word_set(
    "name names image images img address addresses street phone phones telephone mobile email emails mail nationality "
    "handle username"
)
_PARTS_OF_A_NAME = word_set("first last full real given family middle nick")
_SIGNS_OF_TREES = word_set(
    "pid ppid process processes command cmdline commandline node nodes children guid hash hashes md5 sha1 sha256 size path "
    "element tree parent major depth level exe executable ref refs"
)
_SIGNS_OF_ORGANISATIONS = word_set(
    "sector sectors industry industries organisation organisations organization organizations company website domain employees "
    "revenue ticker headquarters"
)
_SOMEBODY = CHILD | VICTIM
_ROLES = word_set("role roles type kind category status relation person persons subject")
_SEVERAL = word_set("victims survivors children kids minors girls boys teens pupils infants toddlers daughters sons")
_LONGEST_ROLE = 16  # characters
_AGE = re.compile(
    r"\b(?:aged?:?|born(?: in| on)?)\s{0,3}\d|\b\d{1,2}\s?-?(?:years?|yrs?|y/?o|ans|años|anos|jahre|anni|jaar|lat|år)\b"
    r"|[^\W\d_]\s?\(\d{1,2}\)$",
    re.IGNORECASE,
)
_BETWEEN_AGES = re.compile(r"\d{1,2}\s{0,2}(?:-|\u2013|to|and|bis|und|à|a|y|e)\s{0,2}\d{1,2}", re.IGNORECASE)
_PERSON = re.compile(r"[^\W\d_a-z][^\W\d_A-Z]+(?:[ '-][^\W\d_a-z][^\W\d_A-Z]*\.?){1,3}")
_LONGEST_TEXT = 500  # characters of one that is looked at
_MOST_BESIDE = 200  # names
MOST_MEMBERS = 50_000
"""How many members are looked at in one object."""

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Budget:
    """How many members may still be looked at in one object, and the words of their names, which mostly come again and again."""

    members: int = MOST_MEMBERS
    cut: dict[str, frozenset[str]] = field(default_factory=dict)

    def words_of(self, name: str) -> frozenset[str]:
        """Give the words of a name."""
        found = self.cut.get(name)
        if found is None:
            found = self.cut[name] = frozenset(words_of(name))
        return found


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands around a member: its holder, the holder's place, and whether the member is a list."""

    holder: JsonObject
    path: Path
    is_list: bool = False

    def is_alike(self, traits: list[str]) -> bool:
        """Whether the holder, inside the object, has the same traits as what its list holds: a tree of things of one kind."""
        return self.is_list and bool(self.path) and all(trait in self.holder for trait in traits)

    def words(self, budget: Budget) -> frozenset[str]:
        """Give the words of the names above, and of a few hundred beside; those of the object itself say nothing."""
        names = [
            *islice(self.holder if self.path else (), _MOST_BESIDE),
            *(step[:_MOST_BESIDE] for step in self.path if type(step) is str),
        ]
        budget.members -= len(names)
        return frozenset(word for name in names for word in budget.words_of(name))


def is_role(name: str, text: str) -> bool:
    """Whether a member (unverified) says of what it stands in that it is a child or a victim: ``role`` is ``victim``."""
    if len(text) > _LONGEST_ROLE or plain(text) not in _SOMEBODY:
        return False
    return bool(words_of(name)) and words_of(name)[-1] in _ROLES


def describes_by_role(holder: JsonObject, role: str, names: frozenset[str], budget: Budget) -> bool:
    """Whether a holder (unverified) with such a role describes somebody by the members that ``names`` allows."""
    inside = {name: member for name, member in holder.items() if name in names}
    return _describes(plain(role).split(), inside, Beside({}, ()), budget)


def holds_description(name: str, member: Any, holder: JsonObject, path: Path, budget: Budget) -> bool:
    """Whether a member of a holder (unverified, at ``path``) has a name for a child or victim, and describes one inside.

    Any trait counts. Beside what trees or organisations have, only what neither has counts; ages and genders that are counted in
    tables of several do not. A text counts if it tells an age, or if it reads like a person's name under a word for a child.
    """
    words = words_of(name) if type(member) in (dict, list, str) else []
    if not names_one(words):
        return False
    if type(member) is str:
        return _tells(member, words)
    if type(member) is list and any(type(each) is str and _tells(each, words) for each in member[:_LONGEST_TEXT]):
        return True
    return _describes(words, member, Beside(holder, path, is_list=type(member) is list), budget)


def _tells(text: str, words: list[str]) -> bool:
    head = text[:_LONGEST_TEXT]
    if _AGE.search(head) and not _BETWEEN_AGES.search(head):
        return True
    return not VICTIM.intersection(words) and _PERSON.fullmatch(head) is not None


def _describes(words: list[str], member: Any, beside: Beside, budget: Budget) -> bool:
    is_child, is_several = not VICTIM.intersection(words), not _SEVERAL.isdisjoint(words)
    signs, excused = (_SIGNS_OF_TREES, _NAMES_OF_TREES) if is_child else (_SIGNS_OF_ORGANISATIONS, _OF_ORGANISATIONS)
    for inside in _dictionaries(member, budget):
        traits = list(_traits(inside, budget, is_several=is_several))
        if any(_is_personal(budget.words_of(trait), excused) for trait in traits):
            return True
        if traits and not (is_child and beside.is_alike(traits)):
            around = beside.words(budget).union(*map(budget.words_of, inside))
            if around.isdisjoint(signs - frozenset(words)):
                return True
    return budget.members < 0


def _dictionaries(member: Any, budget: Budget) -> Iterator[JsonObject]:
    """Give the dictionaries in a member that are no statistics, outer ones first."""
    waiting = [member]
    while waiting and budget.members >= 0:
        here = waiting.pop()
        if type(here) is dict:
            budget.members -= 1 + len(here)
            yield here
            waiting.extend(
                inner for name, inner in here.items() if type(inner) in (dict, list) and OF_MANY.isdisjoint(budget.words_of(name))
            )
        elif type(here) is list:
            budget.members -= 1 + len(here)
            waiting.extend(inner for inner in here if type(inner) in (dict, list))


def _traits(inside: JsonObject, budget: Budget, *, is_several: bool) -> Iterator[str]:
    for name, member in inside.items():
        words = budget.words_of(name)
        if not TRAIT & words or (OF_MANY | OF_A_TREE) & words or type(member) is bool:
            continue
        if not (is_several and type(member) is dict and all(type(number) in (int, float) for number in member.values())):
            yield name


def _is_personal(trait: frozenset[str], excused: frozenset[str]) -> bool:
    return bool((trait & TRAIT) - excused) or bool(trait & _PARTS_OF_A_NAME)
