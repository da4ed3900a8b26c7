"""An agreement as sentences, to its own partner, who need not know the document.

What changed between two versions is told by ``app/portal/agreement_words.py``. Kept by
``tests/portal/organisation/test_terms_in_words.py``.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.agreement import Agreement
from app.domain.vocabulary import ANY, OverdueRecall, Profile
from app.portal.agreement_words import sees_nothing_abroad
from app.portal.organisation.in_words import listed
from app.portal.plain_words import several, spoken, uses_said
from app.portal.words import gettext as _


def reading(one: Agreement) -> list[str]:
    """Give the sentences of what an organisation may read."""
    read, cross = one.read, one.read.cross_border
    if not (read.publisher_roles and read.purposes and read.channels and read.harm_types and read.sensitivities):
        return [_("You may read nothing of other organisations.")]
    said = [
        _("You may read what %(whose)s publish, up to %(tlp)s, for %(purposes)s.")
        % {
            "whose": _whose(read.publisher_roles),
            "tlp": spoken(read.tlp_ceiling),
            "purposes": _words(read.purposes),
        },
        _("From publishers in your own country alone.")
        if _reads_at_home_alone(one)
        else _("From publishers in %(places)s.") % {"places": _places(read.publisher_jurisdictions)},
        _("Only objects that are %(sensitivities)s.") % {"sensitivities": _words(read.sensitivities, "or")},
        _("Only about: %(harms)s.") % {"harms": _words(read.harm_types)},
        _("By %(channels)s.") % {"channels": _words(read.channels)},
    ]
    if cross.jurisdictions and cross.sensitivities:
        told = {"places": _places(cross.jurisdictions), "what": _words(cross.sensitivities, "or"), "basis": spoken(cross.basis)}
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
    must = [*write.signature_required.sensitivities, *write.signature_required.harm_types]
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
        % {"tlp": spoken(value.tlp), "sensitivity": spoken(value.sensitivity), "harms": _words(value.harm_types)},
        reach,
        _("Others may read it for %(purposes)s.") % {"purposes": _words(value.purposes) or _("nothing")},
        *uses_said(value.permitted_uses, _("They")),
        _("They may pass it on to %(whom)s.") % {"whom": spoken(value.onward_share)},
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


def _words(values: Iterable[object], last: str = "and") -> str:
    return listed(map(spoken, sorted(values, key=str)), _(last))


def _whose(roles: frozenset[str]) -> str:
    if ANY in roles:
        return _("organisations of every kind")
    return listed(map(several, sorted(roles)))


def _places(codes: frozenset[str]) -> str:
    return _("any country") if ANY in codes else listed(sorted(codes))
