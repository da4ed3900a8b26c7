"""A small exchange that lives through random events, beside a plain model that says what each partner must see.

Owns the events and the model. The model keeps every version with the handlings that must all admit a reader, and asks about each
of them in turn: no classes, no visible sets, no feed. It answers twice: by ``policy.why_hidden``, and by ``rule_in_words``, which
says once more what ``docs/policy.md`` says.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.agreement import Agreement, CrossBorderTerms
from app.domain.errors import Code
from app.domain.handling import Audience, GroupShare, Handling, HandlingClass, Publisher
from app.domain.usage import Budgets
from app.domain.vocabulary import (
    ANY,
    Channel,
    Harm,
    PartnerState,
    Purpose,
    Role,
    Sensitivity,
    SubjectStatus,
    Tlp,
    TransferBasis,
)
from app.policy.handling import closed_handling
from app.policy.telling import Verdict
from app.policy.visibility import Viewer, why_hidden
from app.services.do_work import do_next
from app.services.explaining.explain import PolicyQuestion, explain
from app.services.intake.withdraw import WithdrawalRequest, withdraw
from app.services.membership.change_policy import list_agreements
from app.services.membership.enrol_partner import change_state
from breakwater_client.submission import ObjectResult, ResultStatus
from tests.factories import policy_values
from tests.factories.members import Hub, Member, outcomes
from tests.factories.stix_objects import context, indicator, marking, report, stix_id, user_account
from tests.policy.rule_in_words import Read, Reader, sees

HOUR = timedelta(hours=1)
ROLES = (Role.PLATFORM, Role.LAW_ENFORCEMENT, Role.HOTLINE)
JURISDICTIONS = ("IE", "GB", "DE", "IE", "GB")
HARMS = (Harm.CSAM, Harm.LIVE_STREAMED_CSA, Harm.SOLICITATION_OF_CHILDREN)
PURPOSES = (Purpose.DETECTION,)
"""What whoever follows the feed reads for; each world draws another purpose, and ways to read by, besides."""
TLPS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.RED)

Seen = tuple[str, str, str | None]
"""Owner, id and what tells the versions of one id apart: ``modified``, or the name of an account."""


@dataclass
class Version:
    """What the model knows of one stored version: ``handlings`` must all admit; it only ever gets narrower."""

    owner_id: str
    stix_id: str
    told_by: str | None
    order: str
    handlings: set[Handling]
    release_at: datetime | None
    visible_until: datetime | None
    references: frozenset[str] = frozenset()
    depends_on: set[tuple[str, str]] = field(default_factory=set)

    @property
    def seen(self) -> Seen:
        return self.owner_id, self.stix_id, self.told_by

    def identifies(self) -> bool:
        """Whether its owner's own handlings say that it identifies somebody."""
        own = [one for one in self.handlings if one.publisher.partner_id == self.owner_id]
        return any(one.sensitivity is Sensitivity.IDENTIFYING for one in own)

    def is_out(self, now: datetime) -> bool:
        return self.release_at is None or self.release_at <= now

    def is_over(self, now: datetime) -> bool:
        return self.visible_until is not None and self.visible_until <= now

    def narrow(self, other: Version) -> None:
        """Be governed by a newer version."""
        self.handlings |= other.handlings
        if other.visible_until is not None:
            self.visible_until = min(self.visible_until or other.visible_until, other.visible_until)


@dataclass
class Partner:
    """What the model knows of one partner."""

    member: Member
    role: Role
    jurisdiction: str
    state: PartnerState = PartnerState.ACTIVE
    agreements: list[Agreement] = field(default_factory=list)
    audiences: dict[str, Audience] = field(default_factory=dict)
    markings: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)  # those that it reads, and the generation from which on

    def reaches(self, share: GroupShare) -> bool:
        return self.groups.get(share.group_id, share.generation + 1) <= share.generation

    def agreement(self, now: datetime) -> Agreement | None:
        started = [one for one in self.agreements if one.starts_at <= now]
        if not started:
            return None
        newest = max(started, key=lambda one: one.version)
        return newest if newest.ends_at is None or now < newest.ends_at else None

    def viewer(self, ceiling: Tlp, now: datetime) -> Viewer:
        return Viewer(self.member.id, self.role, self.jurisdiction, self.state, self.agreement(now), ceiling, dict(self.groups))

    def reader(self, question: Question) -> Reader:
        return Reader(
            partner_id=self.member.id,
            role=self.role,
            jurisdiction=self.jurisdiction,
            state=self.state,
            agreement=self.agreement(question.now),
            ceiling=question.ceiling,
            groups=self.groups,
        )


@dataclass(frozen=True)
class Question:
    """May this partner read it for this, by this way, with such a credential?"""

    partner: Partner
    purpose: Purpose
    channel: Channel
    ceiling: Tlp
    now: datetime


class World:
    """The exchange, its partners, and the model of what is stored."""

    lists_everybody = False

    def __init__(self, hub: Hub, seed: int) -> None:
        """Enrol five partners with random agreements; nothing is stored."""
        # Staff are asked what every object is explained by: more than a person may look up in a day.
        hub.exchange = replace(hub.exchange, budgets=Budgets(staff_lookups_per_day=1_000_000))
        self.hub = hub
        self.rng = random.Random(seed)
        self.versions: list[Version] = []
        self.roles = (*ROLES, *self.rng.choices(tuple(Role), k=2))
        self.purposes = (PURPOSES[0], self.rng.choice([one for one in Purpose if one is not PURPOSES[0]]))
        further = self.rng.choice([one for one in Channel if one is not Channel.REST])
        self.ways = ((Channel.REST, Tlp.RED), (further, self.rng.choice(tuple(Tlp))))
        self.partners = [self._enrol(number) for number in range(len(JURISDICTIONS))]
        self.cursors: dict[str, str | None] = dict.fromkeys(one.member.id for one in self.partners)
        self.had: Counter[tuple[str, Seen]] = Counter()
        self._accesses: Counter[tuple[str, Seen]] = Counter()
        self._followed: set[tuple[str, Seen]] = set()

    # --- what happens -----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Let one thing happen, the likelier ones more often."""
        self.rng.choices([act for act, _ in self.events], [weight for _, weight in self.events])[0]()
        self._watch()
        self.check_closed()

    @property
    def events(self) -> list[tuple[Callable[[], None], int]]:
        """What may happen, and how likely it is."""
        return [
            (self.submit, 10),
            (self.make_marking, 3),
            (self.withdraw, 2),
            (self.change_agreement, 6),
            (self.change_state, 1),
            (self.pass_time, 3),
            (self.work, 4),
            (self.follow, 5),
        ]

    def submit(self) -> None:
        """Let a partner submit up to three objects that refer to whatever there is."""
        partner = self._active()
        values = [self._object(partner) for _ in range(self.rng.randint(1, 3))]
        values = list({(one["id"], one.get("modified")): one for one in values}.values())
        results = self.send(partner, values)
        if partner.agreement(self.now) is None:
            assert outcomes(results) == [Code.AGREEMENT_NOT_IN_FORCE] * len(values), results
            return
        pairs = list(zip(values, results, strict=True))
        assert all(one.refusal is None or one.refusal.code is Code.HANDLING_UNRESOLVED for one in results), results
        self._store(partner, [self._version(partner, *pair) for pair in pairs if pair[1].status is ResultStatus.STORED])

    def send(self, partner: Partner, values: list[dict[str, Any]]) -> tuple[ObjectResult, ...]:
        """Submit objects, and give what became of each."""
        return partner.member.submit(*values).results

    def make_marking(self) -> None:
        """Let a partner make an audience, and a marking that names it."""
        partner = self._active()
        if partner.agreement(self.now) is None:
            return
        lists: dict[str, Iterable[str]] = {
            "roles": self._some([*Role, ANY, ANY], 3),
            "jurisdictions": self._some(["IE", "GB", "DE", ANY, ANY], 2),
            "partners_in": self._some([one.member.id for one in self.partners], 2),
            "partners_out": self._some([one.member.id for one in self.partners], 1) if self.rng.random() < 0.3 else [],
        }
        audience_id = partner.member.add_audience(**lists)
        sets = {name: frozenset(map(str, words)) for name, words in lists.items()}
        partner.audiences[audience_id] = Audience(audience_id, partner.member.id, **sets)
        terms: dict[str, Any] = {
            "tlp": str(self.rng.choice(TLPS)),
            "purposes": sorted(self._some(self.purposes, 2) or self.purposes),
        }
        if self.rng.random() < 0.2:
            terms["release_at"] = _text(self.now + self.rng.randint(1, 30) * HOUR)
        if self.rng.random() < 0.2:
            terms["expires_at"] = _text(self.now + self.rng.randint(31, 90) * HOUR)
        made = marking(audience_id if self.rng.random() < 0.8 else None, **terms)
        (result,) = partner.member.store(made)
        partner.markings[made["id"]] = made
        self._store(partner, [self._version(partner, made, result)])

    def withdraw(self) -> None:
        """Let a partner withdraw something of its own, all its versions; what pointed at a person through it is closed.

        Ids of which some versions identify somebody and some do not are left alone: the model does not know which was meant.
        """
        partner = self._active()
        own = [one for one in self.versions if one.owner_id == partner.member.id and not one.stix_id.startswith("marking")]
        stix_id_ = self.rng.choice(sorted({one.stix_id for one in own}) or [""])
        ended = [one for one in own if one.stix_id == stix_id_]
        kinds = {one.identifies() for one in ended}
        if len(kinds) != 1:
            return
        withdraw(self.hub.exchange, partner.member.principal, WithdrawalRequest(stix_id_))
        told_of = [one for one in self.versions if (partner.member.id, stix_id_) in one.depends_on]
        self.versions = [one for one in self.versions if not any(one is each for each in ended)]
        if kinds == {True}:
            closed = closed_handling(Publisher(partner.member.id, partner.role, partner.jurisdiction))
            self._narrow_along(ended[0], [one for one in told_of if one not in ended], {closed})

    def change_agreement(self) -> None:
        """Change what a partner may read, perhaps only from some hour on, perhaps not for long."""
        self._agree(self.rng.choice(self.partners))

    def change_state(self) -> None:
        """Suspend a partner, or let a suspended one in again."""
        partner = self.rng.choice(self.partners)
        suspended = partner.state is PartnerState.SUSPENDED
        partner.state = PartnerState.ACTIVE if suspended else PartnerState.SUSPENDED
        if suspended:
            self.hub.reactivate(partner.member.id)
        else:
            change_state(self.hub.exchange, self.hub.operator, partner.member.id, partner.state)

    def pass_time(self) -> None:
        """Let some hours pass; what was under embargo and is due comes out when work is done."""
        self.hub.clock.pass_time(self.rng.randint(1, 20) * HOUR)
        self.work_off()

    def work(self) -> None:
        """Do one batch of what is due."""
        do_next(self.hub.exchange)

    def work_off(self) -> None:
        """Do all that is due."""
        while do_next(self.hub.exchange):
            self._watch()

    def follow(self) -> None:
        """Let everybody who follows the feed read on."""
        for partner in self.partners:
            if partner.state is PartnerState.ACTIVE:
                found, self.cursors[partner.member.id] = partner.member.pull(self.cursors[partner.member.id], limit=3)
                self.had.update((partner.member.id, one) for one in self._all_seen(found))

    # --- what must hold ---------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Each partner's whole feed, from each viewpoint, is what the model says; so is each look-up by id."""
        self.work_off()
        self._watch()
        for question in self._questions():
            reading = self._reader(question)
            question.partner.member.page(of=reading)  # evaluated, if need be, so that what opens can be back-filled
            self.work_off()
            served = self._all_seen(question.partner.member.pull(of=reading, limit=7)[0])
            expected = {one.seen for one in self.versions if one.is_out(self.now) and self.sees(question, one)}
            assert len(served) == len(set(served)), "something came twice"
            assert set(served) == expected

    def check_explained(self) -> None:
        """What staff are told of each partner, id, purpose and way is what that partner is given."""
        for question in (one for one in self._questions() if one.ceiling is Tlp.RED):
            served = set(self._all_seen(question.partner.member.pull(of=self._reader(question))[0]))
            for stix_id_ in sorted({one.stix_id for one in self.versions}):
                asked = PolicyQuestion(stix_id_, question.partner.member.id, question.purpose, question.channel)
                for told in explain(self.hub.exchange, self.hub.operator, asked):
                    newest = max(self._of(told.owner_id, stix_id_), key=lambda one: one.order)
                    if newest.is_out(self.now):
                        assert (told.told.verdict is Verdict.SEEN) is (newest.seen in served)

    def check_closed(self) -> None:
        """Whatever work is still to be done, somebody who asks now gets nothing that the model does not give."""
        question = self.rng.choice(self._questions() or [Question(self._active(), PURPOSES[0], Channel.REST, Tlp.RED, self.now)])
        served = set(self._all_seen(question.partner.member.pull(of=self._reader(question), limit=7)[0]))
        assert served <= {one.seen for one in self.versions if one.is_out(self.now) and self.sees(question, one)}

    def check_followers(self) -> None:
        """Who follows the feed lacks nothing, and had nothing more often than it was given access."""
        for _ in range(2):  # once to learn of what opened, once to read it
            self.follow()
            self.work_off()
        self.follow()
        self._watch()
        assert self._followed <= self.had.keys(), "something visible never came"
        for key, times in self.had.items():
            assert times <= self._accesses[key], f"something came {times} times in {self._accesses[key]} accesses"

    def sees(self, question: Question, version: Version) -> bool:
        """Whether the question is answered by yes; asked by the policy and by the words, which must agree."""
        if version.is_over(question.now):
            return False
        asked, partner = self._asked(version), question.partner
        viewer = partner.viewer(question.ceiling, question.now)
        by_policy = why_hidden(viewer, asked, question.purpose, question.channel, question.now) is None
        by_words = sees(partner.reader(question), asked, Read(question.purpose, question.channel, question.now))
        assert by_policy == by_words
        return by_policy

    def _asked(self, version: Version) -> HandlingClass:
        return HandlingClass(version.owner_id, frozenset(version.handlings))

    # --- the model --------------------------------------------------------------------------------------------------------

    def _store(self, partner: Partner, accepted: list[Version]) -> None:
        """Narrow what was accepted by what it refers to, then let the newest of each id govern, then keep it."""
        before = {one.stix_id: self._said(one) for one in accepted}
        newest = {one.stix_id: one for one in sorted(accepted, key=lambda one: one.order)}
        for stix_id_, one in list(newest.items()):
            if any(old.order > one.order for old in self._of(partner.member.id, stix_id_)):
                del newest[stix_id_]
        for one in accepted:
            self._refer(partner, one, newest)
        for _ in accepted:  # as often as a chain can be long
            for one in accepted:
                for ref in one.references & newest.keys():
                    one.handlings |= newest[ref].handlings
        self.versions += accepted
        for one in accepted:
            versions = self._of(partner.member.id, one.stix_id)
            for version in versions:
                version.narrow(max(versions, key=lambda each: each.order))
        for one in accepted:
            self._narrow_by(one, before[one.stix_id])

    def _narrow_by(self, one: Version, said: set[Handling] | None) -> None:
        """Narrow what depends on a version that needs more than what was said before."""
        if said is not None and not one.handlings <= said:
            self._narrow_what_depends_on(one, set(one.handlings))

    def _said(self, one: Version) -> set[Handling] | None:
        """Give what the newest version stored before says, if there is one.

        What is stated first, or anew after a withdrawal, is an arrival, and arrivals narrow nothing that is there.
        """
        before = self._of(one.owner_id, one.stix_id)
        return set(max(before, key=lambda each: each.order).handlings) if before else None

    def _refer(self, partner: Partner, one: Version, newest: Collection[str]) -> None:
        """Narrow one version by what was stored before, and note whose statements narrow it; ``newest`` come with it."""
        for ref in one.references:
            if ref in newest:
                one.depends_on.add((partner.member.id, ref))
                continue
            for head in self._heads_seen_by(partner, ref):
                one.handlings |= head.handlings
                one.depends_on.add((head.owner_id, ref))

    def _narrow_what_depends_on(self, narrowed: Version, handlings: set[Handling]) -> None:
        """Let what an owner narrowed narrow all that was admitted in its sight, as far as the chain goes.

        What comes as an older version, late, is no statement for its id, and narrows nothing.
        """
        if narrowed is not max(self._of(narrowed.owner_id, narrowed.stix_id), key=lambda each: each.order):
            return
        self._narrow_along(narrowed, self._narrowed_through(narrowed), handlings)

    def _narrow_along(self, root: Version, found: list[Version], handlings: set[Handling]) -> None:
        waiting, reached = list(found), [root]
        while waiting:
            one = waiting.pop()
            if not any(one is each for each in reached):
                one.handlings |= handlings
                reached.append(one)
                waiting += self._narrowed_through(one)

    def _narrowed_through(self, source: Version) -> list[Version]:
        versions = self._of(source.owner_id, source.stix_id)
        newer = [one for one in versions if one.order > source.order]
        governed = [] if newer else [one for one in versions if one is not source]
        return governed + self._dependents_of(source)

    def _dependents_of(self, source: Version) -> list[Version]:
        """Give what depends on a version while it stands for its id: until a newer one is out."""
        if any(one.order > source.order and one.is_out(self.now) for one in self._of(source.owner_id, source.stix_id)):
            return []
        return [one for one in self.versions if (source.owner_id, source.stix_id) in one.depends_on]

    def _heads_seen_by(self, partner: Partner, ref: str) -> list[Version]:
        """Give what a partner refers to by an id: its own statement if it made one, else those of others that it sees."""
        heads = []
        for owner_id in {one.owner_id for one in self.versions if one.stix_id == ref}:
            out = [one for one in self._of(owner_id, ref) if owner_id == partner.member.id or one.is_out(self.now)]
            heads += [max(out, key=lambda one: one.order)] if out else []
        seen = [head for head in heads if self._sees_somehow(partner, head)]
        return [head for head in seen if head.owner_id == partner.member.id] or seen

    def _sees_somehow(self, partner: Partner, version: Version) -> bool:
        questions = [Question(partner, purpose, channel, Tlp.RED, self.now) for purpose in Purpose for channel in Channel]
        return any(self.sees(question, version) for question in questions)

    def _of(self, owner_id: str, stix_id_: str) -> list[Version]:
        return [one for one in self.versions if (one.owner_id, one.stix_id) == (owner_id, stix_id_)]

    def _version(self, partner: Partner, value: dict[str, Any], result: ObjectResult) -> Version:
        marks = [value] if value["type"] == "marking-definition" else []
        marks += [partner.markings[ref] for ref in value.get("object_marking_refs", ())]
        terms = [next(iter(mark["extensions"].values())) for mark in marks]
        times = {name: [_moment(one[name]) for one in terms if name in one] for name in ("release_at", "expires_at")}
        release_at = max(times["release_at"], default=None)
        return Version(
            owner_id=partner.member.id,
            stix_id=value["id"],
            told_by=_told_by(value),
            order=(result.version or "").removesuffix("Z"),
            handlings={self._handling(partner, value, terms)},
            release_at=release_at if release_at and release_at > self.now else None,
            visible_until=min(times["expires_at"], default=None),
            references=frozenset(value.get("object_refs", ())),
        )

    def _handling(self, partner: Partner, value: dict[str, Any], terms: list[dict[str, Any]]) -> Handling:
        stated = {} if value["type"] == "marking-definition" else next(iter(value["extensions"].values()))
        near = value["type"] == "user-account" or any(one.startswith("user-account") for one in value.get("object_refs", ()))
        sensitivity = Sensitivity(stated.get("sensitivity", Sensitivity.AGGREGATE))
        purposes = [frozenset(map(Purpose, one["purposes"])) for one in terms]
        named = [partner.member.everybody, *(one["audience_id"] for one in terms if "audience_id" in one)]
        return policy_values.handling(
            publisher=Publisher(partner.member.id, partner.role, partner.jurisdiction),
            tlp=max([Tlp.CLEAR, *(Tlp(one["tlp"]) for one in terms)], key=lambda one: one.rank),
            sensitivity=Sensitivity.IDENTIFYING if near else sensitivity,
            harm_types=frozenset(map(Harm, stated.get("harm_types", ()))),
            audiences=frozenset(partner.audiences[one] for one in named),
            purposes=frozenset(Purpose).intersection(*purposes),
            subject_status=SubjectStatus(stated.get("subject_status", "unknown")),
        )

    def _watch(self) -> None:
        """Count each time that a follower comes to see a version: within one such access it may come once."""
        followed = {
            (partner.member.id, one.seen)
            for partner in self.partners
            for one in self.versions
            if one.is_out(self.now) and self._is_given(partner, one)
        }
        self._accesses.update(followed - self._followed)
        self._followed = followed

    def _is_given(self, partner: Partner, one: Version) -> bool:
        """Whether somebody who follows the feed has access to a version."""
        return self.sees(Question(partner, PURPOSES[0], Channel.PORTAL, Tlp.RED, self.now), one)

    # --- chance -----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.hub.clock.now

    @property
    def channels(self) -> list[Channel]:
        """The channels that are asked by, and the portal, by which the feed is followed."""
        return list(dict.fromkeys((Channel.PORTAL, *(channel for channel, _ in self.ways))))

    def _enrol(self, number: int) -> Partner:
        member = self.hub.enrol(f"Partner {number}", self.roles[number], JURISDICTIONS[number])
        partner = Partner(member, self.roles[number], JURISDICTIONS[number])
        partner.agreements += list_agreements(self.hub.exchange, self.hub.operator, member.id)
        everybody = frozenset({ANY})
        partner.audiences[member.everybody] = Audience(member.everybody, member.id, everybody, everybody)
        self._agree(partner)
        return partner

    def _agree(self, partner: Partner) -> None:
        chance = self.rng.random()
        starts_at = self.now + self.rng.randint(1, 40) * HOUR if chance < 0.2 else None
        ends_at = (starts_at or self.now) + self.rng.randint(1, 60) * HOUR if chance > 0.8 else None
        partner.agreements.append(
            partner.member.agree(
                is_listed=self.lists_everybody,
                starts_at=starts_at,
                ends_at=ends_at,
                publisher_roles=frozenset(self._some([Role.PLATFORM, Role.HOTLINE, ANY, ANY, ANY], 3)),
                publisher_jurisdictions=frozenset(self._some(["IE", "GB", ANY, ANY, ANY], 3)),
                purposes=frozenset(self._some(self.purposes, 2) or self.purposes),
                tlp_ceiling=self.rng.choice(TLPS[1:]),
                sensitivities=frozenset(self._some(Sensitivity, 3) or Sensitivity),
                harm_types=frozenset(self._some(HARMS, 3) or HARMS),
                channels=frozenset(self._some(self.channels, 3) or self.channels),
                cross_border=CrossBorderTerms(
                    frozenset(self._some(["IE", "GB", ANY, ANY, ANY, ANY], 4)),
                    frozenset(self._some(Sensitivity, 3) or Sensitivity),
                    TransferBasis.PUBLIC_INTEREST,
                ),
            )
        )

    def _object(self, partner: Partner) -> dict[str, Any]:
        stated = context(
            harm_types=sorted(self._some(HARMS, 2) or HARMS),
            sensitivity=str(self.rng.choice(tuple(Sensitivity))),
            subject_status=str(self.rng.choice((*SubjectStatus, *["unknown"] * 4))),
        )
        marks = self._some(partner.markings, 2) if self.rng.random() < 0.6 else []
        changes: dict[str, Any] = {"extensions": stated} | ({"object_marking_refs": sorted(marks)} if marks else {})
        kind = self.rng.choice(("indicator", "report", "report", "user-account"))
        if kind == "user-account":
            return user_account(f"account-{self.rng.randint(1, 4)}", display_name=f"{self.rng.random()}", **changes)
        changes["modified"] = _text(policy_values.NOW + self.rng.randint(1, 10**6) * timedelta(seconds=1))
        known = sorted({one.stix_id for one in self.versions if one.stix_id.startswith(kind)})
        if known and self.rng.random() < 0.5:
            changes["id"] = self.rng.choice(known)
        if kind == "indicator":
            return indicator(self.rng, **changes)
        targets = sorted({one.stix_id for one in self.versions if not one.stix_id.startswith("marking")})
        return report(self._some([*targets, stix_id("indicator", self.rng)], 3) or [stix_id("note", self.rng)], **changes)

    def _some(self, choices: Iterable[Any], most: int) -> list[Any]:
        listed = list(choices)
        return list(dict.fromkeys(self.rng.choices(listed, k=self.rng.randint(0, most)))) if listed else []

    def _active(self) -> Partner:
        active = [one for one in self.partners if one.state is PartnerState.ACTIVE]
        if not active:
            self.change_state()
            return self._active()
        return self.rng.choice(active)

    def _questions(self) -> list[Question]:
        return [
            Question(partner, purpose, channel, ceiling, self.now)
            for partner in self.partners
            if partner.state is PartnerState.ACTIVE
            for purpose in self.purposes
            for channel, ceiling in self.ways
        ]

    def _reader(self, question: Question) -> Any:
        member = question.partner.member
        reading = member.reader(question.purpose, question.channel)
        return member.with_ceiling(reading, question.ceiling)

    def _all_seen(self, values: Iterable[dict[str, Any]]) -> list[Seen]:
        """Give what was read, without the notices of recalls, which are for those whom the ledger names."""
        return [self._seen(one) for one in values if one["type"] != "recall-notice"]

    def _seen(self, value: dict[str, Any]) -> Seen:
        owner = next(one for one in self.partners if one.member.partner.identity_id == _signer(value))
        return owner.member.id, value["id"], _told_by(value)


def _told_by(value: dict[str, Any]) -> str | None:
    return value.get("modified", value.get("display_name"))


def _signer(value: dict[str, Any]) -> str:
    entries = [one["signatures"][0] for one in value["extensions"].values() if "signatures" in one]
    signer: str = entries[0]["signer"]
    return signer


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
