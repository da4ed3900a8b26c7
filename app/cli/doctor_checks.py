"""What the doctor concludes from the requests that it saw: one check each of a rule, passed, failed or not seen.

Owns the rules and what to do where one is broken; asks nobody. ``docs/cli.md`` has them as a table. Kept by
``tests/cli/test_doctor_checks.py``, where a client for each rule breaks it alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from functools import partial
from itertools import pairwise
from typing import Any

from app.cli.doctor_found import Found, come_again
from app.cli.doctor_hop import Hindrance, Seen
from app.cli.doctor_practice import Change
from app.cli.doctor_scenario import WAIT_SECONDS
from breakwater_client.documents.well_known import WELL_KNOWN
from breakwater_client.verifying.verdicts import FailedSignature
from breakwater_client.verifying.verify_objects import verify_document

SOON_SECONDS = 1.5
"""Who sends a refused request again within so many seconds did not wait for anybody to mend it."""

_SLACK_SECONDS = 0.2
_PASSING = {401, 429, 502, 503, 504}
_CLIENT_FAULTS = range(400, 500)
_ANSWERS = {"deleted", "not-held", "held"}


@unique
class Word(StrEnum):
    """What a check came to."""

    FAILED = "failed"
    NOT_SEEN = "not-seen"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, what it came to, and where it failed what to do; where nothing was seen, what it waits for."""

    name: str
    word: Word
    sentence: str = ""


_Judged = tuple[Word, str]
_PASSED: _Judged = (Word.PASSED, "")


def judge(found: Found) -> list[Check]:
    """Give a check for each rule, in the order of ``RULES``."""
    return [Check(name, *rule(found)) for name, rule in RULES.items()]


def _not_seen(waits_for: str) -> _Judged:
    return Word.NOT_SEEN, f"Waits for {waits_for}."


def _failed(what_to_do: str) -> _Judged:
    return Word.FAILED, what_to_do


# --- who asks -------------------------------------------------------------------------------------------------------------


def _authenticates(found: Found) -> _Judged:
    if not found.seen:
        return _not_seen("a first request")
    for one in found.seen:
        if one.authentic is not None:
            return _failed(f"A signed request was refused: {one.authentic}")
        if "bw_" in one.target:
            return _failed("A token stands in an address, where every log on the way keeps it: send it in Authorization.")
        if one.status == 401 and one.hindrance is None:  # noqa: PLR2004  # RFC 9110 §15.5.2
            return _failed(
                f"A request was not authenticated ({one.document.get('code')}): a token in Authorization, or a signature."
            )
    return _PASSED


def _says_purpose(found: Found) -> _Judged:
    pages = [one for one in found.seen if one.is_feed]
    if not pages:
        return _not_seen("a request for a page of the feed")
    for one in pages:
        if one.document.get("code") in {"purpose-missing", "purpose-not-permitted"}:
            return _failed("Say a purpose of your agreement in the header Breakwater-Purpose: it decides what you see.")
        if "signature-input" in one.headers and "breakwater-purpose" not in one.headers:
            return _failed("A signed request fixes no purpose: say it in the header Breakwater-Purpose, and sign it.")
    return _PASSED


# --- submitting -----------------------------------------------------------------------------------------------------------


def _signs_objects(found: Found) -> _Judged:
    submissions = [one for one in found.seen if one.is_submission and one.hindrance is not Hindrance.BUSY]
    if not submissions:
        return _not_seen("a submission")
    for one in submissions:
        objects = [
            value for value in one.sent.get("objects", ()) if isinstance(value, dict) and value.get("id") not in WELL_KNOWN
        ]
        document = json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects})
        for verdict in verify_document(document.encode(), found.signers) if objects else ():
            if isinstance(verdict, FailedSignature):
                return _failed(f"{verdict.stix_id} does not verify as yours: {verdict.refusal.sentence}")
        for result in one.document.get("results", ()):
            if result.get("status") == "refused":
                return _failed(f"The exchange refused an object ({result.get('code')}): {result.get('detail')}")
    return _PASSED


def _repeats_what_was_lost(found: Found) -> _Judged:
    for place, one in enumerate(found.seen):
        if one.hindrance is Hindrance.LOST:
            if "idempotency-key" not in one.headers:
                return _failed("A submission carries no Idempotency-Key: it cannot be sent again without doing it twice.")
            return _repetition(one, found.seen[place + 1 :], is_over=found.is_over)
    return _not_seen("a submission, whose answer is lost")


def _repetition(lost: Seen, later: Sequence[Seen], *, is_over: bool) -> _Judged:
    for other in (one for one in later if one.is_submission):
        same_key = other.headers.get("idempotency-key") == lost.headers["idempotency-key"]
        if same_key and other.body == lost.body:
            return _PASSED
        if same_key:
            return _failed("The same Idempotency-Key came with another body: keep what was signed, and send the same bytes.")
        if _ids(other) & _ids(lost):
            return _failed("Objects whose answer was lost came again under another Idempotency-Key: use the same one.")
    if is_over:
        return _failed("The answer to a submission was lost, and it was not sent again: you do not know what became of it.")
    return _not_seen("the submission whose answer was lost to be sent again")


def _ids(one: Seen) -> set[str]:
    return {str(value.get("id")) for value in one.sent.get("objects", ()) if isinstance(value, dict)}


# --- waiting --------------------------------------------------------------------------------------------------------------


def _waits(found: Found) -> _Judged:
    judged = None
    for place, one in enumerate(found.seen):
        if one.hindrance is Hindrance.BUSY:
            again = come_again(one, found.seen[place + 1 :])
            if not again:
                judged = _failed("A request that was told to wait never came again.") if found.is_over else judged
                continue
            if again[0].at - one.answered_at < WAIT_SECONDS - _SLACK_SECONDS:
                waited = again[0].at - one.answered_at
                return _failed(f"Told to wait {WAIT_SECONDS} seconds it came again after {waited:.1f}: honour Retry-After.")
            judged = judged or _PASSED
    return judged or _not_seen("a request that is told to wait (503 or 429) to come again")


def _takes_no_for_an_answer(found: Found) -> _Judged:
    judged = None
    for place, one in enumerate(found.seen):
        is_read_only = one.document.get("code") == "exchange-read-only"
        if (one.status in _CLIENT_FAULTS and one.status not in _PASSING) or is_read_only:
            if any(later.asks_as(one) and later.at - one.answered_at < SOON_SECONDS for later in found.seen[place + 1 :]):
                return _failed(f"A request that was refused ({one.status}) came again at once: no repetition changes that.")
            judged = _PASSED
    return judged or _not_seen("a refusal, which comes after the feed was read to its end")


# --- pages ----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Position:
    """Where a reader of one question may go on: ``allowed`` cursors (None: it has asked nothing yet)."""

    allowed: set[str | None] | None = None
    more: bool = False
    cut: str | None = None
    is_cut: bool = False
    faults: list[str] = field(default_factory=list)

    def move(self, one: Seen) -> None:
        asked = one.query.get("next")
        if self.allowed is not None and asked not in self.allowed:
            self.faults.append(_SKIPPED if asked is not None else _FROM_THE_START)
        if one.is_whole:
            self.more = bool(one.document.get("more"))
            self.allowed = {one.document.get("next") or asked} | ({asked} if one.tampered else set())
        else:
            self.allowed = {asked} | (self.allowed or set())


_SKIPPED = (
    "A page was asked for by a cursor that is not the last one given: use next as it is, and go on from the last whole page."
)
_FROM_THE_START = "The feed was begun anew: keep next durably, behind what was stored, and go on from there."


def _pages(found: Found) -> _Judged:
    more, any_whole = False, False
    for question in found.feeds():
        position = _Position()
        for _, one in question:
            position.move(one)
        if position.faults:
            return _failed(position.faults[0])
        if any(one.document.get("code") == "cursor-invalid" for _, one in question):
            return _failed("The exchange did not give this cursor for this question: send next as it came, nothing else.")
        more, any_whole = more or position.more, any_whole or any(one.is_whole for _, one in question)
    if not any_whole:
        return _not_seen("a page of the feed")
    if more and found.is_over:
        return _failed("The last page said that there is more, and nobody asked for it: go on until more is false.")
    return _not_seen("the feed to be read to its end") if more or found.unserved() else _PASSED


def _asks_for_a_cut_page_again(found: Found) -> _Judged:
    for question in found.feeds():
        for number, (_, one) in enumerate(question):
            if one.hindrance is Hindrance.CUT:
                if number + 1 < len(question):
                    again = question[number + 1][1].query.get("next") == one.query.get("next")
                    return _PASSED if again else _failed("After a page that was cut in its middle ask for the same one again.")
                if found.is_over:
                    return _failed("A page was cut in its middle, and not asked for again.")
    return _not_seen("a page that is cut in its middle to be asked for again")


def _tolerates_what_is_new(found: Found) -> _Judged:
    for question in found.feeds():
        for (_, one), (_, later) in pairwise(question):
            if one.is_whole and one.document.get("more") and later.query.get("next") == one.document.get("next"):
                return _PASSED
    if found.is_over and any(one.is_feed and one.is_whole and one.document.get("more") for one in found.seen):
        return _failed(
            "After a page with a member that is new to it nothing more came: ignore members and codes that you do not know."
        )
    return _not_seen("a page after one that has a member that nobody knows")


# --- what is not right, and what is taken back --------------------------------------------------------------------------------


def _refuses(found: Found, changes: Sequence[Change], what_to_do: str) -> _Judged:
    """Judge what became of the objects that were changed so: what one of them shows first, if it is not that all is well."""
    judged = [_refused(found, name, what_to_do) for name, how in found.changed.items() if how in changes]
    words = (Word.FAILED, Word.NOT_SEEN, Word.PASSED)
    return min(judged, key=lambda one: words.index(one[0])) if judged else _not_seen("an object that was changed on its way")


def _refused(found: Found, name: str, what_to_do: str) -> _Judged:
    changed = [place for place, one in enumerate(found.seen) if name in one.tampered and one.is_whole]
    if not changed:
        return _not_seen("an object that was changed on its way")
    if name in found.used:
        return _failed(what_to_do)
    if any(later.is_feed and later.target == found.seen[changed[0]].target for later in found.seen[changed[0] + 1 :]):
        return _if_looked_at(found)  # it asked for the page again instead
    word = found.words().get(name)
    if word is None:
        return _not_seen("the answer to a recall of an object that was changed: not-held, if it was not taken")
    return _if_looked_at(found) if word == "not-held" else _failed(what_to_do)


def _if_looked_at(found: Found) -> _Judged:
    """Pass, as far as files were looked at: files in which nothing stands that was taken are not where it is kept."""
    if found.kept is None:
        return Word.PASSED, "By its word alone: say with --kept where you keep what you took."
    if not found.stood - found.changed.keys() - set(found.recalled):
        return _not_seen("an object that nobody changed or recalled to stand in --kept: is that where you keep what you took?")
    return _PASSED


_CHANGED = "An object that was changed on its way was taken in: verify each signature before use, and set aside what fails."
_UNSIGNED = "An object whose signature was taken away was taken in: what names a publisher who has a key is signed, or set aside."
_SIGNED_BY_ANOTHER = (
    "An object that another partner signed in its publisher's name was taken in: the key, who says to have signed and the "
    "creator are one, or it is set aside."
)


def _acknowledges(found: Found) -> _Judged:
    if not found.recalled:
        return _not_seen("the practice objects to be pulled, after which some of them are recalled")
    for one in found.seen:
        if one.method == "POST" and one.path.startswith("/notices/") and one.status in _CLIENT_FAULTS:
            code, detail = one.document.get("code"), one.document.get("detail")
            return _failed(f"An answer to a notice was refused ({code}): {detail}")
    if set(found.recalled) <= found.words().keys():
        return _PASSED
    if found.is_over:
        return _failed("A recall was not answered: look for open notices in each run, and answer them signed.")
    return _not_seen("each recall to be answered, signed")


def _takes_away(found: Found) -> _Judged:
    words = found.words()
    for name, word in words.items():
        if word not in _ANSWERS:
            return _failed(f"The notice asks to delete, and the answer to it was {word}: delete it everywhere, then say so.")
        if found.kept is not None and name in found.kept and word != "held":
            return _failed(f"{name} was answered for as {word}, and still stands in what you keep.")
    if found.recalled and words.get(found.recalled[0]) == "not-held":
        return _failed(f"{found.recalled[0]} came whole, and was answered for as not-held: look for it wherever you keep things.")
    return _if_looked_at(found) if words else _not_seen("a recall to be answered")


def _keeps_publishers_apart(found: Found) -> _Judged:
    one = found.namesake
    if one is None or not {one.name, one.stix_id} <= found.served():
        return _not_seen("objects of two publishers that have one id and version")
    word = found.words().get(one.name)
    if word is None:
        return _not_seen("the answer to a recall of one of two objects that have one id")
    if word == "not-held":
        return _failed(_MIXED)
    looked_at = _if_looked_at(found)
    is_lost = found.kept is not None and one.stix_id not in found.kept
    return _failed(_MIXED) if is_lost and looked_at[0] is Word.PASSED else looked_at


_MIXED = (
    "Of two publishers' objects that have one id and version one took the place of the other, or went with it: keep objects, and "
    "take them away, by the digest of what was signed, which recalls name (payload_digest)."
)


RULES: Mapping[str, Callable[[Found], _Judged]] = {
    "authenticates": _authenticates,
    "says-purpose": _says_purpose,
    "signs-objects": _signs_objects,
    "repeats-what-was-lost": _repeats_what_was_lost,
    "waits": _waits,
    "takes-no-for-an-answer": _takes_no_for_an_answer,
    "reads-to-the-end": _pages,
    "asks-again-for-what-was-cut": _asks_for_a_cut_page_again,
    "ignores-what-is-new": _tolerates_what_is_new,
    "refuses-what-was-changed": partial(_refuses, changes=[Change.CONTENT], what_to_do=_CHANGED),
    "refuses-what-is-unsigned": partial(_refuses, changes=[Change.NO_SIGNATURE], what_to_do=_UNSIGNED),
    "refuses-anothers-signature": partial(
        _refuses, changes=[Change.ANOTHERS_KEY, Change.ANOTHERS_NAME], what_to_do=_SIGNED_BY_ANOTHER
    ),
    "answers-recalls": _acknowledges,
    "takes-away": _takes_away,
    "keeps-publishers-apart": _keeps_publishers_apart,
}
"""The checks by their names, which are stable."""


def as_record(check: Check) -> dict[str, Any]:
    """Give a check as JSON tells it."""
    return {"check": check.name, "result": check.word.value, "detail": check.sentence or None}
