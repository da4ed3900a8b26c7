"""The sandbox's synthetic contributors: organisations that declared and reported enough for releases to show numbers and trends.

Owns who said what and when; every one of them is invented, and what they report nobody sees. They come by the public routes only,
and each step may be done again, so that a set-up that was killed is finished by the next one. Kept by
``tests/cli/test_sandbox_contributors.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.credentials import new_credential
from app.cli.demo_objects import Author, instant
from app.cli.sandbox_partners import PracticePartner
from app.cli.sandbox_setup import Setup, set_up_partner
from app.domain.vocabulary import Purpose, Role, Tlp
from breakwater_client.extensions import OCSEA_CONTEXT

if TYPE_CHECKING:
    from app.cli.api import Api

LIVE, MESSAGES = "live-stream", "direct-message"
ROOMS, SESSIONS, EXTORTION = "OP-017", "OP-011", "OP-012"
LIMITS, WARNINGS, RETURNING, NO_STRANGERS = "CM-007", "CM-012", "CM-015", "CM-004"
STAGES = (60, 30, 0)
"""So many days ago the contributors said what they say in each stage, and a release was made of it."""
COUNT = 35
_OF_ROOMS, _LATER_OF_ROOMS, _OF_EXTORTION = range(8), range(8, 13), range(7)
_DAYS = 365
_PURPOSES = frozenset({Purpose.SAFETY_DESIGN})


@dataclass(frozen=True, slots=True)
class Said:
    """What one contributor adopts at a stage on a surface, or (``behaviour``) what it says of the effect of that."""

    stage: int
    who: int
    surface: str
    countermeasure: str
    behaviour: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What one contributor reports at a stage."""

    stage: int
    who: int
    surfaces: tuple[str, ...]
    behaviours: tuple[str, ...]


def _declared() -> Iterator[Said]:
    for surface, code, adopters, against, helped, stage in (
        (LIVE, LIMITS, range(15), ROOMS, range(8), 1),
        (LIVE, WARNINGS, range(14, 28), EXTORTION, (), 1),
        (LIVE, RETURNING, range(21, 28), EXTORTION, (), 1),
        (MESSAGES, NO_STRANGERS, range(28, COUNT), EXTORTION, (), 1),
        (LIVE, WARNINGS, (), EXTORTION, range(14, 21), 2),
        (LIVE, WARNINGS, range(9, 14), EXTORTION, range(9, 14), 3),
    ):
        yield from (Said(stage, who, surface, code) for who in adopters)
        yield from (Said(stage, who, surface, code, against) for who in helped)


def _reported() -> Iterator[Report]:
    yield from (Report(1, who, (LIVE,), (ROOMS, SESSIONS)) for who in _OF_ROOMS)
    yield from (Report(1, who, (LIVE, MESSAGES), (EXTORTION,)) for who in _OF_EXTORTION)
    yield from (Report(3, who, (LIVE,), (ROOMS,)) for who in _LATER_OF_ROOMS)


DECLARED, REPORTED = tuple(_declared()), tuple(_reported())
"""So many of each that releases show numbers whatever is drawn for them, and that what moves is seen (``policy.aggregates``)."""


def name_of(who: int) -> str:
    """Give the name of a contributor."""
    return f"synthetic-contributor-{who + 1:02}"


def say_stage(setup: Setup, stage: int, now: datetime, advance: Any) -> None:
    """Have the contributors say what they say at a stage, the first being 1, at ``now`` by the exchange's clock."""
    known = {one["name"]: one["id"] for one in setup.first.get("/partners")["partners"]}
    for who in range(COUNT):
        reports = [one for one in REPORTED if (one.stage, one.who) == (stage, who)]
        said = [one for one in DECLARED if (one.stage, one.who) == (stage, who)]
        if reports:
            record = set_up_partner(setup, _practice(who))
            _report(setup.connect(record["token"]), record, reports, now)
        if said:
            _declare(setup.connect(_token(setup, who, known)), said, now)
        advance(1)


def make_release(setup: Setup, number: int) -> None:
    """Have the release of this number made, if it was not."""
    if len(setup.first.get("/prevention/releases")["releases"]) < number:
        setup.first.post("/prevention/releases")


def _practice(who: int) -> PracticePartner:
    return PracticePartner(name_of(who), Role.PLATFORM, "IE", Purpose.SAFETY_DESIGN, _PURPOSES, has_default_audience=False)


def _token(setup: Setup, who: int, known: Mapping[str, str]) -> str:
    """Enrol an organisation that has no key and no agreement: it can declare, and neither submit nor read objects."""
    name = name_of(who)
    if name in setup.tokens:
        return setup.tokens[name]
    wanted = {"name": name, "role": Role.PLATFORM.value, "jurisdiction": "IE"}
    partner_id = known.get(name) or setup.first.post("/partners", wanted)["id"]
    new = new_credential("practice", _DAYS, purpose=Purpose.SAFETY_DESIGN.value, tlp_ceiling=Tlp.AMBER.value)
    token: str = setup.first.post("/credentials", new | {"partner_id": partner_id})["token"]
    setup.remember(name, token)
    return token


def _declare(partner: Api, said: list[Said], now: datetime) -> None:
    """Declare; the last word counts, so that saying it again is saying it once."""
    since, until = (f"{now - timedelta(days=days):%Y-%m-%d}" for days in (200, 2))
    for one in said:
        what = {"surface": one.surface, "countermeasure": one.countermeasure}
        if not one.behaviour:
            partner.post("/prevention/adoptions", what | {"state": "adopted", "since": since})
            continue
        seen = {"behaviour": one.behaviour, "band": "moderate", "evidence": "observational"}
        partner.post("/prevention/effects", what | seen | {"observed_from": since, "observed_until": until})


def _report(partner: Api, record: Mapping[str, Any], reports: list[Report], now: datetime) -> None:
    """Share synthetic indicators, with nobody: they count, and are in no feed."""
    from breakwater_client.signing.make_keys import read_private_key
    from breakwater_client.signing.sign_objects import Signing, sign_value

    signing = Signing(read_private_key(Path(record["private_key"]).read_bytes()), record["identity_id"], now)
    values = [_indicator(Author(record["identity_id"], now), one) for one in reports]
    partner.post("/submissions", {"objects": [sign_value(value, signing) for value in values]})


def _indicator(author: Author, report: Report) -> dict[str, Any]:
    import uuid

    context = {
        "extension_type": "property-extension",
        "harm_types": ["live-streamed-csa"],
        "surfaces": list(report.surfaces),
        "behaviours": list(report.behaviours),
        "sensitivity": "behavioural",
        "review": "human-reviewed",
    }
    dated = instant(datetime(2026, 1, 1, tzinfo=UTC))
    # The same at each set-up of this partner, so that one that was interrupted reports once.
    name = uuid.uuid5(uuid.NAMESPACE_OID, f"{author.identity_id} {report}")
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.UUID(int=name.int, version=4)}",
        "created_by_ref": author.identity_id,
        "created": dated,
        "modified": dated,
        "name": "Synthetic: what a contributor of the sandbox reports",
        "indicator_types": ["anomalous-activity"],
        "pattern": "[url:value = 'https://rooms.example.org/synthetic']",
        "pattern_type": "stix",
        "valid_from": instant(author.now),
        "extensions": {OCSEA_CONTEXT: context},
    }
