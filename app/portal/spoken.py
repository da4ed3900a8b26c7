"""Words of the closed vocabularies as people read them: what stands in a page instead of a value.

Owns those that are not the value with blanks for hyphens. Kept by ``tests/portal/test_spoken.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Role,
    Tlp,
    TransferBasis,
)
from app.portal.words import gettext

_SPOKEN: dict[tuple[type[StrEnum], str], str] = {
    (Assurance, "channel-attested"): "without the publisher's signature",
    (Assurance, "publisher-signed"): "signed by the publisher",
    (Channel, "export"): "bulk exports",
    (Channel, "portal"): "this portal",
    (Channel, "rest"): "the REST interface",
    (Channel, "taxii"): "TAXII",
    (Channel, "webhook"): "calls that say something is new",
    (Harm, "ai-generated-csam"): "AI-generated CSAM",
    (Harm, "csam"): "CSAM",
    (Harm, "live-streamed-csa"): "live-streamed CSA",
    (Harm, "sexual-extortion-content"): "sexual extortion for content",
    (Harm, "sexual-extortion-financial"): "sexual extortion for money",
    (Harm, "trafficking-related"): "trafficking",
    (OnwardShare, "listed"): "organisations that the publisher lists",
    (OnwardShare, "none"): "nobody",
    (OnwardShare, "same-organisation"): "their own organisation",
    (OverdueRecall, "alarm"): "the operators are alarmed",
    (OverdueRecall, "lose-access"): "the partner reads nothing of others until it has answered",
    (PermittedUse, "le-investigation"): "investigation by law enforcement",
    (PermittedUse, "none"): "no use",
    (Profile, "ocsea"): "objects in the exchange's own profile",
    (Profile, "stix"): "any STIX 2.1 objects",
    (Role, "ngo"): "NGO",
    (TransferBasis, "not-stated"): "not stated",
}


def spoken(value: object) -> str:
    """Give a value of a vocabulary in words, in the language of the page; a dash is the template's for none."""
    if isinstance(value, Tlp):
        return f"TLP:{value.upper()}"
    text = str(value)
    known = _SPOKEN.get((type(value), text)) if isinstance(value, StrEnum) else None
    return gettext(known or text.replace("-", " "))


def listed(values: Iterable[object]) -> str:
    """Give several of them, in the order of their vocabulary where they have one."""
    found = list(values)
    if ANY in found:
        return gettext("any")
    kind = next((type(one) for one in found if isinstance(one, StrEnum)), None)
    order = [str(one) for one in kind] if kind else []
    return ", ".join(map(spoken, sorted(found, key=lambda one: (order.index(str(one)) if str(one) in order else -1, str(one)))))
