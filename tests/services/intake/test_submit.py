from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import event, select

from app.domain.errors import BreakwaterError, Code, ConflictError, ForbiddenError, MalformedInputError, TooLargeError
from app.domain.events import Event, EventRecord
from app.domain.partner import PartnerKey
from app.domain.permissions import Permission
from app.domain.vocabulary import Harm, KeyAlgorithm, KeyState, KeyUsage, PartnerState
from app.services.intake.receipts import submission_of
from app.services.intake.submit import SubmissionRequest, submit
from app.services.intake.usable_keys import is_usable
from app.services.membership.enrol_partner import change_state
from app.services.membership.manage_keys import revoke_key
from app.storage import events
from app.storage.tables import metadata
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.submission import ObjectResult, ResultStatus, Submission
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.object_signature import sign_object
from tests.factories.members import (
    PARTNER_SCOPES,
    Hub,
    Member,
    as_seen_by_another_worker,
    at_once,
    envelope,
    outcomes,
)
from tests.factories.policy_values import DAY, NOW
from tests.factories.stix_objects import TLP_AMBER, context, indicator, marking, newer, stix_id, user_account

KEPT_OUT = "Kept-Out-Of-Everything"


def _everything(hub: Hub) -> str:
    """Give all that is stored, as one text; receipts with their payload opened."""
    found = []
    with hub.exchange.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found += [repr(bytes(value) if isinstance(value, memoryview) else value) for value in row]
        receipts = connection.execute(select(metadata.tables["submission"].c.receipt)).scalars()
        found += [base64.b64decode(json.loads(receipt)["payload"]).decode() for receipt in receipts]
    return "\n".join(found)


def _recorded(hub: Hub, event_: Event) -> list[EventRecord]:
    with hub.exchange.database.read() as connection:
        return [one for _, one in events.events(connection, 0, 1000) if one.event is event_]


def _with(member: Member, **changes: Any) -> dict[str, Any]:
    """Sign an object and change it afterwards."""
    return member.sign(indicator()) | changes


# --- each object for itself -----------------------------------------------------------------------------------------------------


def test_an_accepted_object_is_stored_and_named_in_full(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    value, log_index = publisher.sign(indicator()), hub.next_log_index
    made = publisher.submit(value, sign=False)
    (result,) = made.results
    assert (made.partner_id, made.received_at) == (publisher.id, NOW)
    assert (result.pointer, result.status, result.refusal) == ("/objects/0", ResultStatus.STORED, None)
    assert (result.stix_id, result.version, result.log_index) == (value["id"], value["modified"], log_index)
    assert len(bytes.fromhex(result.payload_digest or "")) == 32
    assert publisher.pull()[0] == [value]


REFUSED: dict[str, tuple[Callable[[Member, Member], dict[str, Any]], Code]] = {
    "unsigned": (lambda _, __: indicator(name=KEPT_OUT), Code.SIGNATURE_MISSING),
    "tampered": (lambda one, _: _with(one, name=KEPT_OUT), Code.SIGNATURE_INVALID),
    "another partner's key": (lambda _, other: other.sign(indicator(name=KEPT_OUT)), Code.KEY_NOT_ACTIVE),
    "another's name under one's own key": (
        lambda one, other: sign_object(
            indicator(name=KEPT_OUT), one.key, signer=other.partner.identity_id, signed_at=one.hub.clock.now
        ),
        Code.SIGNER_MISMATCH,
    ),
    "created by somebody else": (
        lambda one, other: _with(one, name=KEPT_OUT, created_by_ref=other.partner.identity_id),
        Code.SIGNER_MISMATCH,
    ),
    "an unknown key": (lambda one, _: one.sign(indicator(name=KEPT_OUT), PrivateKey.generate()), Code.KEY_NOT_ACTIVE),
    "no STIX": (lambda one, _: one.sign(indicator(name=KEPT_OUT, pattern=7)), Code.SCHEMA_VIOLATION),
    "no type of ours": (lambda one, _: one.sign({"type": KEPT_OUT}), Code.OBJECT_TYPE_UNSUPPORTED),
    "material": (
        lambda one, _: one.sign(indicator(name=KEPT_OUT, description="data:image/jpeg;base64,/9j/4AAQSkZJRgABAQEAYABgAAD")),
        Code.CONTENT_FORBIDDEN,
    ),
    "a bad pattern": (lambda one, _: one.sign(indicator(name=KEPT_OUT, pattern="[url:value =")), Code.PATTERN_INVALID),
    "too large": (lambda one, _: one.sign(indicator(**{f"x_{n}": KEPT_OUT * 2000 for n in range(25)})), Code.OBJECT_TOO_LARGE),
    "an unknown marking": (
        lambda one, _: one.sign(indicator(name=KEPT_OUT, object_marking_refs=[stix_id("marking-definition")])),
        Code.HANDLING_UNRESOLVED,
    ),
    "another's marking": (
        lambda one, other: one.sign(indicator(name=KEPT_OUT, object_marking_refs=[other.mark()])),
        Code.HANDLING_UNRESOLVED,
    ),
    "an unknown audience": (
        lambda one, _: one.sign(marking(stix_id("audience"), x_note=KEPT_OUT) | {"name": KEPT_OUT}),
        Code.SCHEMA_VIOLATION,
    ),
    "another's audience": (lambda one, other: one.sign(marking(other.everybody) | {"name": KEPT_OUT}), Code.AUDIENCE_NOT_FOUND),
    "beyond the terms": (
        lambda one, _: one.sign(indicator(name=KEPT_OUT, extensions=context(harm_types=["trafficking-related"]))),
        Code.TERMS_EXCEEDED,
    ),
    "a published id": (lambda _, __: WELL_KNOWN[TLP_AMBER] | {"name": KEPT_OUT}, Code.PROFILE_VIOLATION),
}


@pytest.mark.parametrize(("make", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_sinks_no_other_and_is_kept_nowhere(
    quick_hub: Hub, publisher: Member, other: Member, make: Callable[[Member, Member], dict[str, Any]], code: Code
) -> None:
    publisher.agree(write={"harm_types": frozenset(Harm) - {Harm.TRAFFICKING_RELATED}})
    before, bad, after = publisher.sign(indicator()), make(publisher, other), publisher.sign(indicator())
    made = publisher.submit(before, bad, after, sign=False)
    assert outcomes(made.results) == ["stored", code, "stored"]
    refused = made.results[1]
    assert replace(refused, refusal=None) == ObjectResult("/objects/1", ResultStatus.REFUSED)
    assert refused.refusal is not None
    assert (refused.refusal.pointer or "").startswith("/objects/1")
    assert KEPT_OUT not in _everything(quick_hub)
    (recorded,) = _recorded(quick_hub, Event.OBJECT_REFUSE)
    assert (recorded.code, recorded.pointer, recorded.subject) == (code, refused.refusal.pointer, made.submission_id)


def test_that_which_is_stored_is_found_by_the_search_for_what_is_not(quick_hub: Hub, publisher: Member) -> None:
    publisher.store(indicator(name=KEPT_OUT))
    assert KEPT_OUT in _everything(quick_hub)


def test_what_everybody_publishes_needs_no_signature_and_is_not_stored_again(publisher: Member) -> None:
    known = [dict(one) for one in WELL_KNOWN.values()]
    results = publisher.submit(*known, sign=False).results
    assert outcomes(results) == ["already-stored"] * len(known)
    assert [one.stix_id for one in results] == [one["id"] for one in known]
    assert {one.log_index for one in results} == {None}
    assert publisher.sees() == []


# --- identity -------------------------------------------------------------------------------------------------------------------


def test_an_exact_repetition_is_already_stored(publisher: Member) -> None:
    value = publisher.sign(indicator())
    first = publisher.submit(value, sign=False)
    second = publisher.submit(value, sign=False)
    assert second.submission_id != first.submission_id
    assert second.results == (replace(first.results[0], status=ResultStatus.ALREADY_STORED),)
    assert len(publisher.sees()) == 1


def test_the_same_version_with_other_content_is_refused_and_the_first_stays(publisher: Member) -> None:
    value = indicator()
    publisher.store(value)
    changed = publisher.submit(value | {"name": "Changed"})
    assert outcomes(changed.results) == [Code.VERSION_CONFLICT]
    refusal = changed.results[0].refusal
    assert refusal is not None
    assert refusal.pointer == "/objects/0/modified"
    assert [one["name"] for one in publisher.pull()[0]] == [value["name"]]


def test_within_one_envelope_the_first_of_two_contradicting_objects_stays(publisher: Member) -> None:
    value = indicator()
    assert outcomes(publisher.submit(value, value | {"name": "Changed"}).results) == ["stored", Code.VERSION_CONFLICT]
    assert [one["name"] for one in publisher.pull()[0]] == [value["name"]]


def test_an_older_version_may_come_after_a_newer_one(publisher: Member, other: Member) -> None:
    value = indicator()
    publisher.store(newer(value))
    publisher.store(value)
    assert [modified for _, modified in other.sees()] == ["2026-01-06T10:00:00.000Z", value["modified"]]
    assert [one["modified"] for one in other.look_up(value["id"])] == ["2026-01-06T10:00:00.000Z"]


def test_owners_of_one_id_do_not_influence_each_others_results(quick_hub: Hub, publisher: Member, other: Member) -> None:
    alone = quick_hub.enrol("Platform C")
    value, its = user_account("person-1"), user_account("person-1", display_name="A")
    for member in (publisher, other):
        member.store(value)
        assert outcomes(member.submit(value, its).results) == ["already-stored", "stored"]
    assert outcomes(alone.submit(value, its).results) == ["stored", "stored"]
    thing = indicator()
    publisher.store(thing)
    assert outcomes(other.submit(thing | {"name": "Another"}).results) == ["stored"]


# --- who may submit -------------------------------------------------------------------------------------------------------------


def test_only_partners_with_the_permission_submit(quick_hub: Hub, publisher: Member) -> None:
    body = SubmissionRequest(envelope(publisher.sign(indicator())))
    lesser = publisher.principal_with(scopes=PARTNER_SCOPES - {Permission.OBJECTS_SUBMIT})
    for principal in (lesser, quick_hub.operator):
        with pytest.raises(ForbiddenError):
            submit(quick_hub.exchange, principal, body)
    assert publisher.sees() == []


def test_without_an_agreement_in_force_each_object_is_refused(publisher: Member) -> None:
    stored = publisher.sign(indicator())
    publisher.submit(stored, sign=False)
    publisher.agree(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    publisher.hub.clock.now = NOW + timedelta(hours=1)
    again = publisher.submit(publisher.sign(indicator()), stored, sign=False)
    assert outcomes(again.results) == [Code.AGREEMENT_NOT_IN_FORCE, "already-stored"]


def _submit_while(member: Member, act: Callable[[Hub], object], *values: dict[str, Any]) -> Submission:
    """Submit, and do something as another worker when this one has examined what came and is about to write."""
    hub, principal = member.hub, member.principal
    elsewhere = Hub(as_seen_by_another_worker(hub.exchange), hub.clock, hub.first_operator)
    body = envelope(*map(member.sign, values))
    turns = iter((lambda _: None, act))  # a submission reads first, and connects again to write

    def connected(_connection: object) -> None:
        next(turns)(elsewhere)

    event.listen(hub.exchange.database.engine, "engine_connect", connected)
    try:
        return submit(hub.exchange, principal, SubmissionRequest(body))
    finally:
        event.remove(hub.exchange.database.engine, "engine_connect", connected)
        elsewhere.exchange.database.dispose()


def test_a_key_that_is_revoked_between_check_and_transaction_does_not_count(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    keyid = publisher.key.public.keyid
    made = _submit_while(publisher, lambda there: revoke_key(there.exchange, there.operator, keyid), indicator(), marking())
    assert outcomes(made.results) == [Code.KEY_NOT_ACTIVE] * 2
    assert publisher.sees() == []


def test_a_partner_that_is_suspended_between_check_and_transaction_stores_nothing(hub: Hub) -> None:
    publisher, other = hub.enrol("Platform A"), hub.enrol("Platform B")
    suspend = partial(change_state, partner_id=publisher.id, state=PartnerState.SUSPENDED)
    with pytest.raises(ForbiddenError) as caught:
        _submit_while(publisher, lambda there: suspend(there.exchange, there.operator), indicator(), marking())
    assert caught.value.code is Code.PARTNER_NOT_ACTIVE
    with pytest.raises(ForbiddenError):
        publisher.submit(indicator())
    assert other.sees() == []


KEY = PartnerKey("keyid", "partner", KeyUsage.OBJECT_SIGNING, KeyAlgorithm.ED25519, b"", KeyState.ACTIVE, NOW, NOW)


@pytest.mark.parametrize(
    ("key", "usable"),
    [
        (KEY, True),
        *((replace(KEY, state=state), False) for state in KeyState if state is not KeyState.ACTIVE),
        (replace(KEY, not_before=NOW), True),
        (replace(KEY, not_before=NOW + timedelta(microseconds=1)), False),
        (replace(KEY, not_after=NOW + timedelta(microseconds=1)), True),
        (replace(KEY, not_after=NOW), False),
    ],
)
def test_a_key_counts_while_it_is_active_and_within_its_dates(key: PartnerKey, usable: bool) -> None:  # noqa: FBT001  # a parameter of the table
    assert is_usable(key, NOW) is usable


# --- whole envelopes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.JSON_SYNTAX),
        (b"[]", Code.REQUEST_INVALID),
        (b'{"objects": []}', Code.REQUEST_INVALID),
        (b'{"objects": [{"a": 1, "a": "Kept-Out-Of-Everything"}]}', Code.JSON_DUPLICATE_KEY),
        (b'{"objects": [' + b"{}," * 5000 + b"{}]}", Code.TOO_MANY_OBJECTS),
        (b" " * (16 * 1024 * 1024 + 1), Code.BODY_TOO_LARGE),
    ],
    ids=["empty", "no envelope", "no objects", "twice", "too many", "too large"],
)
def test_an_envelope_that_cannot_be_read_stores_nothing_but_the_event(
    quick_hub: Hub, publisher: Member, body: bytes, code: Code
) -> None:
    with pytest.raises((MalformedInputError, TooLargeError)) as caught:
        submit(quick_hub.exchange, publisher.principal, SubmissionRequest(body, idempotency_key="key-1"))
    assert caught.value.code is code
    (recorded,) = _recorded(quick_hub, Event.OBJECT_REFUSE)
    assert (recorded.code, recorded.pointer, recorded.partner_id) == (code, caught.value.pointer, publisher.id)
    assert _recorded(quick_hub, Event.SUBMISSION_STORE) == []
    assert KEPT_OUT not in _everything(quick_hub)


def test_one_refusal_refuses_an_atomic_submission_as_a_whole(publisher: Member) -> None:
    good = publisher.sign(indicator())
    made = publisher.submit(good, indicator(), sign=False, atomic=True)
    assert outcomes(made.results) == [Code.SUBMISSION_NOT_ATOMIC, Code.SIGNATURE_MISSING]
    assert publisher.sees() == []
    assert outcomes(publisher.submit(good, sign=False, atomic=True).results) == ["stored"]


# --- idempotency ----------------------------------------------------------------------------------------------------------------


def test_the_same_key_and_body_give_the_same_submission(publisher: Member) -> None:
    values = publisher.sign(indicator()), indicator()
    first = publisher.submit(*values, sign=False, idempotency_key="key-1")
    publisher.hub.clock.pass_time(timedelta(hours=1))
    assert publisher.submit(*values, sign=False, idempotency_key="key-1") == first
    assert submission_of(publisher.hub.exchange, publisher.principal, first.submission_id) == first
    assert len(_recorded(publisher.hub, Event.SUBMISSION_STORE)) == 1


def test_the_same_key_with_another_body_is_a_conflict_and_stores_nothing(publisher: Member) -> None:
    publisher.submit(indicator(), idempotency_key="key-1")
    with pytest.raises(ConflictError) as caught:
        publisher.submit(indicator(), idempotency_key="key-1")
    assert caught.value.code is Code.IDEMPOTENCY_KEY_REUSED
    assert len(publisher.sees()) == 1


def test_the_same_key_and_body_treated_otherwise_are_a_conflict(publisher: Member) -> None:
    value = publisher.sign(indicator())
    first = publisher.submit(value, sign=False, idempotency_key="key-1", atomic=True)
    assert publisher.submit(value, sign=False, idempotency_key="key-1", atomic=True) == first
    with pytest.raises(ConflictError):
        publisher.submit(value, sign=False, idempotency_key="key-1")


def test_the_answer_outlives_the_key_and_the_agreement(publisher: Member) -> None:
    value = publisher.sign(indicator())
    first = publisher.submit(value, sign=False, idempotency_key="key-1")
    revoke_key(publisher.hub.exchange, publisher.principal, publisher.key.public.keyid)
    assert publisher.submit(value, sign=False, idempotency_key="key-1") == first


def test_the_same_key_of_another_credential_is_another_key(publisher: Member, other: Member) -> None:
    first = publisher.submit(indicator(), idempotency_key="key-1")
    second = other.submit(indicator(), idempotency_key="key-1")
    assert first.submission_id != second.submission_id
    assert outcomes(second.results) == ["stored"]


def test_requests_with_one_key_at_once_make_one_submission(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    values = [publisher.sign(indicator()) for _ in range(3)]
    act = partial(publisher.submit, *values, sign=False, idempotency_key="key-1")
    made = cast("list[Submission]", at_once(*[act] * 4))
    assert made == [made[0]] * 4
    assert outcomes(made[0].results) == ["stored"] * 3
    assert len(_recorded(hub, Event.SUBMISSION_STORE)) == 1


def test_requests_with_one_key_and_two_bodies_at_once_make_one_submission(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    acts = [partial(publisher.submit, indicator(), idempotency_key="key-1") for _ in range(4)]
    ends = at_once(*acts)
    assert sorted(type(end).__name__ for end in ends) == ["ConflictError"] * 3 + ["Submission"]
    assert len(publisher.sees()) == 1


def test_one_object_that_comes_twice_at_once_is_stored_once(hub: Hub) -> None:
    publisher = hub.enrol("Platform A")
    value, log_index = publisher.sign(indicator()), hub.next_log_index
    made = cast("list[Submission]", at_once(*[partial(publisher.submit, value, sign=False)] * 4))
    assert sorted(str(outcomes(one.results)[0]) for one in made) == ["already-stored"] * 3 + ["stored"]
    assert {one.results[0].log_index for one in made} == {log_index}


def test_a_bad_key_is_refused_before_anything_is_done(publisher: Member) -> None:
    with pytest.raises(BreakwaterError) as caught:
        publisher.submit(indicator(), idempotency_key="two words")
    assert caught.value.code is Code.IDEMPOTENCY_KEY_INVALID
    assert publisher.sees() == []


def test_a_submission_is_recorded_without_what_was_submitted(publisher: Member) -> None:
    made = publisher.submit(indicator(), indicator())
    (recorded,) = _recorded(publisher.hub, Event.SUBMISSION_STORE)
    credential_id = publisher.principal.credential.credential_id
    expected = EventRecord(Event.SUBMISSION_STORE, NOW, publisher.id, credential_id, made.submission_id)
    assert recorded == expected


def test_of_many_refusals_the_first_of_each_code_is_recorded(publisher: Member) -> None:
    bad = publisher.sign(indicator(pattern="[url:value ="))
    made = publisher.submit(indicator(), bad, indicator(), bad, sign=False)
    assert len(outcomes(made.results)) == 4
    recorded = _recorded(publisher.hub, Event.OBJECT_REFUSE)
    assert [(one.code, (one.pointer or "").split("/")[2]) for one in recorded] == [
        (Code.SIGNATURE_MISSING, "0"),
        (Code.PATTERN_INVALID, "1"),
    ]


def test_time_is_the_exchanges_and_not_the_signers(publisher: Member) -> None:
    signed = sign_object(indicator(), publisher.key, signer=publisher.partner.identity_id, signed_at=NOW + 900 * DAY)
    made = publisher.submit(signed, sign=False)
    assert outcomes(made.results) == ["stored"]
    assert publisher.page().first_added == NOW + timedelta(milliseconds=1)


def test_the_status_of_a_post_names_what_was_refused_and_a_receipt_does_not(publisher: Member) -> None:
    stored, refused = publisher.sign(indicator()), indicator()
    body = envelope(stored, refused, {"id": "a secret"})
    made = submit(publisher.hub.exchange, publisher.principal, SubmissionRequest(body, collection_id="collection"))
    assert [(one.stix_id, one.version) for one in made.results] == [
        (stored["id"], stored["modified"]),
        (refused["id"], refused["modified"]),
        (None, None),
    ]
    assert submission_of(publisher.hub.exchange, publisher.principal, made.submission_id) == made
    assert refused["id"] not in str(base64.b64decode(made.receipt["payload"]))
    by_rest = publisher.submit(refused, sign=False)
    assert submission_of(publisher.hub.exchange, publisher.principal, by_rest.submission_id).results[0].stix_id is None


def test_a_post_without_objects_has_a_status_too(publisher: Member) -> None:
    request = SubmissionRequest(envelope(), collection_id="collection")
    made = submit(publisher.hub.exchange, publisher.principal, request)
    assert made.results == ()
    assert submission_of(publisher.hub.exchange, publisher.principal, made.submission_id) == made
    with pytest.raises(MalformedInputError):
        submit(publisher.hub.exchange, publisher.principal, SubmissionRequest(envelope()))
