"""The form in which an agreement is written: its fields, what they hold for a version, and the version that they say.

Owns the way between both; what a version may be is the services'. Kept by ``tests/portal/operating/test_agreement_fields.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.agreement import Agreement, CrossBorderTerms, ReadTerms, ReadVolume, RecallTerms, SignatureRequired, WriteTerms
from app.domain.errors import MalformedInputError
from app.domain.handling import DefaultHandling
from app.domain.vocabulary import (
    ANY,
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Role,
    Sensitivity,
    Tlp,
    TransferBasis,
)
from app.portal.forms import Sent
from app.portal.operating.plain_text import checked_moment, checked_number
from app.portal.words import gettext
from app.services.membership.agreement_versions import NewAgreement

Given = Mapping[str, str | Sequence[str]]
_Word = TypeVar("_Word", bound=StrEnum)
_CODE = re.compile("[A-Z]{2}", re.ASCII)
_PARTNER = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_HOURS = 8_784

WORDS: Mapping[str, type[StrEnum]] = {
    "read_purposes": Purpose,
    "read_sensitivities": Sensitivity,
    "read_harm_types": Harm,
    "read_channels": Channel,
    "abroad_sensitivities": Sensitivity,
    "write_profiles": Profile,
    "write_assurances": Assurance,
    "write_sensitivities": Sensitivity,
    "write_harm_types": Harm,
    "signed_sensitivities": Sensitivity,
    "signed_harm_types": Harm,
    "default_harm_types": Harm,
    "default_purposes": Purpose,
    "default_permitted_uses": PermittedUse,
}
"""Boxes, and the vocabulary that each takes words of."""
BOXES = (*WORDS, "read_roles")
CHOICES: Mapping[str, type[StrEnum]] = {
    "read_tlp": Tlp,
    "abroad_basis": TransferBasis,
    "default_tlp": Tlp,
    "default_sensitivity": Sensitivity,
    "default_onward_share": OnwardShare,
    "recall_overdue": OverdueRecall,
}
TEXTS = (
    *CHOICES,
    "starts_at",
    "ends_at",
    "is_listed",
    "read_countries",
    "abroad_countries",
    "read_versions_per_day",
    "read_lookups_per_day",
    "write_passes_on",
    "write_carries_statements",
    "write_objects_per_day",
    "default_audience_id",
    "recall_hours",
)

STARTING: Given = {
    "starts_at": "",
    "ends_at": "",
    "is_listed": "",
    "read_roles": [ANY],
    "read_countries": ANY,
    "read_purposes": [Purpose.DETECTION, Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION],
    "read_tlp": Tlp.AMBER,
    "read_sensitivities": [Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL],
    "read_harm_types": list(Harm),
    "read_channels": [Channel.PORTAL, Channel.REST, Channel.TAXII],
    "abroad_countries": "",
    "abroad_sensitivities": [],
    "abroad_basis": TransferBasis.NOT_STATED,
    "read_versions_per_day": "",
    "read_lookups_per_day": "",
    "write_profiles": [Profile.OCSEA],
    "write_assurances": [Assurance.PUBLISHER_SIGNED],
    "write_sensitivities": [Sensitivity.AGGREGATE, Sensitivity.BEHAVIOURAL],
    "write_harm_types": list(Harm),
    "signed_sensitivities": [],
    "signed_harm_types": [],
    "write_passes_on": "",
    "write_carries_statements": "",
    "write_objects_per_day": "",
    "default_tlp": Tlp.AMBER,
    "default_sensitivity": Sensitivity.BEHAVIOURAL,
    "default_harm_types": list(Harm),
    "default_audience_id": "",
    "default_purposes": [Purpose.DETECTION, Purpose.INVESTIGATION, Purpose.VICTIM_PROTECTION],
    "default_permitted_uses": [PermittedUse.DETECT, PermittedUse.ENFORCE_AFTER_OWN_REVIEW, PermittedUse.NO_MODEL_TRAINING],
    "default_onward_share": OnwardShare.SAME_ORGANISATION,
    "recall_hours": "168",
    "recall_overdue": OverdueRecall.ALARM,
}
"""What a first agreement begins with: careful, and enough to detect with. Nothing identifying, and nothing from abroad."""


def admits_nothing_abroad(given: Given) -> bool:
    """Whether the form names other countries and admits nothing of them, as it begins: whoever leaves it so must be told."""
    countries = str(given["read_countries"]).replace(",", " ").split()
    is_named = len(countries) > 1 or countries in ([ANY], [ANY.upper()])
    return is_named and not (str(given["abroad_countries"]).strip() and given["abroad_sensitivities"])


def given_of(agreement: Agreement) -> Given:
    """Give what the form holds for a version; it begins anew, when it is approved."""
    read, write, default = agreement.read, agreement.write, agreement.default_handling
    return {
        "starts_at": "",
        "ends_at": "" if agreement.ends_at is None else _spelled(agreement.ends_at),
        "is_listed": _flag(agreement.is_listed),
        "read_roles": sorted(read.publisher_roles),
        "read_countries": " ".join(sorted(read.publisher_jurisdictions)),
        "read_purposes": sorted(read.purposes),
        "read_tlp": read.tlp_ceiling,
        "read_sensitivities": sorted(read.sensitivities),
        "read_harm_types": sorted(read.harm_types),
        "read_channels": sorted(read.channels),
        "abroad_countries": " ".join(sorted(read.cross_border.jurisdictions)),
        "abroad_sensitivities": sorted(read.cross_border.sensitivities),
        "abroad_basis": read.cross_border.basis,
        "read_versions_per_day": _number(read.volume.versions_per_day),
        "read_lookups_per_day": _number(read.volume.lookups_per_day),
        "write_profiles": sorted(write.profiles),
        "write_assurances": sorted(write.assurances),
        "write_sensitivities": sorted(write.sensitivities),
        "write_harm_types": sorted(write.harm_types),
        "signed_sensitivities": sorted(write.signature_required.sensitivities),
        "signed_harm_types": sorted(write.signature_required.harm_types),
        "write_passes_on": " ".join(sorted(write.passes_on)),
        "write_carries_statements": _flag(write.carries_statements),
        "write_objects_per_day": _number(write.objects_per_day),
        "default_tlp": default.tlp,
        "default_sensitivity": default.sensitivity,
        "default_harm_types": sorted(default.harm_types),
        "default_audience_id": default.audience_id or "",
        "default_purposes": sorted(default.purposes),
        "default_permitted_uses": sorted(default.permitted_uses),
        "default_onward_share": default.onward_share,
        "recall_hours": str(agreement.recall.acknowledge_within_hours),
        "recall_overdue": agreement.recall.overdue,
    }


def given_by(form: Sent) -> Given:
    """Give what was typed, to be shown again."""
    return {**{name: form[name] for name in TEXTS}, **{name: list(form.repeated[name]) for name in BOXES}}


def version_of(form: Sent, partner_id: str) -> NewAgreement:
    """Give the version that a form says; raises ``MalformedInputError`` at the first field that is wrong."""
    return NewAgreement(
        partner_id=partner_id,
        starts_at=checked_moment(form["starts_at"], "starts_at"),
        ends_at=checked_moment(form["ends_at"], "ends_at"),
        read=_read(form),
        write=_write(form),
        default_handling=_default(form),
        recall=RecallTerms(_hours(form["recall_hours"]), _choice(form, "recall_overdue", OverdueRecall)),
        is_listed=bool(form["is_listed"]),
    )


def _read(form: Sent) -> ReadTerms:
    roles = frozenset(form.repeated["read_roles"])
    if not roles <= {ANY, *Role}:
        raise _fault("read_roles", gettext("Choose among the kinds of organisation."))
    abroad = CrossBorderTerms(
        _countries(form, "abroad_countries"),
        _words(form, "abroad_sensitivities", Sensitivity),
        _choice(form, "abroad_basis", TransferBasis),
    )
    versions, lookups = (checked_number(form[name], name) for name in ("read_versions_per_day", "read_lookups_per_day"))
    return ReadTerms(
        publisher_roles=roles,
        publisher_jurisdictions=_countries(form, "read_countries"),
        purposes=_words(form, "read_purposes", Purpose),
        tlp_ceiling=_choice(form, "read_tlp", Tlp),
        sensitivities=_words(form, "read_sensitivities", Sensitivity),
        harm_types=_words(form, "read_harm_types", Harm),
        channels=_words(form, "read_channels", Channel),
        cross_border=abroad,
        volume=ReadVolume(versions, lookups),
    )


def _write(form: Sent) -> WriteTerms:
    return WriteTerms(
        profiles=_words(form, "write_profiles", Profile),
        assurances=_words(form, "write_assurances", Assurance),
        sensitivities=_words(form, "write_sensitivities", Sensitivity),
        harm_types=_words(form, "write_harm_types", Harm),
        signature_required=SignatureRequired(
            _words(form, "signed_sensitivities", Sensitivity), _words(form, "signed_harm_types", Harm)
        ),
        passes_on=_partners(form["write_passes_on"]),
        carries_statements=bool(form["write_carries_statements"]),
        objects_per_day=checked_number(form["write_objects_per_day"], "write_objects_per_day"),
    )


def _default(form: Sent) -> DefaultHandling:
    return DefaultHandling(
        tlp=_choice(form, "default_tlp", Tlp),
        sensitivity=_choice(form, "default_sensitivity", Sensitivity),
        harm_types=_words(form, "default_harm_types", Harm),
        audience_id=form["default_audience_id"] or None,
        purposes=_words(form, "default_purposes", Purpose),
        permitted_uses=_words(form, "default_permitted_uses", PermittedUse),
        onward_share=_choice(form, "default_onward_share", OnwardShare),
    )


def _words(form: Sent, name: str, kind: type[_Word]) -> frozenset[_Word]:
    given = form.repeated[name]
    if not set(given) <= set(kind):
        raise _fault(name, gettext("Choose among what is offered."))
    return frozenset(map(kind, given))


def _choice(form: Sent, name: str, kind: type[_Word]) -> _Word:
    if form[name] not in set(kind):
        raise _fault(name, gettext("Choose one of these."))
    return kind(form[name])


def _countries(form: Sent, name: str) -> frozenset[str]:
    parts = re.split(r"[\s,;]+", form[name].strip())
    codes = [one if one == ANY else one.upper() for one in parts if one]
    if not all(one == ANY or _CODE.fullmatch(one) for one in codes):
        raise _fault(name, gettext("Two letters each, as NL DE FR; or any; or nothing for none."))
    return frozenset(codes)


def _partners(text: str) -> frozenset[str]:
    ids = [one for one in re.split(r"[\s,;]+", text.strip()) if one]
    if not all(one == ANY or _PARTNER.fullmatch(one) for one in ids):
        raise _fault("write_passes_on", gettext("Ids of partners, or any; or nothing for nobody's."))
    return frozenset(ids)


def _hours(text: str) -> int:
    found = checked_number(text, "recall_hours")
    if found is None or found > _MOST_HOURS:
        raise _fault("recall_hours", gettext("Between 1 hour and a year (8,784 hours)."))
    return found


def _fault(name: str, sentence: str) -> MalformedInputError:
    return MalformedInputError(sentence, pointer=f"/{name}")


def _spelled(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M")


def _flag(value: bool) -> str:  # noqa: FBT001  # a box is ticked or not
    return "yes" if value else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def listed_fields(given: Given) -> Iterable[tuple[str, Any]]:
    """Give all fields as pairs, boxes once for each, to be sent again."""
    for name, value in given.items():
        yield from ((name, one) for one in ([value] if isinstance(value, str) else value))
