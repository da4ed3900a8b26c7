"""An agreement as sentences, and what changed between two versions in the same words.

Owns the English of each term; whoever reads it need not know the document. Kept by
``tests/portal/organisation/test_terms_in_words.py``, which holds every term said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.domain.agreement import Agreement
from app.domain.vocabulary import ANY, OverdueRecall, Profile
from app.portal.agreement_words import sees_nothing_abroad
from app.portal.organisation.in_words import CEILINGS, PURPOSES, listed
from app.portal.spoken import spoken
from app.portal.words import gettext as _

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "export": "bulk exports",
        "portal": "this portal",
        "rest": "programs (REST)",
        "taxii": "TAXII clients",
        "webhook": "webhooks, which say no more than that it is time to pull",
    }
)
BASES: Mapping[str, str] = MappingProxyType(
    {
        "adequacy": "an adequacy decision",
        "appropriate-safeguards": "appropriate safeguards",
        "law-enforcement-cooperation": "co-operation of law enforcement",
        "not-stated": "no basis that was stated",
        "public-interest": "the public interest",
        "vital-interests": "vital interests of a person",
    }
)
TERMS: Mapping[str, str] = MappingProxyType(
    {
        "/starts_at": "when it starts",
        "/ends_at": "when it ends",
        "/read/publisher_roles": "whose objects you may read, by kind of organisation",
        "/read/publisher_jurisdictions": "whose objects you may read, by country",
        "/read/purposes": "what you may read for",
        "/read/tlp_ceiling": "up to which TLP label you may read",
        "/read/sensitivities": "how near to a person you may read",
        "/read/harm_types": "which harms you may read about",
        "/read/channels": "by which ways you may read",
        "/read/cross_border/jurisdictions": "from which other countries you may read",
        "/read/cross_border/sensitivities": "how near to a person you may read from other countries",
        "/read/cross_border/basis": "on which legal basis data cross the border",
        "/read/volume/versions_per_day": "how much you may be given in a day",
        "/read/volume/lookups_per_day": "how many observables you may look up in a day",
        "/write/profiles": "by which rules what you submit is checked",
        "/write/assurances": "who must vouch for what you submit",
        "/write/sensitivities": "how near to a person you may submit",
        "/write/harm_types": "which harms you may submit about",
        "/write/signature_required/sensitivities": "what must carry its publisher's signature, by nearness to a person",
        "/write/signature_required/harm_types": "what must carry its publisher's signature, by harm",
        "/write/passes_on": "whose signed objects you may pass on",
        "/write/carries_statements": "whether markings that are words for people are carried along",
        "/write/objects_per_day": "how much you may submit in a day",
        "/default_handling/tlp": "the default TLP label",
        "/default_handling/sensitivity": "the default nearness to a person",
        "/default_handling/harm_types": "the default harms",
        "/default_handling/audience_id": "the default audience",
        "/default_handling/purposes": "what others may read it for by default",
        "/default_handling/permitted_uses": "what others may do with it by default",
        "/default_handling/onward_share": "whether others may pass it on by default",
        "/recall/acknowledge_within_hours": "how long you have to answer a recall",
        "/recall/overdue": "what happens if a recall is not answered in time",
        "/is_listed": "whether other members are told that you are one",
        "/is_suspended": "whether it is suspended",
    }
)
"""What each term is about, by its pointer in the document."""


def reading(one: Agreement) -> list[str]:
    """Give the sentences of what an organisation may read."""
    read, cross = one.read, one.read.cross_border
    if not (read.publisher_roles and read.purposes and read.channels and read.harm_types and read.sensitivities):
        return [_("You may read nothing of other organisations.")]
    said = [
        _("You may read what %(whose)s publish, up to %(tlp)s, for %(purposes)s.")
        % {
            "whose": _whose(read.publisher_roles),
            "tlp": CEILINGS[read.tlp_ceiling],
            "purposes": listed(map(_, map(PURPOSES.__getitem__, sorted(read.purposes)))),
        },
        _("From publishers in your own country alone.")
        if _reads_at_home_alone(one)
        else _("From publishers in %(places)s.") % {"places": _places(read.publisher_jurisdictions)},
        _("Only objects that are %(sensitivities)s.") % {"sensitivities": _words(read.sensitivities, "or")},
        _("Only about: %(harms)s.") % {"harms": _words(read.harm_types)},
        _("By %(channels)s.") % {"channels": listed(_(CHANNELS[each]) for each in sorted(read.channels))},
    ]
    if cross.jurisdictions and cross.sensitivities:
        told = {"places": _places(cross.jurisdictions), "what": _words(cross.sensitivities, "or"), "basis": _(BASES[cross.basis])}
        said.append(_("From other countries than yours (%(places)s) only what is %(what)s, on the basis of %(basis)s.") % told)
    else:
        said.append(_("Nothing from other countries than yours."))
    return said


def _reads_at_home_alone(one: Agreement) -> bool:
    return sees_nothing_abroad(
        {
            "read": {
                "publisher_jurisdictions": one.read.publisher_jurisdictions,
                "cross_border": {
                    "jurisdictions": one.read.cross_border.jurisdictions,
                    "sensitivities": one.read.cross_border.sensitivities,
                },
            }
        }
    )


def submitting(one: Agreement) -> list[str]:
    """Give the sentences of what an organisation may submit."""
    write = one.write
    if not (write.profiles and write.assurances and write.sensitivities and write.harm_types):
        return [_("You may submit nothing.")]
    said = [
        _("You may submit objects that are %(sensitivities)s, about: %(harms)s.")
        % {"sensitivities": _words(write.sensitivities, "or"), "harms": _words(write.harm_types)},
        _("Each must carry your own signature.")
        if len(write.assurances) == 1 and "publisher-signed" in write.assurances
        else _("Objects without your signature are taken, and marked as vouched for by the way they came alone."),
        _("They are checked by the exchange's own profile.")
        if write.profiles == {Profile.OCSEA}
        else _("General STIX 2.1 is taken."),
    ]
    must = [*map(str, write.signature_required.sensitivities), *map(str, write.signature_required.harm_types)]
    if must:
        said.append(_("These must be signed all the same: %(what)s.") % {"what": _words(must)})
    if ANY in write.passes_on:
        said.append(_("You may pass on signed objects of any member."))
    elif write.passes_on:
        said.append(_("You may pass on signed objects of %(count)s members by name.") % {"count": len(write.passes_on)})
    if write.carries_statements:
        said.append(_("Markings that are words for people are carried along, and narrow nothing."))
    return said


def handling(one: Agreement) -> list[str]:
    """Give the sentences of what holds for whatever is submitted and says nothing else."""
    value = one.default_handling
    reach = (
        _("Without an audience of its own, what you submit reaches nobody.")
        if value.audience_id is None
        else _("It reaches whom your default audience admits.")
    )
    return [
        _("What says nothing else is %(tlp)s and %(sensitivity)s, about: %(harms)s.")
        % {"tlp": CEILINGS[value.tlp], "sensitivity": _words([value.sensitivity]), "harms": _words(value.harm_types)},
        reach,
        _("Others may read it for %(purposes)s.")
        % {"purposes": listed(_(PURPOSES[each]) for each in sorted(value.purposes)) or _("nothing")},
        _("They may: %(uses)s.") % {"uses": _words(value.permitted_uses)},
        {
            "none": _("They may pass it on to nobody."),
            "same-organisation": _("They may pass it on within their own organisation."),
            "listed": _("They may pass it on to whom its marking lists."),
        }[value.onward_share.value],
        _("Markings of yours only make that narrower."),
    ]


def recalling(one: Agreement) -> list[str]:
    """Give the sentences of recalls, and of being a member."""
    overdue = (
        _("If you do not, you read nothing of others until you have.")
        if one.recall.overdue is OverdueRecall.LOSE_ACCESS
        else _("If you do not, the operators are told, and call you.")
    )
    is_told = _("Other members are told that you are one.")
    is_untold = _("Other members are not told that you are one.")
    return [
        _("A recall is answered within %(hours)s hours of its notice.") % {"hours": one.recall.acknowledge_within_hours},
        overdue,
        is_told if one.is_listed else is_untold,
    ]


def changed(change: Mapping[str, Any]) -> dict[str, str]:
    """Give one change of a comparison (as ``diff_versions`` tells it) in words: what about, before, after, and what it does."""
    does = {"widens": _("allows more"), "narrows": _("allows less"), "neutral": _("says the same otherwise")}
    return {
        "term": _(TERMS.get(change["pointer"], "the agreement as a whole")),
        "before": _value(change["before"]),
        "after": _value(change["after"]),
        "does": does[change["direction"]],
    }


def _value(value: Any) -> str:
    if value is None:
        return _("not limited, or none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return (_words(value) or _("nothing")) if isinstance(value, list) else str(value).replace("-", " ")


def _words(values: Iterable[str], last: str = "and") -> str:
    said = (spoken(one) if isinstance(one, StrEnum) else _(str(one).replace("-", " ")) for one in sorted(values))
    return listed(said, _(last))


def _whose(roles: frozenset[str]) -> str:
    if ANY in roles:
        return _("organisations of every kind")
    names = {"law-enforcement": "law enforcement", "ngo": "NGOs"}
    return listed(_(names.get(one, one.replace("-", " ") + "s")) for one in sorted(roles))


def _places(codes: frozenset[str]) -> str:
    return _("any country") if ANY in codes else listed(sorted(codes))
