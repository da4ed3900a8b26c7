"""The sandbox's synthetic contributors: organisations that declared and reported enough for a release to show numbers.

Owns who said what; every one of them is invented, and what they report nobody sees. They come by the public routes only, and
each step may be done again, so that a set-up that was killed is finished by the next one. Kept by
``tests/cli/test_sandbox_contributors.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.credentials import new_credential
from app.cli.demo_objects import Author, instant
from app.cli.sandbox_partners import PracticePartner
from app.cli.sandbox_setup import Setup, set_up_partner
from app.domain.extensions import OCSEA_CONTEXT
from app.domain.vocabulary import Purpose, Role, Tlp

if TYPE_CHECKING:
    from app.cli.api import Api

SURFACE, BEHAVIOUR = "live-stream", "OP-017"
LIMITS, HOSTS = "CM-007", "CM-008"
_SINCE, _SEEN_UNTIL, _DAYS = "2026-01-01", "2026-06-30", 365
_PURPOSES = frozenset({Purpose.SAFETY_DESIGN})
_COUNT, _REPORTERS, _ADOPTERS, _HELPED, _WITH_HOSTS = 22, 8, 15, 8, 12


@dataclass(frozen=True, slots=True)
class Contributor:
    """One of them: which countermeasures it adopted on live streams, and what each did to ``BEHAVIOUR``, if it says so."""

    name: str
    adopted: Mapping[str, str | None] = field(default_factory=dict)
    reports: bool = False


def _contributor(number: int) -> Contributor:
    adopted: dict[str, str | None] = {}
    if number < _ADOPTERS:
        adopted[LIMITS] = "moderate" if number < _HELPED else None
    if number >= _COUNT - _WITH_HOSTS:
        adopted[HOSTS] = None
    return Contributor(f"synthetic-contributor-{number + 1:02}", adopted, reports=number < _REPORTERS)


CONTRIBUTORS = tuple(_contributor(number) for number in range(_COUNT))
"""So many that a release shows numbers whatever is drawn for it (``policy.aggregates``)."""


def set_up_contributors(setup: Setup, advance: Any) -> int:
    """Bring all contributors into the state of their rows, and have a first release made. Gives that release's number."""
    for one in CONTRIBUTORS:
        if one.reports:
            record = set_up_partner(setup, _practice(one))
            partner = setup.connect(record["token"])
            _report(partner, record)
        else:
            partner = setup.connect(_token(setup, one))
        _declare(partner, one)
        advance(1)
    made = setup.first.get("/prevention/releases")["releases"] or [setup.first.post("/prevention/releases")]
    number: int = made[0]["number"]
    return number


def _practice(one: Contributor) -> PracticePartner:
    return PracticePartner(one.name, Role.PLATFORM, "IE", Purpose.SAFETY_DESIGN, _PURPOSES, has_default_audience=False)


def _token(setup: Setup, one: Contributor) -> str:
    """Enrol an organisation that has no key and no agreement: it can declare, and neither submit nor read objects."""
    known = setup.tokens.get(one.name)
    if known is not None:
        return known
    enrolled = [each for each in setup.first.get("/partners")["partners"] if each["name"] == one.name]
    wanted = {"name": one.name, "role": Role.PLATFORM.value, "jurisdiction": "IE"}
    partner_id = (enrolled[0] if enrolled else setup.first.post("/partners", wanted))["id"]
    new = new_credential("practice", _DAYS, purpose=Purpose.SAFETY_DESIGN.value, tlp_ceiling=Tlp.AMBER.value)
    token: str = setup.first.post("/credentials", new | {"partner_id": partner_id})["token"]
    setup.remember(one.name, token)
    return token


def _declare(partner: Api, one: Contributor) -> None:
    known = {said["countermeasure"] for said in partner.get("/prevention/adoptions")["adoptions"]}
    for code, band in one.adopted.items():
        if code not in known:
            said = {"surface": SURFACE, "countermeasure": code}
            partner.post("/prevention/adoptions", said | {"state": "adopted", "since": _SINCE})
        if band is not None and not partner.get("/prevention/effects")["effects"]:
            seen = {"behaviour": BEHAVIOUR, "band": band, "evidence": "observational"}
            days = {"observed_from": _SINCE, "observed_until": _SEEN_UNTIL}
            partner.post("/prevention/effects", {"surface": SURFACE, "countermeasure": code} | seen | days)


def _report(partner: Api, record: Mapping[str, Any]) -> None:
    """Share one synthetic indicator, with nobody: it counts, and is in no feed."""
    from app.services.offline.make_keys import read_private_key
    from app.services.offline.sign_objects import Signing, sign_value

    now = datetime.now(UTC)
    key = read_private_key(Path(record["private_key"]).read_bytes())
    value = _rooms(Author(record["identity_id"], now))
    partner.post("/submissions", {"objects": [sign_value(value, Signing(key, record["identity_id"], now))]})


def _rooms(author: Author) -> dict[str, Any]:
    context = {
        "extension_type": "property-extension",
        "harm_types": ["live-streamed-csa"],
        "surfaces": [SURFACE],
        "behaviours": [BEHAVIOUR],
        "sensitivity": "behavioural",
        "review": "human-reviewed",
    }
    return {
        "type": "indicator",
        "spec_version": "2.1",
        # The same at each set-up of this partner, so that one that was interrupted reports once.
        "id": author.identity_id.replace("identity--", "indicator--"),
        "created_by_ref": author.identity_id,
        "created": instant(datetime(2026, 1, 1, tzinfo=UTC)),
        "modified": instant(datetime(2026, 1, 1, tzinfo=UTC)),
        "name": "Synthetic: repeated short-lived rooms",
        "indicator_types": ["anomalous-activity"],
        "pattern": "[url:value = 'https://rooms.example.org/synthetic']",
        "pattern_type": "stix",
        "valid_from": instant(author.now),
        "extensions": {OCSEA_CONTEXT: context},
    }
