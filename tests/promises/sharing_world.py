"""A small exchange in which everything is posted to the exchange and into groups, beside the plain model of ``World``.

Owns what groups add to the model: where each version was posted, and who reads which group from when on. It keeps sets of
handlings and postings and asks about each version in turn: no classes, no visible sets, no places.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.errors import Code
from app.domain.handling import POSTING_AUDIENCE, GroupShare, Handling, HandlingClass, posting_audience
from app.domain.vocabulary import Channel, PartnerState, Sensitivity, Tlp
from app.services.intake.post import end_posting
from app.services.membership.keep_groups import NewMember, delete_group, put_member, remove_member
from app.services.reading.cursors import PageRequest
from app.services.reading.pull import Filters, pull_page
from app.services.reading.readers import Place
from app.storage import objects, sharing, viewpoints
from app.storage.counter import save_order, take_order_lock
from app.storage.viewpoints import ViewpointKey
from breakwater_client.submission import ObjectResult, ResultStatus
from tests.factories.groups import make_group
from tests.factories.members import Hub
from tests.promises.brute_force_world import PURPOSES, Partner, Question, Seen, Version, World

MOST_GROUPS = 3


@dataclass
class Posted(Version):
    """A version, the object as it was signed, and where it is: ``shares`` are those of its postings that count."""

    value: dict[str, Any] = field(default_factory=dict)
    in_exchange: bool = True
    shares: set[GroupShare] = field(default_factory=set)
    postings: dict[str, GroupShare] = field(default_factory=dict)

    def folded(self) -> set[Handling]:
        """Give the handlings that whoever reads it through a group must be admitted by."""
        posted = posting_audience(self.owner_id, frozenset(self.shares))
        return {
            replace(one, audiences=one.audiences | {posted})
            if one.publisher.partner_id == self.owner_id and one.audiences
            else one
            for one in self.handlings
        }

    def demands(self) -> set[Handling]:
        """Give what whoever refers to it is narrowed by."""
        return set(self.handlings) if self.in_exchange else self.folded()

    def unbind(self) -> None:
        """Forget what the owner's other objects demanded since they were in groups alone: that is asked anew."""
        own = [one for one in self.handlings if one.publisher.partner_id == self.owner_id]
        self.handlings -= set(own)
        for one in own:
            kept = {each for each in one.audiences if each.audience_id != POSTING_AUDIENCE or each.owner_id != self.owner_id}
            self.handlings.add(replace(one, audiences=frozenset(kept)))

    def settle_shares(self) -> None:
        """Let groups beside the exchange count for what identifies alone; nothing that happens later brings them back."""
        own = [one for one in self.handlings if one.publisher.partner_id == self.owner_id]
        is_said = not self.in_exchange or any(one.sensitivity is Sensitivity.IDENTIFYING for one in own)
        self.shares = set(self.postings.values()) if is_said else set()


@dataclass
class Group:
    """What the model knows of one group; members by partner id, with (may read, may write)."""

    group_id: str
    feed: int
    shares_history: bool
    generation: int = 0
    members: dict[str, tuple[bool, bool]] = field(default_factory=dict)


class SharingWorld(World):
    """The exchange, its partners, their groups, and the model of what is stored and where it was posted."""

    versions: list[Posted]  # type: ignore[assignment]  # nothing else is put there

    def __init__(self, hub: Hub, seed: int) -> None:
        """Enrol five partners; there is a group, and nothing is stored."""
        self.groups: dict[str, Group] = {}
        self.group_cursors: dict[tuple[str, str], str | None] = {}
        self.had_in_group: Counter[tuple[str, str, Seen]] = Counter()
        self._group_accesses: Counter[tuple[str, str, Seen]] = Counter()
        self._group_followed: set[tuple[str, str, Seen]] = set()
        self._target: Group | None = None
        super().__init__(hub, seed)
        self.make_group()

    @property
    def events(self) -> list[tuple[Callable[[], None], int]]:
        """What may happen, and how likely it is."""
        return [
            (self.submit, 9),
            (self.repost, 9),
            (self.end, 3),
            (self.change_member, 8),
            (self.make_group, 1),
            (self.delete_group, 1),
            (self.make_marking, 2),
            (self.change_agreement, 3),
            (self.change_state, 1),
            (self.pass_time, 2),
            (self.work, 5),
            (self.follow, 8),
        ]

    # --- what happens -----------------------------------------------------------------------------------------------------

    def submit(self) -> None:
        """Let a partner submit up to three objects to the exchange or a group, referring to whatever there is."""
        partner = self._active()
        self._target = self._some_target(partner)
        values = [self._object(partner) for _ in range(self.rng.randint(1, 3))]
        values = list({(one["id"], one.get("modified")): one for one in values}.values())
        self._submit(partner, [partner.member.sign(one) for one in values])

    def repost(self) -> None:
        """Let a partner post something of its own to whichever collection; perhaps it is there already."""
        partner = self._active()
        own = [one for one in self.versions if one.owner_id == partner.member.id and not one.is_over(self.now)]
        own = [one for one in own if not one.stix_id.startswith("marking")]
        if own:
            self._target = self._some_target(partner)
            self._submit(partner, [self.rng.choice(own).value])

    def _submit(self, partner: Partner, values: list[dict[str, Any]]) -> None:
        group_id = None if self._target is None else self._target.group_id
        results = partner.member.submit(*values, sign=False, group_id=group_id).results
        if partner.agreement(self.now) is None:
            assert {one.refusal.code if one.refusal else None for one in results} == {Code.AGREEMENT_NOT_IN_FORCE} or all(
                one.status is ResultStatus.ALREADY_STORED for one in results
            )
            return
        accepted = []
        for value, result in zip(values, results, strict=True):
            version = self._known(partner, value) or self._version(partner, value, result)
            expected = self._outcome(partner, value, version)
            told = result.refusal.code if result.refusal else result.status.value
            assert told in {expected, Code.HANDLING_UNRESOLVED}, (told, expected)
            if result.status is ResultStatus.STORED:
                accepted.append(version)
        self._store(partner, accepted)  # type: ignore[arg-type]  # all of them are Posted

    def _outcome(self, partner: Partner, value: dict[str, Any], version: Posted) -> str | Code:
        if self._known(partner, value) and self._is_posted(version):
            return "already-stored"
        return Code.GROUP_EXCLUDED if self._is_excluded(partner, value) else "stored"

    def _is_posted(self, version: Posted) -> bool:
        return version.in_exchange if self._target is None else self._target.group_id in version.postings

    def _is_excluded(self, partner: Partner, value: dict[str, Any]) -> bool:
        """Whether it is RED, for nobody, or names partners of which none is listed as another reader of the group."""
        if self._target is None:
            return False
        (stated,) = self._fresh(partner, value).handlings
        listed = {one for one, (can_read, *_) in self._target.members.items() if can_read} - {partner.member.id}
        remaining = set(listed)
        for audience in stated.audiences:
            if not (audience.roles and audience.jurisdictions):
                if not audience.partners_in - audience.partners_out:
                    return True
                remaining &= audience.partners_in
            remaining -= audience.partners_out
        return stated.tlp is Tlp.RED or not stated.audiences or (bool(listed) and not remaining)

    def make_marking(self) -> None:
        """Let a partner make an audience, and a marking that names it, in the exchange."""
        self._target = None
        super().make_marking()

    def end(self) -> None:
        """Let a partner end the posting of something of its own in a group."""
        ending = [one for one in self.versions if one.postings]
        if not ending:
            return
        version = self.rng.choice(ending)
        group_id = self.rng.choice(sorted(version.postings))
        with self.hub.exchange.database.write() as connection:
            order = take_order_lock(connection)
            stored = objects.own_versions(connection, version.owner_id, [version.stix_id])
            (row,) = (one for one in stored if one.version.removesuffix("Z") == version.order)
            nowhere = end_posting(connection, order, [row], self._feeds[group_id], self.now)
            save_order(connection, order)
        version.shares.discard(version.postings.pop(group_id))
        assert bool(nowhere) == (not version.in_exchange and not version.postings)
        if not version.in_exchange and version.shares:
            self._narrow_along(version, self._dependents_of(version), version.demands())

    def make_group(self) -> None:
        """Let an operator make a group of some partners."""
        if len(self.groups) >= MOST_GROUPS:
            return
        shares_history = self.rng.random() < 0.5
        group_id = make_group(self.hub, shares_history=shares_history)
        self.groups[group_id] = Group(group_id, self._feeds[group_id], shares_history)
        for partner in self.rng.sample(self.partners, 3):
            self._put(self.groups[group_id], partner, can_read=self.rng.random() < 0.8, can_write=True)

    def change_member(self) -> None:
        """Let an operator put a partner into a group, change its rights, or take it out."""
        if not self.groups:
            return
        group, partner = self.rng.choice(list(self.groups.values())), self.rng.choice(self.partners)
        if self.rng.random() < 0.35:
            remove_member(self.hub.exchange, self.hub.operator, group.group_id, partner.member.id)
            group.members.pop(partner.member.id, None)
            partner.groups.pop(group.group_id, None)
        else:
            rights = self.rng.choice(((True, True), (True, True), (True, False), (False, True)))
            self._put(group, partner, can_read=rights[0], can_write=rights[1])

    def _put(self, group: Group, partner: Partner, *, can_read: bool, can_write: bool) -> None:
        put_member(self.hub.exchange, self.hub.operator, group.group_id, NewMember(partner.member.id, can_read, can_write))
        group.members[partner.member.id] = (can_read, can_write)
        if not can_read:
            partner.groups.pop(group.group_id, None)
        elif group.group_id not in partner.groups:
            group.generation += 0 if group.shares_history else 1
            partner.groups[group.group_id] = 0 if group.shares_history else group.generation

    def delete_group(self) -> None:
        """Let an operator delete a group."""
        if len(self.groups) < MOST_GROUPS:
            return
        group_id = self.rng.choice(sorted(self.groups))
        delete_group(self.hub.exchange, self.hub.operator, group_id)
        del self.groups[group_id]
        for partner in self.partners:
            partner.groups.pop(group_id, None)

    def follow(self) -> None:
        """Let everybody who follows a feed read on, that of everything and those of its groups."""
        super().follow()
        for partner in self.partners:
            for group_id in sorted(partner.groups) if partner.state is PartnerState.ACTIVE else ():
                key = partner.member.id, group_id
                found, self.group_cursors[key] = self._pull_group(partner, group_id, self.group_cursors.get(key))
                self.had_in_group.update((*key, one) for one in found)

    # --- what must hold ---------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """The feed of everything is what the model says, and so is that of each group, for each of its readers."""
        super().check()
        for question in self._questions():
            for group_id in sorted(question.partner.groups):
                served = self._pull_group(question.partner, group_id, None, self._reader(question))[0]
                assert len(served) == len(set(served)), "something came twice"
                assert set(served) == self._in_group(question, group_id)

    def check_closed(self) -> None:
        """Whatever work is still to be done, somebody who asks now gets nothing that the model does not give."""
        super().check_closed()
        reading = [one for one in self._questions() if one.partner.groups]
        if reading:
            question = self.rng.choice(reading)
            group_id = self.rng.choice(sorted(question.partner.groups))
            served = self._pull_group(question.partner, group_id, None, self._reader(question))[0]
            assert set(served) <= self._in_group(question, group_id)

    def check_followers(self) -> None:
        """Who follows a feed lacks nothing, and had nothing more often than it was given access."""
        super().check_followers()
        assert self._group_followed <= self.had_in_group.keys(), "something visible never came"
        for key, times in self.had_in_group.items():
            assert times <= self._group_accesses[key], f"something came {times} times in {self._group_accesses[key]} accesses"

    def _asked(self, version: Version) -> HandlingClass:
        assert isinstance(version, Posted)
        handlings, shares = frozenset(version.handlings), frozenset(version.shares)
        return HandlingClass(version.owner_id, handlings, in_exchange=version.in_exchange, shared_with=shares)

    # --- the model --------------------------------------------------------------------------------------------------------

    def _store(self, partner: Partner, accepted: list[Posted]) -> None:  # type: ignore[override]  # all are Posted
        """Post what was accepted to its collection, narrow it by what it refers to, and let the newest of each id govern."""
        new = [one for one in accepted if not any(one is each for each in self.versions)]
        for one in accepted:
            self._post(partner, one, is_new=any(one is each for each in new))
        self._narrow_within(partner, accepted)
        self.versions += new
        for one in accepted:
            versions = self._of(partner.member.id, one.stix_id)
            for version in versions:
                version.narrow(max(versions, key=lambda each: each.order))
        for one in accepted:
            one.settle_shares()
        for one in accepted:
            self._narrow_what_depends_on(one, set(one.handlings))

    def _post(self, partner: Partner, one: Posted, *, is_new: bool) -> None:
        """Post a version to the collection of the submission; what was said of a stored one stays said."""
        if is_new:
            one.in_exchange = self._target is None
        else:
            one.unbind()
            one.handlings |= self._fresh(partner, one.value).handlings
            one.in_exchange |= self._target is None
        if self._target is not None:
            one.postings[self._target.group_id] = GroupShare(self._target.group_id, self._target.generation)
        one.shares = set(one.postings.values())

    def _narrow_within(self, partner: Partner, accepted: list[Posted]) -> None:
        newest = {one.stix_id: one for one in sorted(accepted, key=lambda one: one.order)}
        for stix_id, one in list(newest.items()):
            if any(old.order > one.order for old in self._of(partner.member.id, stix_id)):
                del newest[stix_id]
        for one in accepted:
            self._refer(partner, one, newest)
        for _ in accepted:  # as often as a chain can be long
            for one in accepted:
                for ref in one.references & newest.keys():
                    one.handlings |= newest[ref].demands()

    def _refer(self, partner: Partner, one: Version, newest: Collection[str]) -> None:
        for ref in one.references:
            if ref in newest:
                one.depends_on.add((partner.member.id, ref))
                continue
            for head in self._heads_seen_by(partner, ref):
                assert isinstance(head, Posted)
                one.handlings |= head.demands()
                one.depends_on.add((head.owner_id, ref))

    def _heads_seen_by(self, partner: Partner, ref: str) -> list[Version]:
        """Give what a partner refers to by an id: of each owner the newest version that it sees; its own alone if it made one."""
        heads: list[Version] = []
        for owner_id in sorted({one.owner_id for one in self.versions if one.stix_id == ref}):
            out = [one for one in self._of(owner_id, ref) if owner_id == partner.member.id or one.is_out(self.now)]
            seen = [one for one in out if self._sees_somehow(partner, one)]
            heads += [max(seen, key=lambda one: one.order)] if seen else []
        return [head for head in heads if head.owner_id == partner.member.id] or heads

    def _version(self, partner: Partner, value: dict[str, Any], result: ObjectResult) -> Posted:
        return self._as_posted(super()._version(partner, value, result), value)

    def _fresh(self, partner: Partner, value: dict[str, Any]) -> Version:
        """Give an object as its publisher states it now."""
        return super()._version(partner, value, ObjectResult("", ResultStatus.STORED))

    def _as_posted(self, version: Version, value: dict[str, Any]) -> Posted:
        return Posted(**{name: getattr(version, name) for name in Version.__dataclass_fields__}, value=value)

    def _known(self, partner: Partner, value: dict[str, Any]) -> Posted | None:
        return next((one for one in self.versions if one.owner_id == partner.member.id and one.value == value), None)

    def _some_target(self, partner: Partner) -> Group | None:
        """Give a group that a partner may write to, or the exchange."""
        writable = [one for one in self.groups.values() if one.members.get(partner.member.id, (False, False))[1]]
        return self.rng.choice([None, *writable]) if self.rng.random() < 0.6 or not writable else self.rng.choice(writable)

    def _in_group(self, question: Question, group_id: str) -> set[Seen]:
        return {one.seen for one in self.versions if self._is_in(question.partner, one, group_id) and self.sees(question, one)}

    def _is_in(self, partner: Partner, one: Posted, group_id: str) -> bool:
        return group_id in one.postings and partner.reaches(one.postings[group_id]) and one.is_out(self.now)

    def _is_given(self, partner: Partner, one: Version) -> bool:
        """Whether a follower has access to a version under the terms, and in the groups, of its last look."""
        key = ViewpointKey(partner.member.id, PURPOSES[0], Channel.PORTAL, Tlp.RED)
        with self.hub.exchange.database.read() as connection:
            looked = viewpoints.find_viewpoint(connection, key)
        if looked is None or partner.state is not PartnerState.ACTIVE:
            return super()._is_given(partner, one)
        terms = [each for each in partner.agreements if each.version == looked.agreement_version]
        return super()._is_given(replace(partner, agreements=terms, groups=dict(looked.groups)), one)

    def _watch(self) -> None:
        super()._watch()
        given = {(partner_id, seen) for partner_id, seen in self._followed}
        followed = {
            (partner.member.id, group_id, one.seen)
            for partner in self.partners
            for group_id in partner.groups
            for one in self.versions
            if self._is_in(partner, one, group_id) and (partner.member.id, one.seen) in given
        }
        self._group_accesses.update(followed - self._group_followed)
        self._group_followed = followed

    # --- asking -----------------------------------------------------------------------------------------------------------

    @property
    def _feeds(self) -> dict[str, int]:
        """Give the number of each group's feed, of deleted ones too."""
        with self.hub.exchange.database.read() as connection:
            return dict(connection.execute(sharing.select(sharing.sharing_group.c.group_id, sharing.sharing_group.c.feed)).all())

    def _pull_group(self, partner: Partner, group_id: str, cursor: str | None, of: Any = None) -> tuple[list[Seen], str]:
        place = Place(self.groups[group_id].feed, partner.groups[group_id], f"test-{group_id}")
        found: list[Seen] = []
        while True:
            request = PageRequest(Filters(), cursor, 3, place)
            page = pull_page(self.hub.exchange, of or partner.member.reader(), request)
            found += self._all_seen(map(json.loads, page.objects))
            cursor = page.next
            if not page.more:
                return found, cursor
