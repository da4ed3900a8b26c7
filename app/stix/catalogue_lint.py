"""The lint of the catalogue: whether a release is whole, and free of what would help those who harm children.

Owns which texts are looked at, how long they may be, and what of a release must fit together; the rules over one text are
``app/stix/catalogue_texts.py``. Gives findings and refuses nothing: who releases asks that there are none. Kept by
``tests/stix/test_catalogue_lint.py`` with texts that must be found, and all releases, which must not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any
from unicodedata import normalize

import jsonschema_rs

from app.domain.catalogue import Behaviour, Catalogue, Countermeasure, Entry, Reference, is_behaviour_code, is_countermeasure_code
from app.domain.vocabulary import Phase, Surface
from app.stix.catalogue_documents import read_catalogue
from app.stix.catalogue_texts import Rule, broken_rules
from app.stix.oasis_schemas import compile_schema
from breakwater_client.documents.published import catalogue_schema

_LENGTHS = {  # of each text: the least and the most letters
    "name": (5, 80),
    "phase": (20, 200),
    "surface": (8, 200),
    "definition": (60, 600),
    "detection": (60, 600),
    "intent": (20, 300),
    "precondition": (10, 200),
    "rights_impact": (60, 800),
    "residual_risk": (30, 500),
    "source": (3, 100),
    "title": (5, 200),
}
_MOST_REFERENCES = 3
_MOST_PRECONDITIONS = 6
_MOST_OF_FORM = 100
_ABOUT_TEXT = frozenset({"minLength", "maxLength", "minItems", "maxItems"})
_FEWEST_SENTENCES = 2  # a behaviour's definition says what it is, and what it is not or why it matters
_SENTENCE = re.compile(r"[.?](?: |$)")
_HOST = r"(?=[a-z0-9.-]{4,100}/)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}"
_URL = re.compile(rf"https://{_HOST}/[A-Za-z0-9/._~%?=&;#-]{{0,250}}", re.ASCII)
_NO_SOURCES = frozenset(
    {"chat.whatsapp.com", "discord.com", "discord.gg", "signal.group", "signal.me", "t.me", "telegram.me", "wa.me"}
)
"""Hosts that lead to people and rooms, and publish nothing that could be cited."""
_HIDDEN_HOSTS = (".onion", ".i2p")
_CITED = re.compile(r"[^\x00-\x1f@\\<>{}|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*")
_REACHED = re.compile(  # a title has capitals, numbers and full stops; what leads somewhere it has not
    r"""://
      | \bwww\.
      | [^\W_]\.[^\W\d_]{2,24}(?:/|\b)       # a host's name
      | \bdot\ (?:com|net|org|onion|io|me|gg)\b
      | \+\d[\d ()./-]{5,}\d                 # a telephone number
      | \w\#\d{3}                            # a handle
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may not stand: where in the document (RFC 6901), which rule, and a sentence that does not repeat it."""

    pointer: str
    rule: Rule
    sentence: str


def findings(catalogue: Catalogue) -> list[Finding]:
    """Give all that may not stand in a release, in the order of its document; an empty list if it may be published."""
    return [
        *_texts(catalogue),
        *_vocabulary(catalogue),
        *_codes(catalogue),
        *_names(catalogue),
        *_mitigations(catalogue),
    ]


def document_findings(document: Mapping[str, Any]) -> list[Finding]:
    """Give all that may not stand in a release's document (strictly parsed JSON, unverified): its form first, and then as above.

    Pointers name members as they are written: for whoever wrote them, and not for logs.
    """
    malformed = [
        Finding(_pointer(error.instance_path), Rule.STRUCTURE, _of_form(error))
        for error in islice(_schema().iter_errors(document), _MOST_OF_FORM)
        if not _is_about_text(error)
    ]
    if malformed:
        return malformed
    try:
        catalogue = read_catalogue(document)
    except ValueError:  # the form of a time is right, but there is no such time
        return [Finding("", Rule.STRUCTURE, "A time here does not exist.")]
    return findings(catalogue)


@cache
def _schema() -> jsonschema_rs.Validator:
    return compile_schema(catalogue_schema())


def _is_about_text(error: jsonschema_rs.ValidationError) -> bool:
    """Lengths, and what is wrong with addresses of sources, are told below, in words of their own."""
    return error.kind.name in _ABOUT_TEXT or (error.kind.name == "pattern" and error.instance_path[-1:] == ["url"])


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _of_form(error: jsonschema_rs.ValidationError) -> str:
    return f"This does not follow schemas/catalogue.json ({error.kind.name})."


def behaviour_findings(one: Behaviour, pointer: str = "") -> Iterator[Finding]:
    """Give what may not stand in one behaviour by itself, without the release that it is to be part of."""
    yield from _text(f"{pointer}/name", "name", one.name)
    yield from _text(f"{pointer}/definition", "definition", one.definition)
    yield from _text(f"{pointer}/detection", "detection", one.detection)
    if one.definition and len(_SENTENCE.findall(one.definition)) < _FEWEST_SENTENCES:
        yield Finding(f"{pointer}/definition", Rule.MISSING, "A definition has at least two sentences, each with its full stop.")
    if one.definition == one.detection:
        yield Finding(f"{pointer}/detection", Rule.MISSING, "Say how it may be seen, not once more what it is.")
    yield from _needed(f"{pointer}/surfaces", one.surfaces, "Say on which surfaces it is seen; unknown if it is not known.")
    yield from _needed(f"{pointer}/harms", one.harms, "Say which kinds of harm it belongs to.")
    yield from _references(f"{pointer}/references", one.references)


def countermeasure_findings(one: Countermeasure, pointer: str = "") -> Iterator[Finding]:
    """Give what may not stand in one countermeasure by itself, without the release that it is to be part of."""
    for name in ("name", "definition", "intent", "rights_impact", "residual_risk"):
        yield from _text(f"{pointer}/{name}", name, getattr(one, name))
    yield from _needed(f"{pointer}/preconditions", one.preconditions, "Say what must be there before.")
    if len(one.preconditions) > _MOST_PRECONDITIONS:
        yield Finding(f"{pointer}/preconditions", Rule.LENGTH, f"At most {_MOST_PRECONDITIONS} preconditions are read.")
    for position, each in enumerate(one.preconditions):
        yield from _text(f"{pointer}/preconditions/{position}", "precondition", each)
    yield from _needed(f"{pointer}/surfaces", one.surfaces, "Say on which surfaces it works; unknown for the whole service.")
    yield from _references(f"{pointer}/references", one.references)


def _texts(catalogue: Catalogue) -> Iterator[Finding]:
    for phase, text in catalogue.phases.items():
        yield from _text(f"/phases/{phase}", "phase", text)
    for surface, text in catalogue.surfaces.items():
        yield from _text(f"/surfaces/{surface}", "surface", text)
    for position, behaviour in enumerate(catalogue.behaviours):
        yield from behaviour_findings(behaviour, f"/behaviours/{position}")
    for position, countermeasure in enumerate(catalogue.countermeasures):
        yield from countermeasure_findings(countermeasure, f"/countermeasures/{position}")


def _text(pointer: str, kind: str, text: str) -> Iterator[Finding]:
    if not text.strip():
        yield Finding(pointer, Rule.MISSING, "This part is missing.")
        return
    least, most = _LENGTHS[kind]
    if not least <= len(text) <= most:
        yield Finding(pointer, Rule.LENGTH, f"Write {least} to {most} characters.")
    for rule, sentence in broken_rules(text):
        yield Finding(pointer, rule, sentence)


def _needed(pointer: str, members: frozenset[str] | Sequence[str], sentence: str) -> Iterator[Finding]:
    if not members:
        yield Finding(pointer, Rule.MISSING, sentence)


def _references(pointer: str, references: tuple[Reference, ...]) -> Iterator[Finding]:
    if not 1 <= len(references) <= _MOST_REFERENCES:
        yield Finding(pointer, Rule.REFERENCE, f"Name one to {_MOST_REFERENCES} public sources.")
    for position, one in enumerate(references):
        for name in ("source", "title"):
            least, most = _LENGTHS[name]
            text = getattr(one, name)
            if not least <= len(text.strip()) <= most or not _CITED.fullmatch(text) or _REACHED.search(normalize("NFKC", text)):
                sentence = (
                    f"Write the {name} as it was published, in {least} to {most} characters without addresses and controls."
                )
                yield Finding(f"{pointer}/{position}/{name}", Rule.REFERENCE, sentence)
        if one.url is not None and not _is_of_a_source(one.url):
            sentence = (
                "An address is https:// with a host's name and a path, without user, port or blanks, of what was published, "
                "never of a chat; null if none was checked."
            )
            yield Finding(f"{pointer}/{position}/url", Rule.REFERENCE, sentence)


def _is_of_a_source(url: str) -> bool:
    host = url.removeprefix("https://").partition("/")[0].removeprefix("www.")
    return _URL.fullmatch(url) is not None and host not in _NO_SOURCES and not host.endswith(_HIDDEN_HOSTS)


def _structure(pointer: str, sentence: str) -> Finding:
    return Finding(pointer, Rule.STRUCTURE, sentence)


def _vocabulary(catalogue: Catalogue) -> Iterator[Finding]:
    if list(catalogue.phases) != list(Phase):
        yield _structure("/phases", "A release defines each phase, in their order.")
    if set(catalogue.surfaces) != set(Surface):
        yield _structure("/surfaces", "A release defines each surface.")


def _codes(catalogue: Catalogue) -> Iterator[Finding]:
    yield from _codes_of(catalogue, "/behaviours", catalogue.behaviours, is_behaviour_code)
    yield from _codes_of(catalogue, "/countermeasures", catalogue.countermeasures, is_countermeasure_code)


def _codes_of(catalogue: Catalogue, room: str, entries: Sequence[Entry], is_code: Callable[[str], bool]) -> Iterator[Finding]:
    codes = [one.code for one in entries]
    if codes != sorted(set(codes)):
        yield _structure(room, "Codes stand in their order, each once.")
    for position, one in enumerate(entries):
        if not is_code(one.code):
            yield _structure(f"{room}/{position}/code", "A code is OP-nnn for behaviours and CM-nnn for countermeasures.")
        yield from _life(catalogue, f"{room}/{position}", one, frozenset(codes))


def _life(catalogue: Catalogue, pointer: str, one: Entry, codes: frozenset[str]) -> Iterator[Finding]:
    if not one.added_at <= one.changed_at <= catalogue.released_at:
        yield _structure(f"{pointer}/changed_at", "An entry is changed after it was added, and no later than its release.")
    if one.retired_in is not None and not 1 < one.retired_in <= catalogue.release:
        yield _structure(f"{pointer}/retired_in", "An entry is retired by this release or one before, and not by the first.")
    if one.replaced_by and one.retired_in is None:
        yield _structure(f"{pointer}/replaced_by", "Only what is retired is replaced.")
    if not set(one.replaced_by) <= codes - {one.code}:
        yield _structure(f"{pointer}/replaced_by", "What stands for it is another entry of the same kind in this release.")


def _names(catalogue: Catalogue) -> Iterator[Finding]:
    names = [one.name.casefold() for one in catalogue.entries if one.retired_in is None]
    if len(names) != len(set(names)):
        yield _structure("", "Two entries in force have one name.")


def _mitigations(catalogue: Catalogue) -> Iterator[Finding]:
    in_force = {one.code for one in catalogue.behaviours if one.retired_in is None}
    for position, one in enumerate(catalogue.countermeasures):
        pointer = f"/countermeasures/{position}"
        if one.retired_in is None and not one.mitigates <= in_force:
            yield _structure(f"{pointer}/mitigates", "A countermeasure mitigates behaviours of this release that are in force.")
        if one.mitigates & one.no_longer_mitigates:
            yield _structure(f"{pointer}/no_longer_mitigates", "A behaviour is either mitigated or no longer.")
        if not one.no_longer_mitigates <= catalogue.behaviours_by_code.keys():
            yield _structure(f"{pointer}/no_longer_mitigates", "What is no longer mitigated is a behaviour of this release.")
