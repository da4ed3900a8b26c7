"""By which words a behaviour is found: those of the catalogue, and those that people say for the same.

Owns the one rule, which the page's script (``app/portal/static/sharing.js``) follows with the words that it is given: what has
all of the words is found; where nothing has all, what has the most of them. Kept by
``tests/services/drafting/test_behaviour_words.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.catalogue import Behaviour
from app.domain.vocabulary import Phase

_IDLE_WORDS = (
    "a an and are as at be by for from go he her his i in is it its me of on or other she so some somebody someone that the their"
    " them then they this to was were who with"
)
IDLE = frozenset(_IDLE_WORDS.split())
"""Words that nothing is found by."""
_SHORTEST_STEM = 4
_SAID: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("misrepresented", "presents itself", "profile"),
        (
            "pretend pretending pose poses posing fake false lie lying impersonat impostor catfish talent scout modelling "
            "agency model stranger imposter"
        ),
    ),
    (
        ("threat", "extortion"),
        (
            "blackmail sextortion extort extortion coerce coercion threat threaten force pressure expose exposing publish "
            "leak post send friends reveal nude"
        ),
    ),
    (("disclosure",), "expose publish leak post reveal spread shame revenge"),
    (("fabricated", "generated", "altered"), "deepfake ai fake edited manipulated crop"),
    (("sexualised", "first picture"), "nude nudes naked undress sexting sexual selfie body intimate"),
    (("picture", "video", "recording", "content"), "photo photograph picture image video clip film selfie"),
    (("live", "call"), "video live stream livestream camera webcam cam broadcast call facetime show"),
    (
        ("money", "payment", "paid"),
        "money pay paid payment cash bank transfer crypto cryptocurrency bitcoin wallet gift card voucher",
    ),
    (
        ("gifts", "virtual currency"),
        "gift card voucher present coins skins robux crypto cryptocurrency bitcoin money reward bribe",
    ),
    (
        ("change service", "another service"),
        "app apps application whatsapp telegram snapchat discord messenger platform move moves moving switch migrate",
    ),
    (("private", "closed group", "restricted audience"), "secret secretly secrecy hide hidden alone private encrypted"),
    (("moved to", "move takes"), "move moves moving switch migrate secret"),
    (("one-to-one", "solicitation (grooming)"), "groom grooming trust friend friendship boyfriend girlfriend love relationship"),
    (("trust building",), "groom grooming trust approach befriend flatter"),
    (("contact",), "approach message messages messaging dm chat write writes stranger"),
    (("discovery", "recommend"), "search suggest suggestion algorithm feed hashtag follow"),
    (("accounts are created", "common control"), "bots bulk sock puppet hacked stolen farm many"),
    (("recruited", "third party"), "mule middleman intermediary launder"),
    (("returns with", "account was closed"), "ban banned return comeback again new recreate evade blocked"),
    (("coded", "words and signs"), "slang emoji code hashtag jargon term language"),
    (("invite-link", "links that let"), "invitation invite link url join group server channel"),
    (("recorded",), "record capture screenshot screen save"),
    (("exchanges child", "passed on", "distribut"), "trade swap share spread sell upload csam material collection"),
    (("harming themselves",), "suicide self-harm"),
    (("no longer recognises",), "hash hashing evade crop filter mirror"),
    (("facilitator",), "parent family relative order trafficking"),
)
"""What a text of the catalogue has (the beginning of a word, or of several), and what people say who look for that."""


@dataclass(frozen=True, slots=True)
class Found:
    """What some words find; ``has_all``: each has all of them, else each has the most that any has."""

    behaviours: list[Behaviour]
    has_all: bool


def other_words(one: Behaviour, phases: Mapping[Phase, str]) -> str:
    """Give the words, beside its code, name and definition, that a behaviour is found by; ``phases`` says what each is called."""
    text = f" {_plain(f'{one.name} {one.definition} {one.phase}')} "
    akin = [said for stems, said in _SAID if any(f" {_plain(stem)}" in text for stem in stems)]
    words = " ".join((_plain(one.phase), _plain(phases.get(one.phase, "")), *map(_plain, akin))).split()
    return " ".join(dict.fromkeys(word for word in words if word not in IDLE))


def look_for(behaviours: list[Behaviour], words: str, phases: Mapping[Phase, str]) -> Found:
    """Find behaviours by words as somebody types them; without a word all are found, and with words of none nothing is."""
    wanted = [word for word in _plain(words).split() if word not in IDLE]
    fit = [(one, _fitting(one, wanted, phases)) for one in behaviours]
    most = max((fitting for _, fitting in fit), default=0)
    has_any = most > 0 or not wanted
    return Found([one for one, fitting in fit if fitting == most and has_any], most == len(wanted))


def _fitting(one: Behaviour, wanted: list[str], phases: Mapping[Phase, str]) -> int:
    known = f"{_plain(f'{one.code} {one.name} {one.definition}')} {other_words(one, phases)}".split()
    return sum(any(_fits(word, each) for each in known if each not in IDLE) for word in wanted)


def _fits(word: str, known: str) -> bool:
    return known.startswith(word) or (len(known) >= _SHORTEST_STEM and word.startswith(known))


def _plain(text: str) -> str:
    """Give the letters and digits of a text, in words with one blank between."""
    return " ".join(re.sub(r"[\W_]+", " ", text.lower()).split())
