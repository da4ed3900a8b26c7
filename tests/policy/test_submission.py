"""The decision table of submission: each clause both ways."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.agreement import SignatureRequired
from app.domain.errors import Code
from app.domain.vocabulary import ANY, Assurance, Channel, Harm, PartnerState, Profile, Purpose, Sensitivity, Tlp
from app.policy import submission
from app.policy.submission import Refused, SubmissionClause, reaches_law_enforcement_alone, why_refused
from tests.factories.policy_values import (
    NOW,
    SECOND,
    VIEWER_ID,
    agreement,
    audience,
    default_handling,
    empty_audience,
    handling,
    publisher,
    read_terms,
    viewer,
    write_terms,
)

OWN = publisher(partner_id=VIEWER_ID)
NOTHING: frozenset[Any] = frozenset()


def submitted(
    *,
    submitter: dict[str, Any] | None = None,
    dated: dict[str, Any] | None = None,
    terms: dict[str, Any] | None = None,
    stated: dict[str, Any] | None = None,
    profile: Profile = Profile.OCSEA,
) -> Refused | None:
    """Give the verdict on a platform's own behavioural object, varied by keyword."""
    made = viewer(**{"agreement": agreement(write=write_terms(**(terms or {})), **(dated or {}))} | (submitter or {}))
    return why_refused(made, handling(**{"publisher": OWN} | (stated or {})), profile, NOW)


TABLE = [
    pytest.param({}, None, id="within its terms"),
    pytest.param({"submitter": {"state": PartnerState.SUSPENDED}}, SubmissionClause.PARTNER_NOT_ACTIVE, id="suspended"),
    pytest.param({"submitter": {"state": PartnerState.ENDED}}, SubmissionClause.PARTNER_NOT_ACTIVE, id="ended"),
    pytest.param({"submitter": {"agreement": None}}, SubmissionClause.AGREEMENT_NOT_IN_FORCE, id="no agreement"),
    pytest.param({"dated": {"starts_at": NOW + SECOND}}, SubmissionClause.AGREEMENT_NOT_IN_FORCE, id="not yet in force"),
    pytest.param({"dated": {"starts_at": NOW}}, None, id="in force from now on"),
    pytest.param({"dated": {"ends_at": NOW}}, SubmissionClause.AGREEMENT_NOT_IN_FORCE, id="no longer in force"),
    pytest.param({"dated": {"ends_at": NOW + SECOND}}, None, id="in force for another second"),
    pytest.param({"dated": {"partner_id": "partner-x"}}, SubmissionClause.AGREEMENT_NOT_IN_FORCE, id="another's agreement"),
    pytest.param({"stated": {"publisher": publisher()}}, SubmissionClause.PUBLISHER_IS_ANOTHER, id="another's object"),
    pytest.param({"profile": Profile.STIX}, SubmissionClause.PROFILE_NOT_AGREED, id="another profile"),
    pytest.param({"profile": Profile.STIX, "terms": {"profiles": frozenset(Profile)}}, None, id="both profiles agreed"),
    pytest.param({"terms": {"profiles": NOTHING}}, SubmissionClause.PROFILE_NOT_AGREED, id="no profile agreed"),
    pytest.param(
        {"stated": {"assurance": Assurance.CHANNEL_ATTESTED}},
        SubmissionClause.ASSURANCE_NOT_AGREED,
        id="unsigned, where only signed is agreed",
    ),
    pytest.param(
        {"stated": {"assurance": Assurance.CHANNEL_ATTESTED}, "terms": {"assurances": frozenset(Assurance)}},
        None,
        id="unsigned, as agreed",
    ),
    pytest.param(
        {"stated": {"publisher": publisher()}, "terms": {"passes_on": frozenset({ANY})}},
        None,
        id="another's, as anybody's agreed",
    ),
    pytest.param(
        {"stated": {"publisher": publisher()}, "terms": {"passes_on": frozenset({publisher().partner_id})}},
        None,
        id="another's, as this one's agreed",
    ),
    pytest.param(
        {"stated": {"publisher": publisher()}, "terms": {"passes_on": frozenset({"partner-x"})}},
        SubmissionClause.PUBLISHER_IS_ANOTHER,
        id="another's, where somebody else's are agreed",
    ),
    pytest.param(
        {
            "stated": {"assurance": Assurance.CHANNEL_ATTESTED},
            "terms": {
                "assurances": frozenset(Assurance),
                "signature_required": SignatureRequired(sensitivities=frozenset({Sensitivity.BEHAVIOURAL})),
            },
        },
        SubmissionClause.SIGNATURE_REQUIRED,
        id="unsigned, of a sensitivity that must be signed",
    ),
    pytest.param(
        {"terms": {"signature_required": SignatureRequired(sensitivities=frozenset(Sensitivity), harm_types=frozenset(Harm))}},
        None,
        id="signed, as all must be",
    ),
    pytest.param({"terms": {"assurances": NOTHING}}, SubmissionClause.ASSURANCE_NOT_AGREED, id="no assurance agreed"),
    pytest.param(
        {"stated": {"sensitivity": Sensitivity.IDENTIFYING}},
        SubmissionClause.SENSITIVITY_NOT_AGREED,
        id="identifying, which is not agreed",
    ),
    pytest.param(
        {"stated": {"sensitivity": Sensitivity.IDENTIFYING}, "terms": {"sensitivities": frozenset(Sensitivity)}},
        None,
        id="identifying, as agreed",
    ),
    pytest.param({"terms": {"sensitivities": NOTHING}}, SubmissionClause.SENSITIVITY_NOT_AGREED, id="no sensitivity agreed"),
    pytest.param(
        {"stated": {"harm_types": frozenset({Harm.LIVE_STREAMED_CSA, Harm.CSAM})}},
        SubmissionClause.HARM_TYPE_NOT_AGREED,
        id="one harm of two agreed",
    ),
    pytest.param(
        {"stated": {"harm_types": frozenset({Harm.LIVE_STREAMED_CSA, Harm.SOLICITATION_OF_CHILDREN})}},
        None,
        id="both harms agreed",
    ),
    pytest.param({"stated": {"harm_types": NOTHING}}, None, id="no harm stated"),
    pytest.param(
        {"stated": {"harm_types": NOTHING}, "terms": {"harm_types": NOTHING}},
        SubmissionClause.HARM_TYPE_NOT_AGREED,
        id="no harm stated and none agreed",
    ),
    pytest.param({"submitter": {"tlp_ceiling": Tlp.CLEAR}}, None, id="the credential's ceiling is for reading"),
    pytest.param({"dated": {"read": read_terms(tlp_ceiling=Tlp.CLEAR, channels=NOTHING)}}, None, id="so are the read terms"),
    pytest.param({"stated": {"tlp": Tlp.RED, "audiences": NOTHING, "purposes": NOTHING}}, None, id="for nobody, RED"),
]


@pytest.mark.parametrize(("differences", "expected"), TABLE)
def test_a_submission_is_judged_as_the_table_says(differences: dict[str, Any], expected: SubmissionClause | None) -> None:
    verdict = submitted(**differences)
    assert (verdict and verdict.clause) == expected


def test_the_table_has_a_row_for_every_clause() -> None:
    assert {row.values[1] for row in TABLE} == {*SubmissionClause, None}


@pytest.mark.parametrize("place", range(len(submission.TERMS)))
def test_a_term_taken_out_of_the_rule_changes_a_verdict(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    rows: list[Any] = [row.values for row in TABLE]
    kept = submission.TERMS
    monkeypatch.setattr(submission, "TERMS", (*kept[:place], *kept[place + 1 :]))
    opened = [expected for differences, expected in rows if expected and submitted(**differences) is None]
    assert opened
    assert set(opened) == {kept[place][0]}


MUST_BE_SIGNED = {
    "assurances": frozenset(Assurance),
    "signature_required": SignatureRequired(frozenset({Sensitivity.BEHAVIOURAL}), frozenset({Harm.CSAM})),
}


@pytest.mark.parametrize(
    ("differences", "code"),
    [
        ({"submitter": {"state": PartnerState.SUSPENDED}}, Code.PARTNER_NOT_ACTIVE),
        ({"submitter": {"agreement": None}}, Code.AGREEMENT_NOT_IN_FORCE),
        ({"stated": {"publisher": publisher()}}, Code.SIGNER_MISMATCH),
        ({"profile": Profile.STIX}, Code.TERMS_EXCEEDED),
        ({"stated": {"assurance": Assurance.CHANNEL_ATTESTED}, "terms": MUST_BE_SIGNED}, Code.SIGNATURE_MISSING),
    ],
)
def test_a_refusal_carries_the_code_of_its_kind(differences: dict[str, Any], code: Code) -> None:
    verdict = submitted(**differences)
    assert verdict is not None
    assert verdict.code is code


@pytest.mark.parametrize(
    ("differences", "sentence"),
    [
        ({"submitter": {"state": PartnerState.SUSPENDED}}, "Your organisation is not active here."),
        ({"submitter": {"agreement": None}}, "Your organisation has no agreement in force."),
        (
            {"stated": {"publisher": publisher()}},
            "The object's publisher is not your organisation, and your agreement does not let you pass its objects on.",
        ),
        (
            {"stated": {"assurance": Assurance.CHANNEL_ATTESTED}, "terms": MUST_BE_SIGNED},
            "Version 3 of your agreement asks for the publisher's signature on what is about: behavioural, csam.",
        ),
        ({"profile": Profile.STIX}, "Version 3 of your agreement lets you submit these profiles only: ocsea."),
        (
            {"stated": {"sensitivity": Sensitivity.IDENTIFYING}},
            "Version 3 of your agreement lets you submit these sensitivities only: aggregate, behavioural.",
        ),
        (
            {"terms": {"assurances": NOTHING}},
            "Version 3 of your agreement lets you submit no assurances.",
        ),
        (
            {"stated": {"harm_types": frozenset({Harm.CSAM})}},
            "Version 3 of your agreement lets you submit these harm types only: live-streamed-csa, solicitation-of-children.",
        ),
    ],
)
def test_the_sentence_names_the_submitters_own_terms(differences: dict[str, Any], sentence: str) -> None:
    verdict = submitted(**differences)
    assert verdict is not None
    assert verdict.sentence == sentence


def test_the_agreements_default_handling_plays_no_part_in_the_refusal() -> None:
    narrow = default_handling(tlp=Tlp.CLEAR, harm_types=NOTHING, purposes=frozenset({Purpose.AUDIT}))
    assert submitted(dated={"default_handling": narrow, "read": read_terms(channels=frozenset({Channel.TAXII}))}) is None


AGENCIES = frozenset({"agency"})
FOR_POLICE = audience(roles=frozenset({"law-enforcement"}))
FOR_AN_AGENCY = empty_audience(audience_id="audience-2", partners_in=AGENCIES)


@pytest.mark.parametrize(
    ("audiences", "alone"),
    [
        pytest.param({FOR_POLICE}, True, id="by role"),
        pytest.param({FOR_AN_AGENCY}, True, id="by name"),
        pytest.param({audience()}, False, id="everybody"),
        pytest.param({audience(), FOR_AN_AGENCY}, True, id="everybody, and of them one agency"),
        pytest.param({empty_audience(partners_in=frozenset({"platform"}))}, False, id="somebody else by name"),
        pytest.param(set(), False, id="no audience"),
    ],
)
def test_law_enforcement_alone_is_reached_where_one_audience_admits_nobody_else(audiences: set[Any], *, alone: bool) -> None:
    assert reaches_law_enforcement_alone(handling(audiences=frozenset(audiences)), AGENCIES) is alone
