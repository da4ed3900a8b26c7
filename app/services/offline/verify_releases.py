"""Verifying offline what the exchange releases under a number: the catalogue, and counts of organisations.

Owns the steps: what was signed of each release, the chain from one to the next, the log's proof of it, and that a document of the
catalogue, and a bundle of its objects, are a release, whole. What a release says is not judged. Needs no exchange, no database
and no network. Kept by ``tests/services/offline/test_verify_releases.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.catalogue import Catalogue
from app.domain.errors import Code, MalformedInputError, UnprovenError
from app.services.cataloguing.compare import compare
from app.stix.catalogue_documents import read_catalogue
from breakwater_client.documents.long_envelopes import member_of, parse_envelope
from breakwater_client.documents.strict_json import parse
from breakwater_client.trust.canonical import canonical_bytes
from breakwater_client.trust.log_leaf import LeafKind
from breakwater_client.trust.payload_type import PayloadType
from breakwater_client.verifying.known_keys import ExchangeKey
from breakwater_client.verifying.steps import Step, at_step
from breakwater_client.verifying.verdicts import Level, Logged
from breakwater_client.verifying.verify_log import VerifiedProof, logged_at
from breakwater_client.verifying.verify_receipts import open_stated

RELEASE_STEPS = (
    Step(
        1,
        "The text is strict JSON: an envelope of a release, an answer with one, or a list of releases with theirs.",
        "Who made it.",
    ),
    Step(
        2,
        "It names a key of the exchange that you gave or that the directory lists, and nobody reported that key as compromised.",
        "That this is the exchange's key: take it, or the directory's, from where you trust it.",
    ),
    Step(
        3,
        "The signature is over the payload as it is here.",
        "Whether what it says is true, or whose numbers are in it: nobody is shown that.",
    ),
    Step(
        4,
        "The payload is a release with all its members, in its one spelling, of this exchange, as is shown beside it.",
        "That it is the newest: ask for the list of releases.",
    ),
    Step(
        5,
        "No two releases that you gave have one number, and each names the digest of the one before it, if you gave that.",
        "Releases that you did not give; what others were shown.",
    ),
    Step(
        6,
        "If a proof of the log is of exactly this document: the log holds it, which makes the level logged, or cosigned.",
        "When it was logged, but for what checkpoints and witnesses say.",
    ),
)
"""How a release is verified; the first five give level *signed*."""

CATALOGUE_STEPS = (
    Step(1, "The text is strict JSON.", "Who made it."),
    Step(2, "A release that was verified names the digest of exactly this document.", "That it is the newest."),
    Step(
        3,
        "It reads as the release of that number, and no code is missing that an earlier release had which you gave as well.",
        "Whether what it says is right; who proposed it and reviewed it.",
    ),
)
"""How a document of the catalogue is verified."""

_OF_CATALOGUES = frozenset({"type", "exchange", "release", "digest", "previous", "created_at"})
_OF_COUNTS = frozenset(
    {"type", "exchange", "number", "previous", "created_at", "reports_since", "catalogue_release", "rule", "cells"}
)
_FORMS = {
    PayloadType.CATALOGUE_RELEASE: ("catalogue-release", _OF_CATALOGUES, "release"),
    PayloadType.PREVENTION_RELEASE: ("prevention-release", _OF_COUNTS, "number"),
}
_BESIDE = frozenset({"release", "digest", "number", "cells", "catalogue_release"})
_LEAVES = {
    PayloadType.CATALOGUE_RELEASE: LeafKind.CATALOGUE_RELEASE,
    PayloadType.PREVENTION_RELEASE: LeafKind.PREVENTION_RELEASE,
}


@dataclass(frozen=True, slots=True)
class VerifiedRelease:
    """What the exchange signed of a release: of which kind, with which key. ``logged`` is what a proof showed, None without one.

    ``digest`` is what the next release calls it by, ``follows`` whether the one before was among the files, and named rightly.
    """

    kind: PayloadType
    number: int
    document: Mapping[str, Any]
    keyid: str
    digest: str
    follows: bool = False
    logged: Logged | None = None

    @property
    def level(self) -> Level:
        """How far the proof goes."""
        if self.logged is None:
            return Level.SIGNED
        return Level.COSIGNED if self.logged.cosigned else Level.LOGGED


@dataclass(slots=True)
class Chain:
    """The releases that were verified so far, by kind and number, and the documents of the catalogue by digest."""

    releases: dict[tuple[PayloadType, int], VerifiedRelease] = field(default_factory=dict)
    catalogues: dict[int, Catalogue] = field(default_factory=dict)

    def add(self, one: VerifiedRelease) -> VerifiedRelease:
        """Give a release back, held against those that were added before.

        Raises:
            FailedStepError: step 5: code ``release-forked``.
        """
        with at_step(5):
            same = self.releases.get((one.kind, one.number))
            if same is not None and same.document != one.document:
                sentence = f"The exchange signed two releases under the number {one.number}. Keep both, and ask the others."
                raise UnprovenError(sentence, code=Code.RELEASE_FORKED)
            before, after = self.releases.get((one.kind, one.number - 1)), self.releases.get((one.kind, one.number + 1))
            for earlier, later in ((before, one), (one, after)):
                if earlier is not None and later is not None and later.document["previous"] != earlier.digest:
                    sentence = f"Release {later.number} was made after another release {earlier.number} than this one. Keep both."
                    raise UnprovenError(sentence, code=Code.RELEASE_FORKED)
        self.releases[one.kind, one.number] = one
        return one

    def followed(self, one: VerifiedRelease) -> VerifiedRelease:
        """Give a release with whether the one before it is here."""
        return replace(one, follows=(one.kind, one.number - 1) in self.releases)

    def catalogue(self, raw: bytes) -> VerifiedRelease:
        """Give the release that a document of the catalogue (unverified bytes) is, by ``CATALOGUE_STEPS``.

        Raises:
            FailedStepError: a step fails.
        """
        with at_step(1):
            document = parse(raw)
            digest = hashlib.sha256(canonical_bytes(document)).hexdigest()
        with at_step(2):
            of_catalogues = (one for (kind, _), one in self.releases.items() if kind is PayloadType.CATALOGUE_RELEASE)
            release = next((one for one in of_catalogues if one.digest == digest), None)
            if release is None:
                sentence = "No release that you gave names exactly this document: give the list of releases with it."
                raise UnprovenError(sentence)
        with at_step(3):
            self._check_codes(release, document)
        return release

    def _check_codes(self, release: VerifiedRelease, document: Any) -> None:
        try:
            catalogue = read_catalogue(document)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise MalformedInputError("This is no release of a catalogue (schemas/catalogue.json).") from None
        if catalogue.release != release.number:
            raise MalformedInputError("The document is of another number than what was signed of it.", pointer="/release")
        for other in self.catalogues.values():
            earlier, later = sorted((other, catalogue), key=lambda one: one.release)
            if compare(earlier, later).missing:
                sentence = (
                    f"Release {later.release} has no entry for codes of release {earlier.release}: a code is never taken away."
                )
                raise UnprovenError(sentence)
        self.catalogues[catalogue.release] = catalogue


def verify_releases(raw: bytes, keys: Iterable[ExchangeKey], exchange: str | None = None) -> list[VerifiedRelease]:
    """Give the releases of a file (unverified bytes) that the exchange signed, by the first four of ``RELEASE_STEPS``.

    ``exchange`` is the id of the one whose keys these are, None if nobody said.

    Raises:
        FailedStepError: a step fails, of one of them.
    """
    known = list(keys)
    with at_step(1):
        shown = list(_shown(parse_envelope(raw, "envelope" if b'"cells"' in raw else None)))
    return [_release(one, known, exchange) for one in shown]


def with_proofs(release: VerifiedRelease, proofs: Sequence[VerifiedProof]) -> VerifiedRelease:
    """Give a release with what proofs (verified, each with its document) show of it: step 6."""
    shown = [one for one in proofs if one.kind is _LEAVES[release.kind] and _said(release.kind, one.document) == release.document]
    if not shown:
        return release
    first = shown[0]
    of_it = [one for one in shown if (one.digest, one.index) == (first.digest, first.index)]
    return replace(release, logged=logged_at((first.digest, first.index), of_it))


def _said(kind: PayloadType, document: Mapping[str, Any] | None) -> Any:
    """Give what was signed by what was logged of it: of counts it is a member, of the catalogue all but the time of the leaf."""
    if document is None:
        return None
    if kind is PayloadType.PREVENTION_RELEASE:
        return document.get("document")
    return {name: one for name, one in document.items() if name != "recorded_at"}


def _shown(value: object) -> Iterator[tuple[object, object]]:
    """Give each envelope with what is shown beside it (None: nothing)."""
    if isinstance(value, dict) and "payloadType" in value:
        yield value, None
        return
    listed = member_of(value, "releases") if member_of(value, "envelope") is None else [value]
    if not isinstance(listed, list) or not listed:
        raise MalformedInputError("This is no release, and no list of releases with what was signed of them.", pointer="")
    for one in listed:
        yield member_of(one, "envelope"), one


def _release(shown: tuple[object, object], keys: Sequence[ExchangeKey], exchange: str | None) -> VerifiedRelease:
    envelope, beside = shown
    is_counts = member_of(envelope, "payloadType") == PayloadType.PREVENTION_RELEASE
    kind = PayloadType.PREVENTION_RELEASE if is_counts else PayloadType.CATALOGUE_RELEASE
    opened = open_stated(envelope, kind, keys)
    type_name, members, number_name = _FORMS[kind]
    with at_step(4):
        document = parse(opened.payload)
        if not isinstance(document, dict) or document.keys() != members or document["type"] != type_name:
            raise MalformedInputError(f"The payload is no {type_name}.", pointer="/payload")
        if type(document[number_name]) is not int or not _is_name(document["previous"]):
            raise MalformedInputError(f"The payload is no {type_name}.", pointer="/payload")
        if canonical_bytes(document) != opened.payload:
            raise MalformedInputError("The payload is not in its one spelling (RFC 8785).", pointer="/payload")
        if exchange is not None and document["exchange"] != exchange:
            raise MalformedInputError("The release is another exchange's.", pointer="/payload")
        for name in sorted(document.keys() & _BESIDE):
            if beside is not None and member_of(beside, name) != document[name]:
                raise MalformedInputError("What is shown beside the envelope is not what was signed.", pointer=f"/{name}")
    digest = hashlib.sha256(opened.payload).hexdigest() if is_counts else str(document["digest"])
    return VerifiedRelease(kind, document[number_name], document, opened.keyid, digest)


def _is_name(value: object) -> bool:
    return value is None or isinstance(value, str)
