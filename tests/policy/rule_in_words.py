"""The rule of ``docs/policy.md``, said once more: one sentence of the document after the other, and nothing of ``app/policy``.

It is the second opinion for every test that asks who sees what. It takes the values of ``app/domain`` for what they say, and is
slow, plain and without tables, so that it is wrong in other ways than the rule itself, if it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.agreement import Agreement
from app.domain.handling import Audience, GroupShare, Handling, HandlingClass
from app.domain.vocabulary import ANY, Channel, OverdueRecall, PartnerState, Purpose, Role, Sensitivity, SubjectStatus, Tlp

LABELS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED)


@dataclass(frozen=True)
class Reader:
    """Whoever asks: a partner, the newest version of its agreement that has begun, and the ceiling of its credential.

    ``groups``: those that it reads, and the generation of their members from which on. ``is_late``: in answering a recall.
    """

    partner_id: str
    role: Role
    jurisdiction: str
    state: PartnerState
    agreement: Agreement | None
    ceiling: Tlp
    groups: Mapping[str, int]
    is_late: bool = False


@dataclass(frozen=True)
class Read:
    """What for, by which channel, and when."""

    purpose: Purpose
    channel: Channel
    now: datetime


def sees(reader: Reader, one: HandlingClass, read: Read) -> bool:  # noqa: PLR0911  # one sentence after the other
    """Whether this reader sees what is of this class, for this purpose and by this channel."""
    # Only active partners see anything.
    if reader.state != PartnerState.ACTIVE:
        return False
    # What its publisher has not spoken for is nobody's.
    if not any(_is_of(stated, one.owner_id) for stated in one.handlings):
        return False
    # What the exchange tells particular partners is for exactly these.
    if one.addressed_to is not None:
        return reader.partner_id in one.addressed_to
    # A publisher sees its own, but for the ceiling of the credential; so do its own words count for it wherever they stand.
    for stated in one.handlings:
        if _is_of(stated, reader.partner_id) and _is_above(stated.tlp, reader.ceiling):
            return False
    if one.owner_id == reader.partner_id:
        return True
    # In groups alone, it is seen by readers of one of them; whoever reads one is named by it, for the publisher's own words.
    reads_a_group = any(_reads(reader, share) for share in one.shared_with)
    if not one.in_exchange and not reads_a_group:
        return False
    return all(
        _admits(reader, stated, read, is_named=reads_a_group and _is_of(stated, one.owner_id))
        for stated in one.handlings
        if not _is_of(stated, reader.partner_id)
    )


def _admits(reader: Reader, stated: Handling, read: Read, *, is_named: bool) -> bool:
    """Whether all three voices agree; ``is_named``: by a group, besides what the audiences say."""
    return (
        _exchange_agrees(reader, stated, read, is_named=is_named)
        and _agreement_agrees(reader, stated, read)
        and _publisher_agrees(reader, stated, read)
    )


def _exchange_agrees(reader: Reader, stated: Handling, read: Read, *, is_named: bool) -> bool:
    if stated.tlp == Tlp.RED and read.channel != Channel.PORTAL:
        return False
    is_named = is_named or any(_names(audience, reader) for audience in stated.audiences)
    if stated.sensitivity == Sensitivity.IDENTIFYING and reader.role != Role.LAW_ENFORCEMENT and not is_named:
        return False
    if reader.role in {Role.REGULATOR, Role.RESEARCHER} and stated.sensitivity != Sensitivity.AGGREGATE:
        return False
    is_protected = stated.subject_status in {SubjectStatus.MAY_BE_CHILD, SubjectStatus.COMPROMISED_ACCOUNT}
    return not is_protected or reader.role in {Role.LAW_ENFORCEMENT, Role.HOTLINE}


def _agreement_agrees(reader: Reader, stated: Handling, read: Read) -> bool:  # noqa: PLR0911  # as above
    agreement = reader.agreement
    if (
        agreement is None
        or agreement.partner_id != reader.partner_id
        or agreement.is_suspended
        or _is_shut_out(reader, agreement)
    ):
        return False
    if read.now < agreement.starts_at or (agreement.ends_at is not None and agreement.ends_at <= read.now):
        return False
    terms, publisher = agreement.read, stated.publisher
    if ANY not in terms.publisher_roles and publisher.role not in terms.publisher_roles:
        return False
    if ANY not in terms.publisher_jurisdictions and publisher.jurisdiction not in terms.publisher_jurisdictions:
        return False
    if publisher.jurisdiction != reader.jurisdiction:
        abroad = terms.cross_border
        if ANY not in abroad.jurisdictions and publisher.jurisdiction not in abroad.jurisdictions:
            return False
        if stated.sensitivity not in abroad.sensitivities:
            return False
    if _is_above(stated.tlp, terms.tlp_ceiling) or _is_above(stated.tlp, reader.ceiling):
        return False
    if not terms.harm_types or any(harm not in terms.harm_types for harm in stated.harm_types):
        return False
    return stated.sensitivity in terms.sensitivities and read.purpose in terms.purposes and read.channel in terms.channels


def _is_shut_out(reader: Reader, agreement: Agreement) -> bool:
    # By some agreements whoever is late in answering a recall reads nothing of others.
    return reader.is_late and agreement.recall.overdue == OverdueRecall.LOSE_ACCESS


def _publisher_agrees(reader: Reader, stated: Handling, read: Read) -> bool:
    if not stated.audiences or read.purpose not in stated.purposes:
        return False
    return all(_reaches(audience, reader) for audience in stated.audiences)


def _reaches(audience: Audience, reader: Reader) -> bool:
    if reader.partner_id in audience.partners_out:
        return False
    by_role = ANY in audience.roles or reader.role in audience.roles
    by_jurisdiction = ANY in audience.jurisdictions or reader.jurisdiction in audience.jurisdictions
    return (by_role and by_jurisdiction) or _names(audience, reader)


def _names(audience: Audience, reader: Reader) -> bool:
    if reader.partner_id in audience.partners_out:
        return False
    return reader.partner_id in audience.partners_in or any(_reads(reader, share) for share in audience.groups)


def _reads(reader: Reader, share: GroupShare) -> bool:
    return share.group_id in reader.groups and reader.groups[share.group_id] <= share.generation


def _is_of(stated: Handling, partner_id: str) -> bool:
    return stated.publisher.partner_id == partner_id


def _is_above(label: Tlp, ceiling: Tlp) -> bool:
    return LABELS.index(label) > LABELS.index(ceiling)
