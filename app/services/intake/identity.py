"""Whether an object is new, already stored, or contradicts what its owner stored before.

Identity is (owner, STIX id, version); only the submitter's own versions are looked at, so that what others hold never changes an
answer. Kept by ``tests/services/intake/test_identity.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.errors import Code, ConflictError, UntrustedSignatureError
from app.domain.stix_object import CheckedObject, ObjectFacts
from app.domain.vocabulary import Assurance


@dataclass(frozen=True, slots=True)
class Held:
    """A version that counts as held: stored before, or accepted earlier in the same envelope."""

    stix_id: str
    version: str
    version_key: str
    payload_digest: bytes
    log_index: int
    is_signed: bool = True
    created_key: str | None = None
    is_revoked: bool = False
    is_withdrawn: bool = False


class Identities:
    """The submitter's held versions under the ids of one envelope."""

    def __init__(self, held: Iterable[Held] = ()) -> None:
        """Start from what is stored, oldest version first."""
        self._held: dict[str, list[Held]] = {}
        for one in held:
            self.add(one)

    def add(self, one: Held) -> None:
        """Count an accepted version as held."""
        self._held.setdefault(one.stix_id, []).append(one)

    def find_same(self, checked: CheckedObject, *, is_own: bool = True) -> Held | None:
        """Give the held version that this object repeats, None if the object is new.

        A cyber-observable repeats one of its versions or is a newer one: old bytes sent again do not become the newest, or
        whoever has them could undo a narrowing. A marking-definition has no versions, so that any other content under its id
        contradicts it. What its owner withdrew stays withdrawn; an observable may be stated anew by its owner (``is_own``),
        and not by who passes its old bytes on.

        Raises:
            ConflictError: ``version-withdrawn``: the version was withdrawn, whatever its content is now.
                ``version-conflict``: the same version is held with other content; the first stays. Or it cannot be a
                version of what is held: another ``created``, or one that would follow a revocation (STIX 2.1 §3.2).
            UntrustedSignatureError: ``signature-missing``: nobody signed this one, and its owner signed others under the id. Else
                whoever has a token, but no key, could let an object of its own govern what was signed.
        """
        facts, digest = checked.facts, checked.verified.payload_digest
        held = self._held.get(facts.stix_id, [])
        rivals = held if _has_one_version(facts) else [one for one in held if one.version_key == facts.version_key]
        withdrawn = [one for one in rivals if one.is_withdrawn]
        if facts.version_key is None and is_own:
            withdrawn = []
        elif facts.version_key is None:
            withdrawn = [one for one in withdrawn if one.payload_digest == digest]
        if withdrawn:
            sentence = "This version was withdrawn by its owner, and does not come back; give the object a newer version."
            raise ConflictError(sentence, code=Code.VERSION_WITHDRAWN, pointer=_version_place(checked))
        rivals = [one for one in rivals if not one.is_withdrawn]
        for rival in rivals:
            if rival.payload_digest == digest:
                return rival
        if checked.verified.assurance is Assurance.CHANNEL_ATTESTED and any(one.is_signed for one in held):
            sentence = "Other versions under this id are signed by their publisher; sign this one too."
            raise UntrustedSignatureError(sentence, code=Code.SIGNATURE_MISSING)
        if rivals and facts.version_key is not None:
            sentence = (
                "This version of the object is stored already with other content, of which its signature is a part; send the "
                "same bytes again, or give a change a newer version."
            )
            raise _conflict(sentence, _version_place(checked))
        _check_succession(facts, held)
        return None


def _check_succession(facts: ObjectFacts, held: Sequence[Held]) -> None:
    """Refuse what STIX 2.1 §3.2 lets no version of an object be, in whatever order the versions arrive."""
    if facts.version_key is None:
        return
    if any(one.created_key not in (None, facts.created_key) for one in held):
        raise _conflict("All versions of an object have the same created; this one has another.", "/created")
    left = [one for one in held if not one.is_withdrawn]  # a revocation that was withdrawn revokes nothing
    if any(one.is_revoked and one.version_key < facts.version_key for one in left):
        raise _conflict("This object is revoked, and no version follows a revocation; state another object.", "/modified")
    if facts.is_revoked and any(one.version_key > facts.version_key for one in left):
        raise _conflict("A revocation is the newest version of its object; give it a newer modified.", "/modified")


def _conflict(sentence: str, pointer: str) -> ConflictError:
    return ConflictError(sentence, code=Code.VERSION_CONFLICT, pointer=pointer)


def _version_place(checked: CheckedObject) -> str:
    return "/modified" if "modified" in checked.verified.parsed.value else "/id"


def _has_one_version(facts: ObjectFacts) -> bool:
    """Whether an object's own text tells no versions apart: an observable's, which the exchange does, and a marking's."""
    return facts.version_key is None or facts.type == "marking-definition"
