"""The synthetic partners of the sandbox and the demo, and their agreements: data, and how it is spelled for the exchange.

Owns the table. Every organisation in it is invented. Kept by ``tests/cli/test_sandbox_partners.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.agreement import CrossBorderTerms, ReadTerms, WriteTerms
from app.domain.handling import DefaultHandling
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    PermittedUse,
    Profile,
    Purpose,
    Role,
    Sensitivity,
    Tlp,
    TransferBasis,
)

_ALL_SENSITIVITIES = frozenset(Sensitivity)
_NOT_IDENTIFYING = frozenset({Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL})
_Word = TypeVar("_Word", bound=StrEnum)
_OPERATIVE = frozenset(Purpose) - {Purpose.AUDIT}


@dataclass(frozen=True, slots=True)
class PracticePartner:
    """One partner of the sandbox.

    ``purpose`` is fixed on its token; ``purposes`` are those its agreement allows. ``has_default_audience``: what it submits
    without a marking reaches every partner whose own agreement allows it; else nobody, until a marking names an audience.
    ``is_plain``: its tools know nothing of this exchange, so it may submit any STIX, unsigned, with statement markings.
    ``passes_on``: it may submit other publishers' signed objects. ``is_listed``: other members are told that it is one.
    """

    name: str
    role: Role
    jurisdiction: str
    purpose: Purpose
    purposes: frozenset[Purpose]
    reads: frozenset[Sensitivity] = _ALL_SENSITIVITIES
    submits: frozenset[Sensitivity] = _ALL_SENSITIVITIES
    has_default_audience: bool = True
    is_suspended: bool = False
    is_plain: bool = False
    passes_on: bool = False
    is_listed: bool = True


_PLATFORM_PURPOSES = frozenset({Purpose.DETECTION, Purpose.SAFETY_DESIGN})
_HOTLINE_PURPOSES = frozenset({Purpose.VICTIM_PROTECTION, Purpose.DETECTION})
_AGENCY_PURPOSES = frozenset({Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION})

SANDBOX_PARTNERS = (
    PracticePartner("platform-a", Role.PLATFORM, "IE", Purpose.DETECTION, _PLATFORM_PURPOSES),
    PracticePartner("platform-b", Role.PLATFORM, "US", Purpose.DETECTION, _PLATFORM_PURPOSES),
    PracticePartner("hotline-a", Role.HOTLINE, "GB", Purpose.VICTIM_PROTECTION, _HOTLINE_PURPOSES, passes_on=True),
    PracticePartner("agency-a", Role.LAW_ENFORCEMENT, "NL", Purpose.INVESTIGATION, _AGENCY_PURPOSES),
    PracticePartner("agency-b", Role.LAW_ENFORCEMENT, "GB", Purpose.INVESTIGATION, _AGENCY_PURPOSES),
    PracticePartner(
        "researcher-a",
        Role.RESEARCHER,
        "AU",
        Purpose.RESEARCH_AGGREGATE,
        frozenset({Purpose.RESEARCH_AGGREGATE}),
        reads=frozenset({Sensitivity.AGGREGATE}),
        submits=frozenset(),
    ),
    PracticePartner(
        "regulator-a",
        Role.REGULATOR,
        "IE",
        Purpose.RESEARCH_AGGREGATE,
        frozenset({Purpose.RESEARCH_AGGREGATE}),
        reads=frozenset({Sensitivity.AGGREGATE}),
        submits=frozenset(),
    ),
    PracticePartner(
        "legacy-a", Role.PLATFORM, "DE", Purpose.DETECTION, _PLATFORM_PURPOSES, reads=_NOT_IDENTIFYING, is_plain=True
    ),
    PracticePartner("suspended-a", Role.PLATFORM, "FR", Purpose.DETECTION, _PLATFORM_PURPOSES, is_suspended=True),
)


def agreement_document(partner: PracticePartner, partner_id: str, audience_id: str | None) -> dict[str, Any]:
    """Give a partner's agreement as ``POST /agreements`` takes it, in force from now on."""
    read = ReadTerms(
        publisher_roles=frozenset({ANY}),
        publisher_jurisdictions=frozenset({ANY}),
        purposes=partner.purposes,
        tlp_ceiling=Tlp.AMBER_STRICT,
        sensitivities=partner.reads,
        harm_types=frozenset(Harm),
        channels=frozenset({Channel.REST, Channel.TAXII, Channel.EXPORT, Channel.WEBHOOK, Channel.PORTAL}),
        cross_border=CrossBorderTerms(frozenset({ANY}), partner.reads, TransferBasis.APPROPRIATE_SAFEGUARDS),
    )
    may_submit = bool(partner.submits)
    write = WriteTerms(
        profiles=_agreed(Profile, Profile.OCSEA, partner),
        assurances=_agreed(Assurance, Assurance.PUBLISHER_SIGNED, partner),
        sensitivities=partner.submits,
        harm_types=frozenset(Harm) if may_submit else frozenset(),
        passes_on=frozenset({ANY}) if partner.passes_on else frozenset(),
        carries_statements=partner.is_plain,
    )
    default = DefaultHandling(
        tlp=Tlp.AMBER,
        sensitivity=Sensitivity.BEHAVIOURAL,
        harm_types=frozenset(Harm),
        audience_id=audience_id,
        purposes=_OPERATIVE,
        permitted_uses=frozenset(
            {
                PermittedUse.AGGREGATE_RESEARCH,
                PermittedUse.DETECT,
                PermittedUse.LE_INVESTIGATION,
                PermittedUse.NO_AUTOMATED_ENFORCEMENT,
                PermittedUse.SAFETY_DESIGN,
            }
        ),
        onward_share=OnwardShare.SAME_ORGANISATION,
    )
    terms = {"read": asdict(read), "write": asdict(write), "default_handling": asdict(default)}
    return {"partner_id": partner_id, "is_listed": partner.is_listed, **{name: spelled(part) for name, part in terms.items()}}


def _agreed(vocabulary: type[_Word], usual: _Word, partner: PracticePartner) -> frozenset[_Word]:
    """Give all words to a partner with plain tools, the usual one to others, none to who submits nothing."""
    if not partner.submits:
        return frozenset()
    return frozenset(vocabulary) if partner.is_plain else frozenset({usual})


def spelled(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Give terms as JSON has them: sets as sorted lists, words as texts."""
    return {name: _spelled(value) for name, value in terms.items()}


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return spelled(value)
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return value.value if isinstance(value, StrEnum) else value
