"""The corpus of tricky submissions: reading ``tests/corpus/*.json``, and making from each recipe the bytes that are sent.

A file is one topic: groups of cases, each with what it does and the verdict that STIX 2.1, the RFCs and the exchange's documents
demand. ``README.md`` beside this file describes the notation. What varies from run to run (ids, keys, signatures, times near now)
is made here; nothing else is decided here. Kept by ``tests/promises/test_http_corpus.py``.
"""

from __future__ import annotations

import base64
import copy
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from breakwater_client.extensions import HANDLING, OCSEA_CONTEXT, SIGNATURE
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object, signed_payload
from breakwater_client.trust.payload_type import PayloadType
from tests.factories.exchanges import FakePartner
from tests.stix.authored_objects import authored_objects

FOLDER = Path(__file__).parent
TOPICS = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "bases")
LAYERS = ("json", "signature", "screen", "stix", "policy", "identity")

_TAKEN = "what-is-taken"
_NAMES = {"@CONTEXT@": OCSEA_CONTEXT, "@HANDLING@": HANDLING, "@SIGNATURE@": SIGNATURE}
_LARGE = {"@LONG@": "a" * 65_537, "@MANY@": "{}," * 5_000}
_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")  # STIX 2.1 §2.9
_OBJECT_KEYS = {
    "base",
    "set",
    "remove",
    "label",
    "sign",
    "signer",
    "after",
    "text",
    "verdict",
    "code",
    "pointer",
    "again",
    "reversed",
    "unread",
    "value",
}
_CASE_KEYS = {"layer", "why", "envelopes", "raw", "raw_base64", "status", "atomic", "partner", "partners"}
_GROUP_KEYS = {"about", "at", "cases"}


@dataclass(frozen=True)
class Expected:
    """What an object's result says; the pointer is relative to the object."""

    verdict: str
    code: str | None = None
    pointer: str | None = None


@dataclass(frozen=True)
class Case:
    """One case of the corpus. ``envelopes`` are sent one after the other; a ``raw`` case sends its bytes and has a status."""

    topic: str
    name: str
    layer: str
    why: str
    envelopes: list[list[dict[str, Any]]] = field(default_factory=list)
    raw: str | None = None
    raw_base64: str | None = None
    status: int = 201
    code: str | None = None
    pointer: str | None = None
    atomic: bool = False
    partners: tuple[str, ...] = ("author",)

    @property
    def codes(self) -> set[str]:
        """All codes that the case expects."""
        found = {expected(recipe).code for envelope in self.envelopes for recipe in envelope} if self.raw is None else set()
        return {code for code in found | {self.code} if code}

    @property
    def is_refused(self) -> bool:
        """Whether it is about a refusal; the others are the counterweight."""
        return bool(self.codes)

    @property
    def is_plain(self) -> bool:
        """Whether it is one object in one envelope that is read, which may as well share an envelope with others."""
        return self.raw is None and not self.atomic and self.status == 201 and list(map(len, self.envelopes)) == [1]

    def partner(self, number: int) -> str:
        """Who sends the envelope of this number; the last one named sends the rest."""
        return self.partners[min(number, len(self.partners) - 1)]


def marker(topic: str) -> str:
    """Give what stands in free text of whatever a topic wants refused: no answer and no table may hold it."""
    return f"refused-among-{topic}"


def expected(recipe: Mapping[str, Any]) -> Expected:
    """Give what a recipe's object must get."""
    is_refused = recipe["verdict"] == "refused"
    return Expected(recipe["verdict"], recipe["code"] if is_refused else None, recipe["pointer"] if is_refused else None)


# --- reading ----------------------------------------------------------------------------------------------------------------


@cache
def cases(topic: str) -> list[Case]:
    """Give all cases of a topic, in the order of its file."""
    groups = _read(topic)
    return [case for group in groups for case in _cases_of(topic, group)]


@cache
def _bases() -> dict[str, dict[str, Any]]:
    bases: dict[str, dict[str, Any]] = _read("bases")
    return bases


def _base(name: str) -> dict[str, Any]:
    """Give what a recipe starts from; ``rich TYPE`` is an object as the stix2 library authors it."""
    return authored_objects()[name.removeprefix("rich ")] if name.startswith("rich ") else _bases()[name]


def _read(name: str) -> Any:
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for short, full in _NAMES.items():
        text = text.replace(short, full)
    return json.loads(text)


def _cases_of(topic: str, group: dict[str, Any]) -> Iterator[Case]:
    usual = {name: value for name, value in group.items() if name not in _GROUP_KEYS}
    for name, stated in group["cases"].items():
        recipe = {"set": {group["at"]: stated}} if "at" in group else stated
        yield _case(topic, f"{group['about']}: {name}", _merged(usual, recipe))


def _merged(usual: dict[str, Any], recipe: dict[str, Any]) -> dict[str, Any]:
    merged = usual | recipe
    for name in ("set", "after"):
        if name in usual and name in recipe:
            merged[name] = usual[name] | recipe[name]
    unknown = merged.keys() - _OBJECT_KEYS - _CASE_KEYS
    assert not unknown, f"unknown words in the corpus: {unknown}"
    return merged


def _case(topic: str, name: str, recipe: dict[str, Any]) -> Case:
    about = {key: value for key, value in recipe.items() if key in _CASE_KEYS - {"partner"}}
    if "partner" in recipe:
        about["partners"] = [recipe["partner"]]
    about["partners"] = tuple(about.get("partners", ("author",)))
    one = {key: value for key, value in recipe.items() if key in _OBJECT_KEYS}
    if "envelopes" in recipe:
        about["envelopes"] = [[_merged(one, each) for each in envelope] for envelope in recipe["envelopes"]]
    elif recipe.keys() & {"base", "value"}:
        about["envelopes"] = [[one]]
    if recipe.get("status", 201) != 201:
        about |= {"code": recipe["code"], "pointer": recipe.get("pointer")}
    return Case(topic, name, **about)


# --- making -----------------------------------------------------------------------------------------------------------------


@dataclass
class Kitchen:
    """Makes the bytes of one case: the partners by name, and the ids that its labels got so far."""

    partners: Mapping[str, FakePartner]
    topic: str
    ids: dict[str, str] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)

    def body(self, case: Case, number: int) -> bytes:
        """Give the body of one of the case's envelopes."""
        if case.raw_base64 is not None:
            return base64.b64decode(case.raw_base64)
        objects = [self.object_text(recipe, case.partner(number)) for recipe in case.envelopes[number]] if case.envelopes else []
        envelope = case.raw if case.raw is not None else '{"objects":[@OBJECTS@]}'
        for mark, meant in ({"@OBJECTS@": ",".join(objects), "@MARKER@": marker(self.topic)} | _LARGE).items():
            envelope = envelope.replace(mark, meant)
        return envelope.encode("utf-8")

    def object_text(self, recipe: Mapping[str, Any], partner: str) -> str:
        """Give the JSON text of one object, signed and then changed as its recipe says, or of what stands in its place."""
        if "value" in recipe:
            return json.dumps(recipe["value"], ensure_ascii=False)
        value = self._value(recipe, self.partners[partner])
        self.made.append(value)
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        for old, new in recipe.get("text", []):
            assert old in text, f"the text to be respelled is not there: {old}"
            text = text.replace(old, new)
        return text

    def _value(self, recipe: Mapping[str, Any], partner: FakePartner) -> dict[str, Any]:
        if "again" in recipe:
            value = self.made[recipe["again"]]
            return dict(reversed(value.items())) if recipe.get("reversed") else value
        value = self._signed(self._unsigned(recipe), recipe, partner)
        after = recipe.get("after", {})
        self._change(value, after.get("set", {}), after.get("remove", []))
        return value

    def _unsigned(self, recipe: Mapping[str, Any]) -> dict[str, Any]:
        value = copy.deepcopy(_base(recipe["base"]))
        value["id"] = {"$id": f"{value['type']} {recipe.get('label', 'this')}"}
        value = self._filled(value)
        if recipe["verdict"] != "refused":
            value = json.loads(json.dumps(value).replace(marker(self.topic), _TAKEN))
        self._change(value, recipe.get("set", {}), recipe.get("remove", []))
        return value

    def _signed(self, value: dict[str, Any], recipe: Mapping[str, Any], partner: FakePartner) -> dict[str, Any]:
        how = recipe.get("sign", "own")
        if how == "none":
            return value
        key = {"own": partner.key, "stranger": PrivateKey.generate()}.get(how) or self.partners[how].key
        signer = self._filled(recipe["signer"]) if "signer" in recipe else partner.identity_id
        rest = {name: member for name, member in value.items() if name != "created_by_ref"}
        signed = sign_object(rest, key, signer=signer, signed_at=datetime.now(UTC))
        # Signing itself refuses another creator, which is not what is tried here.
        return _signed_anew(signed, value["created_by_ref"], key) if "created_by_ref" in value else signed

    def _change(self, value: dict[str, Any], changes: Mapping[str, Any], removed: list[str]) -> None:
        for place, stated in changes.items():
            holder, last = _holder(value, place)
            if isinstance(holder, list):
                holder[int(last) : int(last) + 1] = [self._filled(stated)]
            else:
                holder[last] = self._filled(stated)
        for place in removed:
            holder, last = _holder(value, place)
            del holder[int(last) if isinstance(holder, list) else last]

    def _filled(self, stated: Any) -> Any:
        """Give a value with what stands for something made at run time: an object whose one name begins with ``$``."""
        if isinstance(stated, list):
            return [self._filled(each) for each in stated]
        if isinstance(stated, str):
            return stated.replace("@MARKER@", marker(self.topic))
        if not isinstance(stated, dict):
            return stated
        if len(stated) == 1 and next(iter(stated)).startswith("$"):
            [(word, argument)] = stated.items()
            return getattr(self, f"_{word[1:]}")(argument)
        return {self._filled(name): self._filled(each) for name, each in stated.items()}

    def _id(self, wanted: str) -> str:
        """``type label``: one new id for each label of the case."""
        if wanted not in self.ids:
            self.ids[wanted] = f"{wanted.split(maxsplit=1)[0]}--{uuid.uuid4()}"
        return self.ids[wanted]

    def _ids(self, wanted: list[Any]) -> list[str]:
        return [f"{wanted[0]}--{uuid.uuid4()}" for _ in range(wanted[1])]

    def _uuid(self, label: str) -> str:
        return self.ids.setdefault(f"uuid {label}", str(uuid.uuid4()))

    def _upper(self, stated: Any) -> str:
        text: str = self._filled(stated)
        return text.upper()

    def _deterministic(self, wanted: list[Any]) -> str:
        """``[type, contributing properties in canonical JSON]``: the id of an observable by STIX 2.1 §2.9."""
        return f"{wanted[0]}--{uuid.uuid5(_NAMESPACE, wanted[1])}"

    def _repeat(self, wanted: list[Any]) -> Any:
        return wanted[0] * wanted[1]

    def _listed(self, wanted: list[Any]) -> list[Any]:
        """``[value, times]``: a list that holds a value many times; ``#`` in a text is its number."""
        value = self._filled(wanted[0])
        return [value.replace("#", str(n)) if isinstance(value, str) else value for n in range(wanted[1])]

    def _nested(self, depth: int) -> Any:
        value: Any = 1
        for _ in range(depth):
            value = [value]
        return value

    def _joined(self, parts: list[Any]) -> str:
        return "".join(self._filled(part) for part in parts)

    def _made(self, wanted: list[Any]) -> Any:
        """``[number, pointer]``: what stands there in an object that this case made before."""
        holder, last = _holder(self.made[wanted[0]], wanted[1])
        return holder[int(last) if isinstance(holder, list) else last]

    def _identity(self, partner: str) -> str:
        return self.partners[partner].identity_id

    def _audience(self, partner: str) -> str | None:
        return self.partners[partner].audience_id

    def _time(self, days: float) -> str:
        """A time so many days from now."""
        return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _signed_anew(signed: dict[str, Any], creator: Any, key: PrivateKey) -> dict[str, Any]:
    """Give the object with a creator and a signature that covers it, whoever the creator is said to be."""
    value = {**signed, "created_by_ref": creator}
    entry = value["extensions"][SIGNATURE]["signatures"][0]
    entry["sig"] = base64.b64encode(key.sign(pae(PayloadType.STIX_OBJECT, signed_payload(value)))).decode()
    return value


def _holder(value: Any, place: str) -> tuple[Any, str]:
    """Give what holds the place that a JSON pointer names, and its last step."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
    for step in steps[:-1]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value, steps[-1]
