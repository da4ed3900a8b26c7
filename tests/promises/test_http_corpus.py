"""The corpus of tricky submissions over HTTP: verdict, code and pointer of every one, and an exchange that works as before.

On SQLite every case is a request of its own. On PostgreSQL all cases of one object share an envelope, topic by topic, so that the
worst of neighbours must not change a verdict.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.vocabulary import Assurance, Harm, Profile, Role, Sensitivity
from app.storage.tables import metadata
from breakwater_client.trust.canonical import canonical_bytes
from tests.corpus.recipes import LAYERS, TOPICS, Case, Expected, Kitchen, cases, expected, marker
from tests.factories.exchanges import Answer, FakePartner, RunningExchange, running_exchange
from tests.factories.stix_objects import indicator

FEWEST = 20
FEWEST_TAKEN = 5
CODES = {
    "identity": {"version-conflict"},
    "json": {"request-invalid", "too-many-objects", "object-too-large"},
    "policy": {
        *("agreement-not-in-force", "audience-not-found", "handling-unresolved", "partner-not-active"),
        *("behaviour-unknown", "person-data-forbidden", "report-first", "self-dispute", "terms-exceeded"),
    },
    "screen": {"content-forbidden", "person-data-forbidden"},
    "signature": {"key-not-active", "signature-invalid", "signature-missing", "signer-mismatch"},
    "stix": {"object-type-unsupported", "pattern-invalid", "profile-violation", "schema-violation", "too-many-references"},
}
# What a withdrawal, a group, a release of the catalogue or somebody else's object has to come before, and what is said of a form
# and never of a submission: each is refused over HTTP in the test that is named.
NOT_BY_SUBMITTING_ALONE = {
    "behaviour-retired",  # tests/http/test_composer.py, tests/walk/test_catalogue_governance.py
    "feedback-not-told",  # tests/http/test_feedback.py
    "group-excluded",  # the tests of sharing groups
    "observable-invalid",  # tests/http/test_composer.py
    "subject-status-missing",  # tests/http/test_composer.py
    "version-withdrawn",  # tests/http/test_recalls.py
}
PUBLISHED_WORD = re.compile(r"[a-z-]+")  # of a vocabulary that the sentence may quote
ALL = [case for topic in TOPICS for case in cases(topic)]


# --- the corpus itself ------------------------------------------------------------------------------------------------------


def test_the_corpus_has_hundreds_of_cases_and_each_its_own_name() -> None:
    names = Counter((case.topic, case.name) for case in ALL)
    assert len(ALL) >= 1_600
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_enough_to_refuse_and_enough_to_take(topic: str) -> None:
    assert len(cases(topic)) >= FEWEST
    assert sum(not case.is_refused for case in cases(topic)) >= FEWEST_TAKEN


def test_every_case_says_why_and_which_layer_answers() -> None:
    assert [case.name for case in ALL if not case.why or case.layer not in LAYERS] == []
    wrong = [case.name for case in ALL for code in case.codes if not fits(code, case.layer)]
    assert wrong == []


def fits(code: str, layer: str) -> bool:
    """Whether a layer gives a code; what an atomic envelope loses may have any reason."""
    return code in CODES[layer] or code.startswith(f"{layer}-") or code == "submission-not-atomic"


def test_every_code_that_an_object_can_get_is_in_the_corpus() -> None:
    rows = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
    documented = set(re.findall(r"^\| `([a-z-]+)` \| [0-9 ]*\| yes \|", rows, re.MULTILINE))
    assert len(documented) >= 10
    assert documented - {code for case in ALL for code in case.codes} == NOT_BY_SUBMITTING_ALONE


# --- over HTTP --------------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """An exchange with the partners that the corpus names, and how far the author has read."""

    running: RunningExchange
    partners: Mapping[str, FakePartner]
    cursor: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, running: RunningExchange) -> World:
        narrow = {"write": {"sensitivities": [Sensitivity.BEHAVIOURAL], "harm_types": [Harm.LIVE_STREAMED_CSA]}}
        plain = {"write": {"profiles": list(Profile), "assurances": list(Assurance), "carries_statements": True}}
        asked = {"signature_required": {"sensitivities": [Sensitivity.IDENTIFYING], "harm_types": [Harm.CSAM]}}
        partners = {
            "any-stix": running.enrol("Any STIX", agreement=plain),
            "author": running.enrol("Author"),
            "half-signed": running.enrol("Half signed", agreement={"write": plain["write"] | asked}),
            "narrow": running.enrol("Narrow", agreement=narrow),
            "other": running.enrol("Other", role=Role.HOTLINE),
            "relay": running.enrol("Relay", agreement={"write": {"passes_on": ["any"]}}),
            "suspended": running.enrol("Suspended"),
            "without-agreement": running.enrol("Without agreement", agreement=None),
        }
        running.suspend(partners["suspended"])
        return cls(running, partners)

    def news(self, name: str) -> list[dict[str, Any]]:
        """Give what a partner finds in its feed since it asked last."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            page = self.partners[name].pull(**self.cursor_of(name))
            assert page.status == 200, page.body
            found += page.json["objects"]
            self.cursor[name], more = page.json["next"], page.json["more"]
        return found

    def cursor_of(self, name: str) -> dict[str, str]:
        return {"next": self.cursor[name]} if name in self.cursor else {}


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("exchange") / "breakwater.db")
    with running_exchange(f"sqlite:///{path}") as running:
        yield World.of(running)


@dataclass
class Round:
    """What is sent of one topic, what is wrong with the answers, and what must be found in the feed afterwards."""

    world: World
    topic: str
    faults: list[str] = field(default_factory=list)
    stored: dict[str, list[bytes]] = field(default_factory=dict)

    def send(self, case: Case) -> None:
        """Send a case by itself, envelope after envelope."""
        kitchen = Kitchen(self.world.partners, self.topic)
        for number in range(max(1, len(case.envelopes))):
            body = kitchen.body(case, number)
            answer = self.post(case.partner(number), body, atomic=case.atomic)
            if answer.status != case.status:
                self.faults.append(f"{case.name}: {answer.status} and not {case.status}: {answer.body[:300]!r}")
            elif case.status != 201:
                self.look_at(case.name, answer.json, Expected("refused", case.code, case.pointer), "pointer")
                self.look_for_values(case.name, answer.json["detail"], case)
            else:
                self.compare(case, number, answer.json["results"], json.loads(body)["objects"])

    def send_together(self, several: list[Case]) -> None:
        """Send plain cases of one partner in one envelope."""
        partner = several[0].partner(0)
        texts = [Kitchen(self.world.partners, self.topic).object_text(case.envelopes[0][0], partner) for case in several]
        body = f'{{"objects":[{",".join(texts)}]}}'.encode()
        answer = self.post(partner, body)
        assert answer.status == 201, answer.body[:300]
        values = json.loads(body)["objects"]
        for case, result, value in zip(several, answer.json["results"], values, strict=True):
            self.compare(case, 0, [result], [value])

    def post(self, partner: str, body: bytes, *, atomic: bool = False) -> Answer:
        query = {"atomic": "true"} if atomic else {}
        answer = self.world.partners[partner].send("POST", "submissions", body=body, query=query)
        if marker(self.topic).encode() in answer.body:
            self.faults.append(f"an answer repeats what was refused: {answer.body[:300]!r}")
        return answer

    def compare(self, case: Case, number: int, results: list[dict[str, Any]], values: list[Any]) -> None:
        for recipe, result, value in zip(case.envelopes[number], results, values, strict=True):
            found = result | {"pointer": result.get("refusal_pointer", "")[len(result["pointer"]) :]}
            self.look_at(case.name, found, expected(recipe), "pointer")
            self.look_for_values(case.name, result.get("detail", ""), case)
            if result["status"] == "stored" and not recipe.get("unread"):
                self.stored.setdefault(case.partner(number), []).append(canonical_bytes(value))

    def look_at(self, name: str, found: dict[str, Any], wanted: Expected, place: str) -> None:
        verdict = found.get("status") if isinstance(found.get("status"), str) else "refused"
        seen = Expected(verdict, found.get("code"), found.get(place) if found.get("code") else None)
        if seen != wanted:
            self.faults.append(f"{name}: {seen} and not {wanted}: {found.get('detail')}")
        if seen.code and not found.get("detail"):
            self.faults.append(f"{name}: refused without a sentence")

    def look_for_values(self, name: str, sentence: str, case: Case) -> None:
        values = {text for envelope in case.envelopes for recipe in envelope for text in texts_of(recipe.get("set", {}).values())}
        said = {text for text in values if len(text) > 7 and not PUBLISHED_WORD.fullmatch(text) and text in sentence}
        if said:
            self.faults.append(f"{name}: the sentence repeats {said}: {sentence}")

    def look_afterwards(self) -> None:
        """Whatever came: reads work, what was taken is there value for value, nothing that was refused is, new things go in."""
        if self.faults:
            pytest.fail("\n".join(self.faults), pytrace=False)
        ordinary = self.world.partners["author"].sign(indicator())
        answer = self.world.partners["author"].submit_signed([ordinary])
        assert [result["status"] for result in answer.json["results"]] == ["stored"]
        for partner in ("author", "other"):
            self.stored.setdefault(partner, []).append(canonical_bytes(ordinary))
        for partner, contents in self.stored.items():
            found = {canonical_bytes(value) for value in self.world.news(partner)}
            assert [content[:300] for content in contents if content not in found] == []
        assert self.world.partners["other"].object(ordinary["id"]).json["objects"] == [ordinary]
        assert marker(self.topic) not in everything(self.world.running)


def texts_of(stated: Any) -> Iterator[str]:
    if isinstance(stated, str):
        yield stated
    elif isinstance(stated, Mapping):
        for member in stated.values():
            yield from texts_of(member)
    elif isinstance(stated, list) or not isinstance(stated, int | float | None):
        for member in stated:
            yield from texts_of(member)


def everything(running: RunningExchange) -> str:
    """Give every row of every table as text."""
    with running.exchange.database.read() as connection:
        return repr([tuple(row) for table in metadata.tables.values() for row in connection.execute(select(table))])


@pytest.mark.parametrize("topic", TOPICS)
def test_every_case_gets_its_verdict_and_the_exchange_works_on(
    world: World, topic: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    this = Round(world, topic)
    for case in cases(topic):
        this.send(case)
    this.look_afterwards()
    printed = capfd.readouterr()
    assert marker(topic) not in printed.out + printed.err + caplog.text


def test_an_object_with_two_faults_gets_one_refusal_of_its_own(world: World) -> None:
    faults = [case.envelopes[0][0] for case in ALL if is_one_fault(case)]
    rng = random.Random(7)
    pairs = [pair for pair in (rng.sample(faults, 2) for _ in range(400)) if are_apart(*pair)]
    assert len(pairs) > 200
    this = Round(world, "pairs")
    texts = [
        Kitchen(world.partners, "pairs").object_text(one | {"set": one["set"] | other["set"]}, "author") for one, other in pairs
    ]
    answer = this.post("author", f'{{"objects":[{",".join(texts)}]}}'.encode())
    assert answer.status == 201
    for result, (one, other) in zip(answer.json["results"], pairs, strict=True):
        assert result["status"] == "refused", (one, other)
        assert result["detail"]
        assert result["code"] in {one["code"], other["code"]}, (result, one, other)
        assert result["refusal_pointer"].startswith(result["pointer"])
    this.look_afterwards()


def is_one_fault(case: Case) -> bool:
    """Whether a case is an indicator of the usual author with something set wrong, before signing."""
    is_usual = case.is_plain and case.is_refused and case.partners == ("author",)
    recipe = case.envelopes[0][0] if is_usual else {}
    return recipe.keys() == {"base", "set", "verdict", "code", "pointer"} and recipe["base"] == "indicator"


def are_apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether neither recipe touches what the other one sets."""
    return not any(a.startswith(b) or b.startswith(a) for a in one["set"] for b in other["set"])


def test_the_whole_corpus_gets_its_verdicts_on_postgresql_and_in_common_envelopes(postgres_url: str) -> None:
    with running_exchange(postgres_url) as running:
        world = World.of(running)
        for topic in TOPICS:
            this = Round(world, topic)
            plain = sorted((case for case in cases(topic) if case.is_plain), key=lambda case: case.partners)
            for _, several in groupby(plain, key=lambda case: case.partners):
                this.send_together(list(several))
            for case in cases(topic):
                if not case.is_plain:
                    this.send(case)
            this.look_afterwards()
