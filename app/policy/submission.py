"""What a partner may submit, and which of its own terms says no.

Owns the rule for one object's effective handling. Does not check signatures, STIX or the credential's right to submit, and does
not narrow by references (services ask ``visibility.sees_somehow`` for that). Kept by ``tests/policy/test_submission.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from app.domain.agreement import Agreement, WriteTerms
from app.domain.errors import Code
from app.domain.handling import Handling
from app.domain.vocabulary import Assurance, PartnerState, Profile, Role
from app.policy.audiences import reaches_only, stands_in
from app.policy.viewer import Viewer


@unique
class SubmissionClause(StrEnum):
    """Why a submission is refused, one word per reason, in the order in which they are asked; never reused."""

    PARTNER_NOT_ACTIVE = "partner-not-active"
    AGREEMENT_NOT_IN_FORCE = "agreement-not-in-force"
    PUBLISHER_IS_ANOTHER = "publisher-is-another"
    PROFILE_NOT_AGREED = "profile-not-agreed"
    ASSURANCE_NOT_AGREED = "assurance-not-agreed"
    SENSITIVITY_NOT_AGREED = "sensitivity-not-agreed"
    HARM_TYPE_NOT_AGREED = "harm-type-not-agreed"
    SIGNATURE_REQUIRED = "signature-required"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an object is refused: the error code, the clause, and a sentence for the submitter.

    The sentence names the submitter's own terms, which are no secret to it, and nothing that it submitted.
    """

    code: Code
    clause: SubmissionClause
    sentence: str


def why_refused(submitter: Viewer, handling: Handling, profile: Profile, now: datetime) -> Refused | None:
    """Give the first reason against this submission, or None if the submitter's agreement allows it.

    ``handling`` is the object's own effective handling, before references narrow it; ``profile`` is what it was checked by;
    ``now`` is aware UTC. An empty list of the agreement admits nothing. The TLP ceilings are for reading and play no part.
    """
    if submitter.state is not PartnerState.ACTIVE:
        return Refused(Code.PARTNER_NOT_ACTIVE, SubmissionClause.PARTNER_NOT_ACTIVE, "Your organisation is not active here.")
    agreement = submitter.agreement_at(now)
    if agreement is None:
        sentence = "Your organisation has no agreement in force."
        return Refused(Code.AGREEMENT_NOT_IN_FORCE, SubmissionClause.AGREEMENT_NOT_IN_FORCE, sentence)
    publisher_id = handling.publisher.partner_id
    if publisher_id != submitter.partner_id and not stands_in(publisher_id, agreement.write.passes_on):
        sentence = "The object's publisher is not your organisation, and your agreement does not let you pass its objects on."
        return Refused(Code.SIGNER_MISMATCH, SubmissionClause.PUBLISHER_IS_ANOTHER, sentence)
    return _first_exceeded(agreement, handling, profile) or _unsigned(agreement, handling)


def reaches_law_enforcement_alone(handling: Handling, law_enforcement: frozenset[str]) -> bool:
    """Whether one of the handling's audiences admits nobody but law enforcement, by role or by name.

    One such audience is enough, since all of them must admit a reader. ``law_enforcement``: the ids of all of them.
    """
    return any(reaches_only(audience, Role.LAW_ENFORCEMENT, law_enforcement) for audience in handling.audiences)


def _first_exceeded(agreement: Agreement, handling: Handling, profile: Profile) -> Refused | None:
    for clause, is_within, noun, listed in TERMS:
        if not is_within(agreement.write, handling, profile):
            allowed = ", ".join(sorted(listed(agreement.write)))
            only = f"these {noun} only: {allowed}." if allowed else f"no {noun}."
            sentence = f"Version {agreement.version} of your agreement lets you submit {only}"
            return Refused(Code.TERMS_EXCEEDED, clause, sentence)
    return None


def _unsigned(agreement: Agreement, handling: Handling) -> Refused | None:
    required = agreement.write.signature_required
    is_meant = handling.sensitivity in required.sensitivities or not required.harm_types.isdisjoint(handling.harm_types)
    if handling.assurance is Assurance.PUBLISHER_SIGNED or not is_meant:
        return None
    listed = ", ".join(sorted((*required.sensitivities, *required.harm_types)))
    sentence = f"Version {agreement.version} of your agreement asks for the publisher's signature on what is about: {listed}."
    return Refused(Code.SIGNATURE_MISSING, SubmissionClause.SIGNATURE_REQUIRED, sentence)


def _profile_within(terms: WriteTerms, _handling: Handling, profile: Profile) -> bool:
    return profile in terms.profiles


def _assurance_within(terms: WriteTerms, handling: Handling, _profile: Profile) -> bool:
    return handling.assurance in terms.assurances


def _sensitivity_within(terms: WriteTerms, handling: Handling, _profile: Profile) -> bool:
    return handling.sensitivity in terms.sensitivities


def _harm_types_within(terms: WriteTerms, handling: Handling, _profile: Profile) -> bool:
    return bool(terms.harm_types) and handling.harm_types <= terms.harm_types


Within = Callable[[WriteTerms, Handling, Profile], bool]
Listed = Callable[[WriteTerms], Iterable[str]]

TERMS: tuple[tuple[SubmissionClause, Within, str, Listed], ...] = (
    (SubmissionClause.PROFILE_NOT_AGREED, _profile_within, "profiles", lambda terms: terms.profiles),
    (SubmissionClause.ASSURANCE_NOT_AGREED, _assurance_within, "assurances", lambda terms: terms.assurances),
    (SubmissionClause.SENSITIVITY_NOT_AGREED, _sensitivity_within, "sensitivities", lambda terms: terms.sensitivities),
    (SubmissionClause.HARM_TYPE_NOT_AGREED, _harm_types_within, "harm types", lambda terms: terms.harm_types),
)
"""The write terms in the order in which they are asked: clause, test, the noun for the sentence, the list it quotes."""
