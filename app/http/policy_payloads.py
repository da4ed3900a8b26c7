"""Bodies and parameters of the questions about policy: explained, and who sees what.

Owns names and forms on the wire. Kept by ``tests/http/test_policy_payloads.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load, pre_dump

from app.domain.vocabulary import Channel, Purpose, Role
from app.http.fields import Form, Moment, Word, Words, uuid_field
from app.http.payloads import Strict
from app.policy.clauses import Clause, Voice
from app.policy.grounds import Ground
from app.policy.telling import Told, Verdict
from app.services.explaining.explain import Explanation, PolicyQuestion
from app.services.explaining.who_sees import Reader, Readers, WhoSees

_STIX_ID = Form("[a-z0-9][a-z0-9-]{1,248}[a-z0-9]--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "This is no STIX id.")


class ExplanationQuery(Strict):
    """May this partner see this object, for this purpose and by this channel? ``at``: at that instant of the past?"""

    object = fields.String(required=True, validate=_STIX_ID)
    partner = uuid_field(required=True)
    purpose = Word(Purpose, required=True)
    channel = Word(Channel, load_default=Channel.REST)
    at = Moment(load_default=None)

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> PolicyQuestion:
        return PolicyQuestion(values["object"], values["partner"], values["purpose"], values["channel"], values["at"])


class WhoSeesQuery(Strict):
    """Who sees this object by this channel?"""

    object = fields.String(required=True, validate=_STIX_ID)
    channel = Word(Channel, load_default=Channel.REST)


class ExplanationPayload(Schema):
    """One owner's statement, its newest version: the verdict, and what the asker may know of the reason.

    ``clause`` null beside the voice ``agreement``: which term objects is its partner's affair. ``since``: from when on it counts
    for the reader; null if it does not see it or learns of it by its next look, of the past, and for owners who ask about others.
    """

    owner_id = fields.String(required=True)
    version = fields.String(required=True)
    verdict = Word(Verdict, required=True)
    voice = Word(Voice, required=True, allow_none=True)
    clause = Word(Clause, required=True, allow_none=True)
    agreement_version = fields.Integer(required=True, allow_none=True)
    ground = Word(Ground, required=True, allow_none=True)
    added_at = Moment(required=True, allow_none=True)
    since = Moment(required=True, allow_none=True)
    release_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)

    @pre_dump
    def _spell(self, value: Explanation, **_: Any) -> dict[str, Any]:
        names = ("owner_id", "version", "added_at", "since", "release_at", "expires_at")
        return spelled_told(value.told) | {name: getattr(value, name) for name in names}


class ExplanationsPayload(Schema):
    """An explanation for each owner that states the id and that the caller may ask about."""

    statements = fields.List(fields.Nested(ExplanationPayload), required=True)


class VerdictPayload(Schema):
    """What is the same for these purposes; ``since`` as in an explanation, for purposes by which it is seen."""

    purposes = Words(Word(Purpose), required=True)
    verdict = Word(Verdict, required=True)
    voice = Word(Voice, required=True, allow_none=True)
    clause = Word(Clause, required=True, allow_none=True)
    agreement_version = fields.Integer(required=True, allow_none=True)
    ground = Word(Ground, required=True, allow_none=True)
    since = Moment(required=True, allow_none=True)


class ReaderPayload(Schema):
    """What is told of one partner, purpose by purpose; purposes that are told alike stand together."""

    partner_id = fields.String(required=True)
    name = fields.String(required=True)
    verdicts = fields.List(fields.Nested(VerdictPayload), required=True)

    @pre_dump
    def _spell(self, value: Reader, **_: Any) -> dict[str, Any]:
        return {"partner_id": value.partner_id, "name": value.name, "verdicts": _by_purposes(value)}


class UnlistedPayload(Schema):
    """How many unlisted members see it for these purposes at least: 0, 10 or 50."""

    purposes = Words(Word(Purpose), required=True)
    at_least = fields.Integer(required=True)


class ReadersPayload(Schema):
    """Partners by name, and the unlisted in bands; null where all are told by name."""

    listed = fields.List(fields.Nested(ReaderPayload), required=True)
    unlisted = fields.List(fields.Nested(UnlistedPayload), required=True, allow_none=True)

    @pre_dump
    def _spell(self, value: Readers, **_: Any) -> dict[str, Any]:
        return {"listed": value.listed, "unlisted": None if value.unlisted is None else _bands(value.unlisted)}


class WhoSeesPayload(Schema):
    """Who sees one owner's statement, its newest version."""

    owner_id = fields.String(required=True)
    version = fields.String(required=True)
    added_at = Moment(required=True, allow_none=True)
    release_at = Moment(required=True, allow_none=True)
    expires_at = Moment(required=True, allow_none=True)
    readers = fields.Nested(ReadersPayload, required=True)


class AllWhoSeePayload(Schema):
    """The answer for each owner that states the id and that the caller may ask about."""

    statements = fields.List(fields.Nested(WhoSeesPayload), required=True)

    @pre_dump
    def _spell(self, value: list[WhoSees], **_: Any) -> dict[str, Any]:
        return {"statements": value}


def spelled_told(told: Told) -> dict[str, Any]:
    """Give a verdict with its reasons as members of a document."""
    names = ("verdict", "voice", "clause", "agreement_version", "ground")
    return {name: getattr(told, name) for name in names}


def _by_purposes(value: Reader) -> list[dict[str, Any]]:
    alike: dict[tuple[Any, ...], set[Purpose]] = defaultdict(set)
    for purpose, told in value.told.items():
        alike[told, value.since.get(purpose)].add(purpose)
    spelled = [spelled_told(told) | {"since": since, "purposes": purposes} for (told, since), purposes in alike.items()]
    return sorted(spelled, key=lambda one: (list(Verdict).index(one["verdict"]), sorted(one["purposes"])))


def _bands(unlisted: Mapping[Purpose, int]) -> list[dict[str, Any]]:
    alike: dict[int, set[Purpose]] = defaultdict(set)
    for purpose, number in unlisted.items():
        alike[number].add(purpose)
    return [{"at_least": number, "purposes": alike[number]} for number in sorted(alike, reverse=True)]


class MemberPayload(Schema):
    """A member: `identity_id` is the creator of its objects."""

    id = fields.String(attribute="partner_id", required=True)
    identity_id = fields.String(required=True)
    name = fields.String(required=True)
    role = Word(Role, required=True)


class MembersPayload(Schema):
    """Members by name. That one is not among them says nothing."""

    members = fields.List(fields.Nested(MemberPayload), required=True)
