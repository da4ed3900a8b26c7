"""Blinding identifiers on a partner's own machine, and finishing what the exchange evaluated to tokens.

Owns the one spelling of each identifier, the two documents (what is kept until the exchange has answered, with identifiers and
what undoes their blinding; and the tokens, without either), and that nothing is finished which the exchange did not prove. Reads
and writes no files, and asks nobody. Kept by ``tests/services/offline/test_blind_identifiers.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.crypto import oprf
from app.crypto.oprf import Evaluation, epoch_of
from app.domain.errors import MalformedInputError, ProfileError, UntrustedSignatureError
from app.domain.observation import ObservableKind
from app.domain.overlap import MOST_AT_ONCE, scoped_input
from app.domain.subject_request import SelectorKind
from app.stix.normalise import normal_value
from app.stix.selectors import normal_selector
from breakwater_client.trust.strict_base64 import decode_base64url, encode_base64url

KINDS = tuple(kind.value for kind in SelectorKind if kind is not SelectorKind.STIX_ID)
MOST_LABEL_CHARACTERS = 200
_NO_STATE = "This is no file of blinded identifiers."
_NOT_LISTED = (
    "The exchange evaluates with another key than its signed directory lists. Tokens of a key for you alone would meet nobody, "
    "or tell yours from others': ask the operators, by another way."
)
_OTHER_EPOCH = "The exchange took a new key meanwhile: blind again."
_COMPOSED = {
    SelectorKind.EMAIL.value: ObservableKind.EMAIL,
    SelectorKind.PHONE.value: ObservableKind.PHONE,
    SelectorKind.URL.value: ObservableKind.URL,
}

Document = dict[str, Any]


def blind_all(scope: str, kind: str, values: Sequence[str], platform: str | None = None) -> Document:
    """Give the document of these identifiers (in any usual spelling), blinded for a scope; it is to be kept private.

    Behind an identifier and a tab may stand the asker's own label of it, which stays in its own files.

    Raises:
        MalformedInputError: none, a kind that is none, or one that is no identifier of its kind; which one, by its number alone.
    """
    if not values or kind not in KINDS:
        raise MalformedInputError(f"Name at least one identifier, of a kind of: {', '.join(KINDS)}.")
    return {"scope": scope, "identifiers": [_blinded(scope, kind, *one, platform) for one in enumerate(values)], "answers": []}


def _blinded(scope: str, kind: str, number: int, line: str, platform: str | None) -> Document:
    value, _, label = line.strip().partition("\t")
    if len(label) > MOST_LABEL_CHARACTERS:
        raise MalformedInputError(f"Identifier {number + 1}: a label has {MOST_LABEL_CHARACTERS} characters at most.")
    try:
        selector = normal_selector(SelectorKind(kind), _written(kind, value), platform)
    except (MalformedInputError, ProfileError) as exc:
        raise MalformedInputError(f"Identifier {number + 1}: {exc.sentence}") from exc
    spelled = selector.value if selector.platform is None else f"{selector.platform}\0{selector.value}"
    blinding = oprf.blind(scoped_input(scope, kind, spelled))
    parts = {"blind": blinding.blind, "element": blinding.element}
    own = {"kind": kind, "value": spelled, "label": label.strip() or None}
    return own | {name: encode_base64url(part) for name, part in parts.items()}


def _written(kind: str, value: str) -> str:
    """Give an identifier as the composer writes it, where it knows a rule for the kind: two spellings of one would never meet."""
    return normal_value(_COMPOSED[kind], value).value if kind in _COMPOSED else value


def to_ask(document: Mapping[str, Any]) -> Iterator[list[str]]:
    """Give the elements that the exchange has still to evaluate, as many at a time as it takes. Nothing else of it is sent.

    Raises:
        MalformedInputError: this is no such document.
    """
    elements = [str(one["element"]) for one in _identifiers(document)]
    for start in range(_answered(document), len(elements), MOST_AT_ONCE):
        yield elements[start : start + MOST_AT_ONCE]


def take_answer(document: Document, answer: Mapping[str, Any], listed: bytes | None) -> None:
    """Add what the exchange answered to the elements that were asked next, once it is proved.

    ``listed``: the public half of the key that a directory lists which the asker has accepted; None: it lists none.

    Raises:
        UntrustedSignatureError: the exchange did not evaluate these, or not with the key that it names, or names another than
            its signed directory lists for everybody.
        MalformedInputError: what it answered has another form, or is of another epoch than what it answered before.
    """
    try:
        sent = next(to_ask(document))
        public, proof = (_bytes(answer[name]) for name in ("public_key", "proof"))
        came = tuple(_bytes(one) for one in answer["elements"])
        epoch = str(answer["epoch"])
    except (KeyError, TypeError, AttributeError, StopIteration) as exc:
        raise MalformedInputError("This is no answer to what was asked.") from exc
    if epoch_of(public) != epoch:
        raise UntrustedSignatureError("The key is not the one that names this epoch.")
    if public != listed:
        raise UntrustedSignatureError(_NOT_LISTED)
    if any(one["epoch"] != epoch for one in document["answers"]):
        raise MalformedInputError(_OTHER_EPOCH)
    oprf.verify(public, [_bytes(one) for one in sent], Evaluation(came, proof))
    document["answers"].append({"epoch": epoch, "elements": list(answer["elements"])})


def finish_all(document: Mapping[str, Any]) -> Document:
    """Give the tokens of identifiers that are all evaluated: scope, epoch, tokens and labels in order, and no identifier.

    Raises:
        MalformedInputError: this is no such document, or some are still to be asked.
    """
    identifiers = _identifiers(document)
    came = [one for answer in document["answers"] for one in answer["elements"]]
    if len(came) != len(identifiers):
        raise MalformedInputError("Some are not evaluated yet: ask first.")
    tokens = [_token(str(document["scope"]), one, element) for one, element in zip(identifiers, came, strict=True)]
    labels = [one.get("label") for one in identifiers]
    return {"scope": document["scope"], "epoch": document["answers"][0]["epoch"], "tokens": tokens, "labels": labels}


def _token(scope: str, identifier: Mapping[str, Any], element: str) -> str:
    given = scoped_input(scope, str(identifier["kind"]), str(identifier["value"]))
    return encode_base64url(oprf.finish(given, _bytes(identifier["blind"]), _bytes(element)))


def token_batches(document: Mapping[str, Any]) -> Iterator[list[str]]:
    """Give the tokens of a document of tokens, as many at a time as the exchange takes.

    Raises:
        MalformedInputError: this is no such document.
    """
    tokens = document.get("tokens")
    if not isinstance(tokens, list) or not tokens or not isinstance(document.get("epoch"), str):
        raise MalformedInputError("This is no file of tokens: finish blinded identifiers first.")
    for start in range(0, len(tokens), MOST_AT_ONCE):
        yield tokens[start : start + MOST_AT_ONCE]


def _identifiers(document: Mapping[str, Any]) -> list[Document]:
    found = document.get("identifiers")
    if not isinstance(found, list) or not found or not isinstance(document.get("answers"), list):
        raise MalformedInputError(_NO_STATE)
    if not all(isinstance(one, dict) and {"kind", "value", "blind", "element"} <= one.keys() for one in found):
        raise MalformedInputError(_NO_STATE)
    return found


def _answered(document: Mapping[str, Any]) -> int:
    return sum(len(one["elements"]) for one in document["answers"])


def _bytes(text: str) -> bytes:
    return decode_base64url(text) or b""
