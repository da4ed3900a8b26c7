from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest

import app.domain
import app.policy
from app.domain import object_vocabulary, vocabulary
from app.domain.object_vocabulary import (
    ActionTaken,
    BlindedKind,
    Disposition,
    FeedbackKind,
    FeedbackMark,
    FeedbackOutcome,
    Interest,
    PaymentKind,
    PerceptualAlgorithm,
    RequestedConduct,
    RequestState,
    RoomAccess,
)
from app.domain.vocabulary import KeyAlgorithm, Role
from app.portal.plain_words import BADGES, HELP, WORDS
from app.portal.vocabulary.answers import COUNTED_FEEDBACK, COUNTED_FEEDBACK_KINDS, SIGHTINGS
from app.portal.vocabulary.organisations import COUNTED_ROLES
from tests.factories.plain_word_tables import faults_of

PORTAL = Path(inspect.getfile(importlib.import_module("app.portal"))).parent
ON_NO_PAGE = {
    ActionTaken,
    BlindedKind,
    Disposition,
    Interest,
    KeyAlgorithm,
    PaymentKind,
    PerceptualAlgorithm,
    RequestState,
    RequestedConduct,
    RoomAccess,
}
"""Closed lists of objects that no page tells in words: they stand in an object's own text, or in its JSON."""


def vocabularies(*packages: object) -> Iterator[type[StrEnum]]:
    """Give all closed lists of packages or modules."""
    for package in packages:
        path = getattr(package, "__path__", None)
        names = [one.name for one in pkgutil.iter_modules(path, f"{package.__name__}.")] if path else [package.__name__]  # type: ignore[attr-defined]  # of modules
        for name in names:
            found = importlib.import_module(name)
            for one in vars(found).values():
                if inspect.isclass(one) and issubclass(one, StrEnum) and one.__module__ == name:
                    yield one


def test_a_fault_of_a_table_would_be_found() -> None:
    assert faults_of({Role: {Role.NGO: "NGO", Role.HOTLINE: "NGO"}}) == [
        "Role: words for other codes than it has",
        "Role: two codes are called the same",
    ]
    assert faults_of({Role: {Role.NGO: "An NGO."}}, complete=False) == ["Role: 'An NGO.'"]


def test_what_has_help_or_a_badge_has_words_and_help_is_sentences() -> None:
    for table in (HELP, BADGES):
        for kind, words in table.items():
            assert set(words) <= set(WORDS[kind])
    for words in HELP.values():
        assert all(one[0].isupper() and one.endswith((".", "!")) for one in words.values())
    assert {one for words in BADGES.values() for one in words.values()} <= {"good", "warning", "problem"}


def test_every_closed_list_of_objects_and_partners_has_words() -> None:
    known = set(vocabularies(vocabulary, object_vocabulary))
    assert known - ON_NO_PAGE <= WORDS.keys()
    assert not ON_NO_PAGE & WORDS.keys(), "whatever has words is shown"


def test_words_with_a_number_before_them_are_the_same_words() -> None:
    assert {role: one for role, (one, _) in COUNTED_ROLES.items()} == WORDS[Role]
    assert set(COUNTED_FEEDBACK_KINDS) == set(FeedbackKind)
    said = {
        f"{kind}:{word}": words
        for kind, of in (("outcome", FeedbackOutcome), ("mark", FeedbackMark))
        for word, words in WORDS[of].items()
    }
    said |= {f"sighting:{word}": words for word, words in SIGHTINGS.items()}
    assert set(COUNTED_FEEDBACK) == set(said)
    for word, forms in COUNTED_FEEDBACK.items():
        assert forms == (f"%(num)s time {said[word]}", f"%(num)s times {said[word]}")


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PORTAL.rglob("*.py")):
        if path.parent.name != "vocabulary":
            yield path.relative_to(PORTAL).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _enum_of(key: ast.expr | None, names: set[str]) -> str | None:
    if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id in names:
        return key.value.id
    return None


def _is_words(value: ast.expr) -> bool:
    texts = [one.value for one in ast.walk(value) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.search("[A-Za-z]", one) for one in texts)


def second_tables(module: ast.Module) -> Iterator[int]:
    """Give the lines of mappings from words of a closed list, or from their spellings, to texts."""
    known = list(vocabularies(app.domain, app.policy))
    names, lists = {one.__name__ for one in known}, [{word.value for word in one} for one in known]
    for node in ast.walk(module):
        if not isinstance(node, ast.Dict) or not any(map(_is_words, node.values)):
            continue
        spelled = {one.value for one in node.keys if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        of_members = sum(_enum_of(one, names) is not None for one in node.keys)
        if of_members > 1 or (len(spelled) > 1 and any(spelled <= one for one in lists)):
            yield node.lineno


def test_no_other_module_has_a_table_of_words() -> None:
    assert [(name, line) for name, module in _modules() for line in second_tables(module)] == []


@pytest.mark.parametrize(
    "text",
    [
        'A = {Harm.CSAM: "material", Harm.NETWORK_FACILITATION: "networks"}',
        'A = {"csam": ("Material", ""), "network-facilitation": ("Networks", "")}',
        'def f(x): return {"widens": _("more"), "narrows": _("less")}[x]',
    ],
)
def test_a_second_table_would_be_found(text: str) -> None:
    assert list(second_tables(ast.parse(text)))


def test_no_template_makes_words_of_codes_by_itself() -> None:
    made = re.compile(r"""replace\(["']-["'], *["'] ["']\)|_\(\s*[a-z_.]+\.(role|purpose|channel|surface|state|reason)\s*\)""")
    found = [
        path.name for path in sorted((PORTAL / "templates").rglob("*.html")) if made.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
