"""Drafts of the letters to whoever asked, as text: what is held in categories, never a selector, an id or a partner's name.

Owns the templates, which ``docs/data-protection/letters.md`` shows with the same words, and which are no legal advice. Who sends
them, and to whom, is not known here. Kept by ``tests/services/subjects/test_letters.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum, unique
from types import MappingProxyType

from app.domain.errors import ConflictError
from app.domain.partner import Principal
from app.domain.subject_request import SubjectAct, SubjectGround, SubjectRequest
from app.services.exchange import Exchange
from app.services.subjects.open_request import protecting_person
from app.services.subjects.show_request import Finding, SeenRequest, get_request


@unique
class Letter(StrEnum):
    """Which letter."""

    ANSWER = "answer"
    ERASURE = "erasure"
    EXTENSION = "extension"
    REFUSAL = "refusal"


_HEAD = """Reference: {reference}
Received: {received}

You asked us about data on yourself ({right}).
"""

_FOOT = """
You may complain to a data-protection supervisory authority, and you may go to court. Write to us under the reference above.
"""

TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "held": """
We hold data that match what you gave us. Statements: {count}; kinds: {kinds}.
They were given to us by organisations of this exchange (number: {owners}) and are kept to prevent the sexual abuse of children
online. Organisations to which they were passed on: {recipients}; purposes for which these read them: {purposes}.
How long they are shown at most: until {until}; or until whoever stated them withdraws them.

You may ask for a copy, have what is wrong corrected, have data erased or their use restricted, and object.
""",
        "nothing-held": """
We hold nothing that matches what you gave us.
""",
        "withheld": """
We neither confirm nor deny that we hold data that match what you gave us. The law lets us say no more where that would harm the
rights of others, or the prevention and investigation of crime. A supervisory authority can look into it for you.
""",
        "extension": """
We cannot answer within a month: {ground}. We will answer by {deadline}.
""",
        "refusal": """
We do nothing about your request: {ground}.
""",
        "erasure": """
Data that matched what you gave us were erased (statements: {count}). Everybody to whom they had been passed on is asked to delete
them. Copies in backups end with these; what is restored from one is erased again.
""",
    }
)
"""The body of each letter; a head and a foot come around it."""

_GROUNDS: Mapping[SubjectGround, str] = MappingProxyType(
    {
        SubjectGround.COMPLEX: "your request is complex",
        SubjectGround.EXCESSIVE: "it is manifestly unfounded or excessive",
        SubjectGround.IDENTITY_UNCONFIRMED: "we could not confirm that it is you who asks",
        SubjectGround.LAW_ENFORCEMENT: "the law allows us to withhold it",
        SubjectGround.LEGAL_CLAIMS: "the data are needed for legal claims",
        SubjectGround.MANY_REQUESTS: "we have received many requests",
        SubjectGround.RIGHTS_OF_OTHERS: "it would harm the rights of others",
    }
)
_WITHHOLDING = frozenset({SubjectGround.LAW_ENFORCEMENT, SubjectGround.RIGHTS_OF_OTHERS})


def draft(exchange: Exchange, principal: Principal, request_id: str, letter: Letter) -> str:
    """Give the draft of a letter by how the request stands.

    Raises:
        ConflictError: there is nothing yet that this letter could say.
        ForbiddenError: the caller does not protect data here, or is no person.
        NotFoundError: there is no such request.
    """
    protecting_person(principal)
    seen = get_request(exchange, principal, request_id)
    return _around(seen.request, _BODIES[letter](seen))


def _around(request: SubjectRequest, body: str) -> str:
    head = _HEAD.format(reference=request.reference, received=f"{request.received_at:%Y-%m-%d}", right=request.right)
    return head + body + _FOOT


def _answer(seen: SeenRequest) -> str:
    request = seen.request
    if request.looked_up_at is None or request.wiped_at is not None:
        raise ConflictError("There is nothing that was looked up.")
    ground = request.answer_ground
    if ground in _WITHHOLDING:
        return TEMPLATES["withheld"]
    found = seen.findings or ()
    return _held(found) if found else TEMPLATES["nothing-held"]


def _held(found: Sequence[Finding]) -> str:
    kinds = Counter(one.stix_id.partition("--")[0] for one in found)
    return TEMPLATES["held"].format(
        count=len(found),
        kinds=", ".join(sorted(kinds)),
        owners=len({one.owner_id for one in found}),
        recipients=len({name for one in found for name in one.told}),
        purposes=", ".join(sorted({str(purpose) for one in found for purpose in one.told_purposes})) or "none",
        until=_latest(found),
    )


def _latest(found: Sequence[Finding]) -> str:
    """Give the last day on which any of it is shown; what has no end says so."""
    last = max(one.visible_until for one in found)
    return "no stated end" if last.year == _NO_END else f"{last:%Y-%m-%d}"


_NO_END = 9999


def _extension(seen: SeenRequest) -> str:
    request = seen.request
    if request.extension_ground is None:
        raise ConflictError("The deadline was not extended.")
    return TEMPLATES["extension"].format(ground=_GROUNDS[request.extension_ground], deadline=f"{request.deadline:%Y-%m-%d}")


def _refusal(seen: SeenRequest) -> str:
    grounds = [one.ground for one in seen.deeds if one.act is SubjectAct.REJECTION and one.ground is not None]
    if not grounds:
        raise ConflictError("The request was not rejected.")
    return TEMPLATES["refusal"].format(ground=_GROUNDS[grounds[-1]])


def _erasure(seen: SeenRequest) -> str:
    count = sum(one.count for one in seen.deeds if one.act is SubjectAct.ERASURE)
    if not count:
        raise ConflictError("Nothing was erased.")
    return TEMPLATES["erasure"].format(count=count)


_BODIES = MappingProxyType(
    {Letter.ANSWER: _answer, Letter.ERASURE: _erasure, Letter.EXTENSION: _extension, Letter.REFUSAL: _refusal}
)
