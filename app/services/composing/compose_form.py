"""A form composed and held against what the exchange asks of objects; the same on a partner's own machine.

Owns the order: the screen, the form, the objects, and then each object as intake would examine it. Needs no database. Kept by
``tests/services/composing/test_compose_form.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.domain.composed import Composed, Made
from app.domain.errors import BreakwaterError, Code, ProfileError
from app.domain.vocabulary import Profile
from app.services.intake.examine import Examination, examine_without_keys
from app.stix.compose import Writing, compose
from app.stix.form_contacts import contacts_among
from app.stix.form_screen import screen_form
from app.stix.observation_documents import read_observation, why_unreadable
from breakwater_client.documents.published import observation_schema
from breakwater_client.submission import Refusal


def compose_form(document: Any, writing: Writing) -> Composed:
    """Give what a document (strictly parsed JSON, unverified) comes to: objects, or everything that is refused of it.

    Of what must never be here nothing else is said.
    """
    try:
        if isinstance(document, dict):
            screen_form(document)
            _refuse_contacts(document)
        unreadable = why_unreadable(document)
        if unreadable:
            return Composed(refusals=tuple(map(Refusal.of, unreadable)))
        form = read_observation(document)
    except BreakwaterError as refusal:
        return Composed(refusals=(Refusal.of(refusal),))
    composed = compose(form, writing)
    refused = tuple(one for made in composed.made for one in _why_refused(made, writing))
    return Composed(refusals=refused, imminent_risk=composed.imminent_risk) if refused else composed


def form_schema() -> dict[str, Any]:
    """Give the JSON Schema of the form (``schemas/observation.json``), to be built into other documents."""
    return {name: member for name, member in observation_schema().items() if not name.startswith("$")}


def _refuse_contacts(document: dict[str, Any]) -> None:
    for place in contacts_among(document.get("observables")):
        sentence = "This holds an e-mail address or a telephone number: its kind is email or phone, and it leaves as a token."
        raise ProfileError(sentence, code=Code.OBSERVABLE_INVALID, pointer=f"/observables/{place}/value")


def _why_refused(made: Made, writing: Writing) -> Iterator[Refusal]:
    """Give intake's refusal of an object, if it has one, at the place in the form that it comes from."""
    value = json.loads(json.dumps(made.value))
    examination = Examination(
        "", frozenset({Profile.OCSEA}), takes_unsigned=True, signers={}, now=writing.now, catalogue=writing.catalogue
    )
    refusal = examine_without_keys("", value, examination)
    if refusal is not None:
        yield Refusal(refusal.code, refusal.sentence, made.origin)
