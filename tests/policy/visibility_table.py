"""The decision table: who sees what, each clause both ways, written by hand from ``docs/policy.md``.

A row states only how it differs from the world of ``tests/factories/policy_values.py``, in which a platform sees another
platform's object. ``Row.handlings`` are the handlings of the class, the owner's first. Judged by ``test_visibility.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.agreement import CrossBorderTerms, RecallTerms
from app.domain.handling import GroupShare, Handling, HandlingClass, posting_audience
from app.domain.vocabulary import (
    Channel,
    Harm,
    OverdueRecall,
    PartnerState,
    PermittedUse,
    Purpose,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.policy.visibility import Clause, Hidden, Viewer, why_hidden
from tests.factories.policy_values import (
    DAY,
    NOW,
    PUBLISHER_ID,
    SECOND,
    VIEWER_ID,
    agreement,
    audience,
    empty_audience,
    handling,
    publisher,
    read_terms,
    viewer,
)

OWN = publisher(partner_id=VIEWER_ID)
OTHER = publisher(partner_id="partner-hotline-a", role=Role.HOTLINE)
NAMED = frozenset({empty_audience(partners_in=frozenset({VIEWER_ID}))})
NAMED_BESIDE_ALL = frozenset({audience(partners_in=frozenset({VIEWER_ID}))})


@dataclass(frozen=True)
class Row:
    """One line of the table: how it differs, and which clause objects (None: seen)."""

    says: str
    expected: Clause | None
    handlings: tuple[Handling, ...] = (handling(),)
    viewer: Mapping[str, Any] = field(default_factory=dict)
    agreement: Mapping[str, Any] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)
    purpose: Purpose = Purpose.DETECTION
    channel: Channel = Channel.REST
    now: datetime = NOW
    owner_id: str | None = None
    addressed_to: frozenset[str] | None = None
    in_exchange: bool = True
    shared_with: tuple[GroupShare, ...] = ()

    def reader(self) -> Viewer:
        made = viewer(**self.viewer)
        if "agreement" in self.viewer:
            return made
        return viewer(**{"agreement": agreement(**{"read": read_terms(**self.terms)} | self.agreement)} | self.viewer)

    def read_class(self) -> HandlingClass:
        owner_id = self.owner_id or self.handlings[0].publisher.partner_id
        handlings, shares = frozenset(self.handlings), frozenset(self.shared_with)
        return HandlingClass(
            owner_id, handlings, in_exchange=self.in_exchange, shared_with=shares, addressed_to=self.addressed_to
        )

    def verdict(self) -> Hidden | None:
        return why_hidden(self.reader(), self.read_class(), self.purpose, self.channel, self.now)


def for_handling(says: str, expected: Clause | None, stated: Mapping[str, Any], **row: Any) -> Row:
    """Give a row that differs in its one handling, and otherwise as named."""
    return Row(says, expected, handlings=(handling(**stated),), **row)


def words(*values: Any) -> frozenset[Any]:
    return frozenset(values)


def abroad(*jurisdictions: str, sensitivities: Iterable[Sensitivity] = Sensitivity) -> CrossBorderTerms:
    return CrossBorderTerms(frozenset(jurisdictions), frozenset(sensitivities), TransferBasis.ADEQUACY)


ADDRESSED = words(VIEWER_ID)
LATE = {"recall_overdue": True}
STRICT = {"recall": RecallTerms(overdue=OverdueRecall.LOSE_ACCESS)}
SUSPENDED = {"state": PartnerState.SUSPENDED}
ENDED = {"state": PartnerState.ENDED}
AGENCY = {"role": Role.LAW_ENFORCEMENT}
HOTLINE = {"role": Role.HOTLINE}
REGULATOR = {"role": Role.REGULATOR}
RESEARCHER = {"role": Role.RESEARCHER}
RED = {"tlp": Tlp.RED}
IDENTIFYING = {"sensitivity": Sensitivity.IDENTIFYING}
AGGREGATE = {"sensitivity": Sensitivity.AGGREGATE}
MAY_BE_CHILD = {"subject_status": SubjectStatus.MAY_BE_CHILD}
COMPROMISED = {"subject_status": SubjectStatus.COMPROMISED_ACCOUNT}

BEFORE_ALL = [
    Row("all three voices agree", None),
    Row("a suspended partner sees nothing", Clause.PARTNER_NOT_ACTIVE, viewer=SUSPENDED),
    Row("an ended partner sees nothing", Clause.PARTNER_NOT_ACTIVE, viewer=ENDED),
    for_handling("a suspended partner does not see its own", Clause.PARTNER_NOT_ACTIVE, {"publisher": OWN}, viewer=SUSPENDED),
    for_handling("an ended partner does not see its own", Clause.PARTNER_NOT_ACTIVE, {"publisher": OWN}, viewer=ENDED),
    Row(
        "a suspended partner is told so before the lack of an agreement",
        Clause.PARTNER_NOT_ACTIVE,
        viewer=SUSPENDED | {"agreement": None},
    ),
    Row("no handling is nobody", Clause.HANDLING_MISSING, handlings=(), owner_id=PUBLISHER_ID),
    Row("no handling is not even the owner", Clause.HANDLING_MISSING, handlings=(), owner_id=VIEWER_ID),
    Row("a class in which the owner's handling is missing", Clause.HANDLING_MISSING, owner_id=OTHER.partner_id),
    for_handling(
        "another's class with the viewer's handling alone",
        Clause.HANDLING_MISSING,
        {"publisher": OWN},
        owner_id=PUBLISHER_ID,
    ),
    Row("an own class with another's handling alone", Clause.HANDLING_MISSING, owner_id=VIEWER_ID),
    Row("what is addressed to others", Clause.NOT_ADDRESSED, addressed_to=words(OTHER.partner_id)),
    Row("what is addressed to nobody", Clause.NOT_ADDRESSED, addressed_to=words()),
    for_handling(
        "one's own, addressed to others", Clause.NOT_ADDRESSED, {"publisher": OWN}, addressed_to=words(OTHER.partner_id)
    ),
    Row("what is addressed to the viewer, who is suspended", Clause.PARTNER_NOT_ACTIVE, viewer=SUSPENDED, addressed_to=ADDRESSED),
    Row("what is addressed to the viewer", None, addressed_to=ADDRESSED),
    for_handling("what is addressed to the viewer and for no audience", None, {"audiences": words()}, addressed_to=ADDRESSED),
    Row("what is addressed to a viewer without agreement", None, viewer={"agreement": None}, addressed_to=ADDRESSED),
    for_handling("RED by token that is addressed to the viewer", None, RED, addressed_to=ADDRESSED),
    Row("above the ceiling of the credential, and addressed", None, viewer={"tlp_ceiling": Tlp.CLEAR}, addressed_to=ADDRESSED),
    Row("addressed to the viewer, for a purpose not agreed", None, purpose=Purpose.AUDIT, addressed_to=ADDRESSED),
]

STEP_0 = [
    for_handling("one's own", None, {"publisher": OWN}),
    for_handling("one's own without an agreement", None, {"publisher": OWN}, viewer={"agreement": None}),
    for_handling("one's own for nobody", None, {"publisher": OWN, "audiences": words()}),
    for_handling("one's own for an empty audience", None, {"publisher": OWN, "audiences": words(empty_audience())}),
    for_handling("one's own RED by token", None, {"publisher": OWN} | RED),
    for_handling("one's own about a child's account", None, {"publisher": OWN} | MAY_BE_CHILD),
    for_handling("one's own identifying", None, {"publisher": OWN} | IDENTIFYING),
    for_handling("a researcher's own behavioural", None, {"publisher": OWN}, viewer=RESEARCHER),
    for_handling("one's own for a purpose of nobody", None, {"publisher": OWN}, purpose=Purpose.AUDIT),
    for_handling("one's own by a channel not agreed", None, {"publisher": OWN}, terms={"channels": words()}),
    for_handling(
        "one's own above the credential's ceiling",
        Clause.TLP_ABOVE_CREDENTIAL,
        {"publisher": OWN},
        viewer={"tlp_ceiling": Tlp.GREEN},
    ),
    for_handling("one's own at the credential's ceiling", None, {"publisher": OWN}, viewer={"tlp_ceiling": Tlp.AMBER}),
    Row(
        "one's own that refers to what one may no longer see",
        None,
        handlings=(handling(publisher=OWN), handling(audiences=words())),
    ),
    Row(
        "one's own at the ceiling, with another's handling above it",
        None,
        handlings=(handling(publisher=OWN), handling(tlp=Tlp.RED)),
        viewer={"tlp_ceiling": Tlp.AMBER},
    ),
    Row(
        "one's own of which an older handling is above the ceiling",
        Clause.TLP_ABOVE_CREDENTIAL,
        handlings=(handling(publisher=OWN), handling(publisher=OWN, tlp=Tlp.RED)),
        viewer={"tlp_ceiling": Tlp.AMBER},
    ),
]

BASELINE = [
    for_handling("RED by token", Clause.TLP_RED_OUTSIDE_PORTAL, RED, channel=Channel.REST),
    for_handling("RED by TAXII", Clause.TLP_RED_OUTSIDE_PORTAL, RED, channel=Channel.TAXII),
    for_handling("RED by export", Clause.TLP_RED_OUTSIDE_PORTAL, RED, channel=Channel.EXPORT),
    for_handling("RED by webhook", Clause.TLP_RED_OUTSIDE_PORTAL, RED, channel=Channel.WEBHOOK),
    for_handling("RED in the portal", None, RED, channel=Channel.PORTAL),
    for_handling("RED by token to law enforcement", Clause.TLP_RED_OUTSIDE_PORTAL, RED, viewer=AGENCY),
    for_handling("RED by token though named", Clause.TLP_RED_OUTSIDE_PORTAL, RED | {"audiences": NAMED}),
    for_handling("AMBER+STRICT by token", None, {"tlp": Tlp.AMBER_STRICT}),
    for_handling("identifying by role and jurisdiction alone", Clause.IDENTIFYING_NOT_NAMED, IDENTIFYING),
    for_handling("identifying to a hotline by role alone", Clause.IDENTIFYING_NOT_NAMED, IDENTIFYING, viewer=HOTLINE),
    for_handling("identifying, named", None, IDENTIFYING | {"audiences": NAMED}),
    for_handling("identifying, named beside a list", None, IDENTIFYING | {"audiences": NAMED_BESIDE_ALL}),
    for_handling(
        "identifying, named by one audience, admitted by the other",
        None,
        IDENTIFYING | {"audiences": NAMED | {audience(audience_id="audience-2")}},
    ),
    for_handling(
        "identifying, named by one audience, kept out by the other",
        Clause.AUDIENCE_EXCLUDES,
        IDENTIFYING | {"audiences": NAMED | {audience(audience_id="audience-2", partners_out=words(VIEWER_ID))}},
    ),
    for_handling(
        "identifying, named by one audience, not admitted by the other",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        IDENTIFYING | {"audiences": NAMED | {empty_audience(audience_id="audience-2")}},
    ),
    for_handling(
        "identifying, named by both audiences",
        None,
        IDENTIFYING | {"audiences": NAMED | {audience(audience_id="audience-2", partners_in=words(VIEWER_ID))}},
    ),
    for_handling("identifying, no audience", Clause.IDENTIFYING_NOT_NAMED, IDENTIFYING | {"audiences": words()}),
    for_handling(
        "identifying, named and kept out",
        Clause.IDENTIFYING_NOT_NAMED,
        IDENTIFYING | {"audiences": words(audience(partners_in=words(VIEWER_ID), partners_out=words(VIEWER_ID)))},
    ),
    for_handling("identifying to law enforcement by role", None, IDENTIFYING, viewer=AGENCY),
    for_handling(
        "identifying to law enforcement outside the audience",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        IDENTIFYING | {"audiences": words(audience(roles=words("hotline")))},
        viewer=AGENCY,
    ),
    for_handling("behavioural by role and jurisdiction alone", None, {"sensitivity": Sensitivity.BEHAVIOURAL}),
    for_handling("behavioural to a researcher", Clause.AGGREGATES_ONLY, {}, viewer=RESEARCHER),
    for_handling("behavioural to a regulator", Clause.AGGREGATES_ONLY, {}, viewer=REGULATOR),
    for_handling("behavioural to a researcher who is named", Clause.AGGREGATES_ONLY, {"audiences": NAMED}, viewer=RESEARCHER),
    for_handling(
        "identifying to a regulator who is named",
        Clause.AGGREGATES_ONLY,
        IDENTIFYING | {"audiences": NAMED},
        viewer=REGULATOR,
    ),
    for_handling("aggregates to a researcher", None, AGGREGATE, viewer=RESEARCHER),
    for_handling("aggregates to a regulator", None, AGGREGATE, viewer=REGULATOR),
    for_handling("a child's account to a platform", Clause.SUBJECT_PROTECTED, MAY_BE_CHILD),
    for_handling("a child's account to a platform that is named", Clause.SUBJECT_PROTECTED, MAY_BE_CHILD | {"audiences": NAMED}),
    for_handling("a child's account to an ngo", Clause.SUBJECT_PROTECTED, MAY_BE_CHILD, viewer={"role": Role.NGO}),
    for_handling(
        "a child's account to a payment provider",
        Clause.SUBJECT_PROTECTED,
        MAY_BE_CHILD,
        viewer={"role": Role.PAYMENT_PROVIDER},
    ),
    for_handling(
        "aggregates about children to a researcher", Clause.SUBJECT_PROTECTED, MAY_BE_CHILD | AGGREGATE, viewer=RESEARCHER
    ),
    for_handling("a child's account to a hotline", None, MAY_BE_CHILD, viewer=HOTLINE),
    for_handling("a child's account to law enforcement", None, MAY_BE_CHILD, viewer=AGENCY),
    for_handling("a taken-over account to a platform", Clause.SUBJECT_PROTECTED, COMPROMISED),
    for_handling("a taken-over account to a hotline", None, COMPROMISED, viewer=HOTLINE),
    for_handling("a taken-over account to law enforcement", None, COMPROMISED, viewer=AGENCY),
    for_handling("an adult's account to a platform", None, {"subject_status": SubjectStatus.ADULT_BELIEVED}),
]

AGREEMENT = [
    Row("no agreement", Clause.AGREEMENT_NOT_IN_FORCE, viewer={"agreement": None}),
    Row("an agreement that starts in a second", Clause.AGREEMENT_NOT_IN_FORCE, agreement={"starts_at": NOW + SECOND}),
    Row("an agreement that starts now", None, agreement={"starts_at": NOW}),
    Row("an agreement that ends now", Clause.AGREEMENT_NOT_IN_FORCE, agreement={"ends_at": NOW}),
    Row("an agreement that ends in a second", None, agreement={"ends_at": NOW + SECOND}),
    Row("an agreement that ended meanwhile", Clause.AGREEMENT_NOT_IN_FORCE, agreement={"ends_at": NOW + DAY}, now=NOW + DAY),
    Row("another partner's agreement", Clause.AGREEMENT_NOT_IN_FORCE, agreement={"partner_id": PUBLISHER_ID}),
    Row("late in answering a recall", Clause.RECALL_OVERDUE, viewer=LATE, agreement=STRICT),
    Row("late, where the agreement only alarms", None, viewer=LATE),
    Row("in time, where being late costs access", None, agreement=STRICT),
    Row("late, without an agreement", Clause.AGREEMENT_NOT_IN_FORCE, viewer=LATE | {"agreement": None}),
    Row("late, and addressed", None, viewer=LATE, agreement=STRICT, addressed_to=ADDRESSED),
    for_handling("one's own, late", None, {"publisher": OWN}, viewer=LATE, agreement=STRICT),
    Row(
        "late, and publishers of no role",
        Clause.RECALL_OVERDUE,
        viewer=LATE,
        agreement=STRICT,
        terms={"publisher_roles": words()},
    ),
    Row("publishers of no role", Clause.PUBLISHER_ROLE_NOT_AGREED, terms={"publisher_roles": words()}),
    Row("publishers of another role", Clause.PUBLISHER_ROLE_NOT_AGREED, terms={"publisher_roles": words("hotline")}),
    Row("publishers of this role", None, terms={"publisher_roles": words("platform")}),
    Row("publishers of no jurisdiction", Clause.PUBLISHER_JURISDICTION_NOT_AGREED, terms={"publisher_jurisdictions": words()}),
    Row(
        "publishers of the reader's jurisdiction only",
        Clause.PUBLISHER_JURISDICTION_NOT_AGREED,
        terms={"publisher_jurisdictions": words("GB")},
    ),
    Row("publishers of this jurisdiction", None, terms={"publisher_jurisdictions": words("IE")}),
    Row("publishers abroad in no jurisdiction", Clause.CROSS_BORDER_NOT_AGREED, terms={"cross_border": abroad()}),
    Row("publishers abroad elsewhere", Clause.CROSS_BORDER_NOT_AGREED, terms={"cross_border": abroad("FR")}),
    Row("publishers abroad in this jurisdiction", None, terms={"cross_border": abroad("IE")}),
    Row(
        "another sensitivity from abroad",
        Clause.CROSS_BORDER_NOT_AGREED,
        terms={"cross_border": abroad("IE", sensitivities={Sensitivity.AGGREGATE})},
    ),
    Row("a publisher at home, and none from abroad", None, viewer={"jurisdiction": "IE"}, terms={"cross_border": abroad()}),
    Row("no purpose agreed", Clause.PURPOSE_NOT_AGREED, terms={"purposes": words()}),
    Row("another purpose agreed", Clause.PURPOSE_NOT_AGREED, terms={"purposes": words(Purpose.INVESTIGATION)}),
    Row("this purpose agreed", None, terms={"purposes": words(Purpose.DETECTION)}),
    Row("above the agreement's ceiling", Clause.TLP_ABOVE_AGREEMENT, terms={"tlp_ceiling": Tlp.GREEN}),
    Row("at the agreement's ceiling", None, terms={"tlp_ceiling": Tlp.AMBER}),
    for_handling(
        "AMBER+STRICT above a ceiling of AMBER",
        Clause.TLP_ABOVE_AGREEMENT,
        {"tlp": Tlp.AMBER_STRICT},
        terms={"tlp_ceiling": Tlp.AMBER},
    ),
    Row("above the credential's ceiling", Clause.TLP_ABOVE_CREDENTIAL, viewer={"tlp_ceiling": Tlp.GREEN}),
    Row("at the credential's ceiling", None, viewer={"tlp_ceiling": Tlp.AMBER}),
    for_handling("CLEAR under a ceiling of CLEAR", None, {"tlp": Tlp.CLEAR}, viewer={"tlp_ceiling": Tlp.CLEAR}),
    Row("no sensitivity agreed", Clause.SENSITIVITY_NOT_AGREED, terms={"sensitivities": words()}),
    Row("aggregates agreed", Clause.SENSITIVITY_NOT_AGREED, terms={"sensitivities": words(Sensitivity.AGGREGATE)}),
    Row(
        "identifying agreed, without behavioural",
        Clause.SENSITIVITY_NOT_AGREED,
        terms={"sensitivities": words(Sensitivity.IDENTIFYING)},
    ),
    Row("this sensitivity agreed", None, terms={"sensitivities": words(Sensitivity.BEHAVIOURAL)}),
    Row("another harm agreed", Clause.HARM_TYPE_NOT_AGREED, terms={"harm_types": words(Harm.CSAM)}),
    Row("this harm agreed", None, terms={"harm_types": words(Harm.LIVE_STREAMED_CSA)}),
    for_handling(
        "one harm of two agreed",
        Clause.HARM_TYPE_NOT_AGREED,
        {"harm_types": words(Harm.LIVE_STREAMED_CSA, Harm.CSAM)},
    ),
    for_handling("both harms agreed", None, {"harm_types": words(Harm.LIVE_STREAMED_CSA, Harm.SOLICITATION_OF_CHILDREN)}),
    for_handling("no harm stated", None, {"harm_types": words()}),
    for_handling(
        "no harm stated and none agreed", Clause.HARM_TYPE_NOT_AGREED, {"harm_types": words()}, terms={"harm_types": words()}
    ),
    Row("no channel agreed", Clause.CHANNEL_NOT_AGREED, terms={"channels": words()}),
    Row("another channel agreed", Clause.CHANNEL_NOT_AGREED, terms={"channels": words(Channel.TAXII)}),
    Row("this channel agreed", None, terms={"channels": words(Channel.REST)}),
    for_handling("named, without an agreement", Clause.AGREEMENT_NOT_IN_FORCE, {"audiences": NAMED}, viewer={"agreement": None}),
]

PUBLISHER = [
    for_handling("no audience is nobody", Clause.AUDIENCE_MISSING, {"audiences": words()}),
    for_handling("no audience is no law enforcement either", Clause.AUDIENCE_MISSING, {"audiences": words()}, viewer=AGENCY),
    for_handling("an empty audience is nobody", Clause.AUDIENCE_DOES_NOT_ADMIT, {"audiences": words(empty_audience())}),
    for_handling("a named partner", None, {"audiences": NAMED}),
    for_handling(
        "another's role",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        {"audiences": words(audience(roles=words("law-enforcement")))},
    ),
    for_handling(
        "another's jurisdiction",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        {"audiences": words(audience(jurisdictions=words("IE")))},
    ),
    for_handling(
        "this role and jurisdiction",
        None,
        {"audiences": words(audience(roles=words("platform"), jurisdictions=words("GB")))},
    ),
    for_handling(
        "an excluded partner",
        Clause.AUDIENCE_EXCLUDES,
        {"audiences": words(audience(partners_out=words(VIEWER_ID)))},
    ),
    for_handling(
        "an excluded partner that is named too",
        Clause.AUDIENCE_EXCLUDES,
        {"audiences": words(audience(partners_in=words(VIEWER_ID), partners_out=words(VIEWER_ID)))},
    ),
    for_handling(
        "excluded by one audience of two",
        Clause.AUDIENCE_EXCLUDES,
        {"audiences": words(audience(), audience(audience_id="audience-2", partners_out=words(VIEWER_ID)))},
    ),
    for_handling("another is excluded", None, {"audiences": words(audience(partners_out=words("partner-platform-c")))}),
    for_handling(
        "admitted by one audience of two",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        {"audiences": words(audience(), empty_audience(audience_id="audience-2"))},
    ),
    for_handling("admitted by both audiences", None, {"audiences": NAMED | {audience(audience_id="audience-2")}}),
    for_handling("no purpose permitted", Clause.PURPOSE_NOT_PERMITTED, {"purposes": words()}),
    for_handling("another purpose permitted", Clause.PURPOSE_NOT_PERMITTED, {"purposes": words(Purpose.INVESTIGATION)}),
    for_handling("this purpose permitted", None, {"purposes": words(Purpose.DETECTION)}),
    for_handling("uses oblige a reader and do not hide", None, {"permitted_uses": words(PermittedUse.NONE)}),
]

SEVERAL = [
    Row("two handlings that both admit", None, handlings=(handling(), handling(publisher=OTHER))),
    Row(
        "the second handling names nobody",
        Clause.AUDIENCE_MISSING,
        handlings=(handling(), handling(publisher=OTHER, audiences=words())),
    ),
    Row(
        "the first handling names nobody",
        Clause.AUDIENCE_MISSING,
        handlings=(handling(audiences=words()), handling(publisher=OTHER)),
    ),
    Row(
        "the newer version is for another purpose",
        Clause.PURPOSE_NOT_PERMITTED,
        handlings=(handling(), handling(purposes=words(Purpose.INVESTIGATION))),
    ),
    Row(
        "a reference to what the reader published for nobody",
        None,
        handlings=(handling(), handling(publisher=OWN, audiences=words())),
    ),
    Row(
        "a reference to what the reader published above its ceiling",
        Clause.TLP_ABOVE_CREDENTIAL,
        handlings=(handling(), handling(publisher=OWN, tlp=Tlp.AMBER_STRICT)),
        viewer={"tlp_ceiling": Tlp.AMBER},
    ),
    Row(
        "the reader's own handling does not speak for the owner's",
        Clause.AUDIENCE_MISSING,
        handlings=(handling(audiences=words()), handling(publisher=OWN)),
    ),
    Row(
        "two objections: the earlier clause is named, whichever handling raises it",
        Clause.TLP_RED_OUTSIDE_PORTAL,
        handlings=(handling(audiences=words()), handling(publisher=OTHER, tlp=Tlp.RED)),
    ),
    Row(
        "a publisher's role that is not agreed, in the second handling",
        Clause.PUBLISHER_ROLE_NOT_AGREED,
        handlings=(handling(), handling(publisher=OTHER)),
        terms={"publisher_roles": words("platform")},
    ),
]

SHARE = GroupShare("group-a", 2)
IN_A: dict[str, Any] = {"in_exchange": False, "shared_with": (SHARE,)}
READS_A = {"groups": {"group-a": 2}}
POSTED = posting_audience(PUBLISHER_ID, words(SHARE))

GROUPS = [
    Row("posted to a group, to who reads it", None, viewer=READS_A, **IN_A),
    Row("posted to a group, to who reads it from its start", None, viewer={"groups": {"group-a": 0}}, **IN_A),
    Row("posted to a group before the reader joined", Clause.AUDIENCE_DOES_NOT_ADMIT, viewer={"groups": {"group-a": 3}}, **IN_A),
    Row("posted to a group, to who reads another", Clause.AUDIENCE_DOES_NOT_ADMIT, viewer={"groups": {"group-b": 0}}, **IN_A),
    Row("posted to a group, to who reads none", Clause.AUDIENCE_DOES_NOT_ADMIT, **IN_A),
    Row(
        "posted to two groups, one of them read",
        None,
        viewer=READS_A,
        **IN_A | {"shared_with": (GroupShare("group-b", 0), SHARE)},
    ),
    Row("posted nowhere", Clause.AUDIENCE_DOES_NOT_ADMIT, viewer=READS_A, in_exchange=False),
    for_handling("posted nowhere, one's own", None, {"publisher": OWN}, in_exchange=False),
    for_handling("posted to a group that one does not read, one's own", None, {"publisher": OWN}, **IN_A),
    Row(
        "one's own in a group, that refers to what one may not see",
        None,
        handlings=(handling(publisher=OWN), handling(audiences=words())),
        **IN_A,
    ),
    for_handling(
        "a group does not admit whom the audience does not",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        {"audiences": words(audience(roles=words("hotline")))},
        viewer=READS_A,
        **IN_A,
    ),
    for_handling(
        "a group does not admit whom the audience keeps out",
        Clause.AUDIENCE_EXCLUDES,
        {"audiences": words(audience(partners_out=words(VIEWER_ID)))},
        viewer=READS_A,
        **IN_A,
    ),
    for_handling("for no audience, in a group", Clause.AUDIENCE_MISSING, {"audiences": words()}, viewer=READS_A, **IN_A),
    for_handling("RED by token, in a group", Clause.TLP_RED_OUTSIDE_PORTAL, RED, viewer=READS_A, **IN_A),
    Row("in a group, without an agreement", Clause.AGREEMENT_NOT_IN_FORCE, viewer=READS_A | {"agreement": None}, **IN_A),
    for_handling("identifying, in a group that is read", None, IDENTIFYING, viewer=READS_A, **IN_A),
    for_handling("identifying, in a group that is not", Clause.IDENTIFYING_NOT_NAMED, IDENTIFYING, **IN_A),
    for_handling(
        "identifying, in a group, to law enforcement outside it",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        IDENTIFYING,
        viewer=AGENCY,
        **IN_A,
    ),
    for_handling(
        "identifying, in the exchange and a group that is read", None, IDENTIFYING, viewer=READS_A, shared_with=(SHARE,)
    ),
    for_handling(
        "identifying, in the exchange and a group that is not", Clause.IDENTIFYING_NOT_NAMED, IDENTIFYING, shared_with=(SHARE,)
    ),
    for_handling(
        "identifying, in the exchange and a group, to law enforcement outside it",
        None,
        IDENTIFYING,
        viewer=AGENCY,
        shared_with=(SHARE,),
    ),
    for_handling(
        "identifying, in the exchange and a group, to a researcher in it",
        Clause.IDENTIFYING_NOT_NAMED,
        IDENTIFYING,
        viewer=RESEARCHER | READS_A,
        shared_with=(SHARE,),
    ),
    Row(
        "a reference to what another published identifying: a group does not name for him",
        Clause.IDENTIFYING_NOT_NAMED,
        handlings=(handling(), handling(publisher=OTHER, **IDENTIFYING)),
        viewer=READS_A,
        **IN_A,
    ),
    Row(
        "a reference to what its owner published identifying",
        None,
        handlings=(handling(), handling(**IDENTIFYING)),
        viewer=READS_A,
        **IN_A,
    ),
    Row(
        "in the exchange, a reference to what is in a group that is read",
        None,
        handlings=(handling(), handling(publisher=OTHER, audiences=words(audience(), POSTED))),
        viewer=READS_A,
    ),
    Row(
        "in the exchange, a reference to what is in a group that is not",
        Clause.AUDIENCE_DOES_NOT_ADMIT,
        handlings=(handling(), handling(publisher=OTHER, audiences=words(audience(), POSTED))),
    ),
    Row(
        "in a group that is not read, addressed to the viewer",
        None,
        addressed_to=ADDRESSED,
        **IN_A,
    ),
]

TABLE = [*BEFORE_ALL, *STEP_0, *BASELINE, *AGREEMENT, *PUBLISHER, *SEVERAL, *GROUPS]
