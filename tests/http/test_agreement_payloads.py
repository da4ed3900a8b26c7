from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.agreement import Agreement, CrossBorderTerms, ReadTerms, ReadVolume, RecallTerms, SignatureRequired, WriteTerms
from app.domain.handling import DefaultHandling
from app.domain.vocabulary import (
    Assurance,
    Channel,
    Harm,
    OnwardShare,
    OverdueRecall,
    PermittedUse,
    Profile,
    Purpose,
    Sensitivity,
    Tlp,
    TransferBasis,
)
from app.http.agreement_payloads import AgreementPayload, NewAgreementPayload
from app.services.membership.change_policy import NewAgreement

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)
PARTNER = "0b8f7f8e-5a35-4b1c-9d68-0a7e8a2f4b11"
READ = ReadTerms(
    frozenset({"any"}),
    frozenset({"NL", "DE"}),
    frozenset({Purpose.DETECTION}),
    Tlp.AMBER,
    frozenset({Sensitivity.BEHAVIOURAL}),
    frozenset({Harm.CSAM}),
    frozenset({Channel.REST, Channel.TAXII}),
    CrossBorderTerms(frozenset({"NL"}), frozenset({Sensitivity.AGGREGATE}), TransferBasis.ADEQUACY),
    ReadVolume(10_000, None),
)
WRITE = WriteTerms(
    frozenset({Profile.OCSEA}),
    frozenset({Assurance.PUBLISHER_SIGNED}),
    frozenset({Sensitivity.AGGREGATE}),
    frozenset({Harm.CSAM}),
    SignatureRequired(frozenset(), frozenset({Harm.CSAM})),
    frozenset({PARTNER}),
    objects_per_day=500,
)
RECALL = RecallTerms(24, OverdueRecall.LOSE_ACCESS)
DEFAULT = DefaultHandling(
    Tlp.GREEN,
    Sensitivity.BEHAVIOURAL,
    frozenset(),
    None,
    frozenset({Purpose.DETECTION}),
    frozenset({PermittedUse.DETECT}),
    OnwardShare.NONE,
)
WIRE: dict[str, Any] = {
    "read": {
        "publisher_roles": ["any"],
        "publisher_jurisdictions": ["DE", "NL"],
        "purposes": ["detection"],
        "tlp_ceiling": "amber",
        "sensitivities": ["behavioural"],
        "harm_types": ["csam"],
        "channels": ["rest", "taxii"],
        "cross_border": {"jurisdictions": ["NL"], "sensitivities": ["aggregate"], "basis": "adequacy"},
        "volume": {"versions_per_day": 10_000, "lookups_per_day": None},
    },
    "write": {
        "profiles": ["ocsea"],
        "assurances": ["publisher-signed"],
        "sensitivities": ["aggregate"],
        "harm_types": ["csam"],
        "signature_required": {"sensitivities": [], "harm_types": ["csam"]},
        "passes_on": [PARTNER],
        "carries_statements": False,
        "objects_per_day": 500,
    },
    "default_handling": {
        "tlp": "green",
        "sensitivity": "behavioural",
        "harm_types": [],
        "audience_id": None,
        "purposes": ["detection"],
        "permitted_uses": ["detect"],
        "onward_share": "none",
    },
    "recall": {"acknowledge_within_hours": 24, "overdue": "lose-access"},
    "is_listed": True,
}


def test_an_agreement_to_be_becomes_the_services_value() -> None:
    expected = NewAgreement(PARTNER, None, None, READ, WRITE, DEFAULT, RECALL, is_listed=True)
    assert NewAgreementPayload().load({"partner_id": PARTNER} | WIRE) == expected


def test_an_agreement_is_written_as_it_is_read() -> None:
    agreement = Agreement(PARTNER, 3, NOW, None, READ, WRITE, DEFAULT, NOW, "somebody", RECALL, is_listed=True)
    written = AgreementPayload().dump(agreement)
    assert {part: written[part] for part in WIRE} == WIRE
    assert (written["version"], written["starts_at"], written["ends_at"]) == (3, "2026-01-31T08:00:00.000000Z", None)
    assert "somebody" not in str(written)


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("read", "publisher_roles", ["any", "bank"]),
        ("read", "publisher_jurisdictions", ["nl"]),
        ("read", "publisher_jurisdictions", ["any\n"]),
        ("read", "channels", ["carrier-pigeon"]),
        ("read", "tlp_ceiling", None),
        ("write", "harm_types", "csam"),
        ("default_handling", "audience_id", "everybody"),
        ("default_handling", "onward_share", "anybody"),
    ],
)
def test_a_word_that_no_list_has_is_refused(part: str, name: str, value: object) -> None:
    document = {"partner_id": PARTNER} | WIRE | {part: WIRE[part] | {name: value}}
    with pytest.raises(ValidationError) as refusal:
        NewAgreementPayload().load(document)
    assert list(refusal.value.messages) == [part]


def test_who_says_nothing_of_signatures_and_passing_on_asks_for_nothing_and_allows_nothing() -> None:
    silent = {name: words for name, words in WIRE["write"].items() if name not in {"signature_required", "passes_on"}}
    made: NewAgreement = NewAgreementPayload().load({"partner_id": PARTNER} | WIRE | {"write": silent})
    assert (made.write.signature_required, made.write.passes_on) == (SignatureRequired(), frozenset())


@pytest.mark.parametrize("partner", ["everybody", PARTNER.upper(), "any ", ""])
def test_passing_on_names_partners_or_any(partner: str) -> None:
    with pytest.raises(ValidationError):
        NewAgreementPayload().load({"partner_id": PARTNER} | WIRE | {"write": WIRE["write"] | {"passes_on": [partner]}})
