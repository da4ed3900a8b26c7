"""What a browser's script would do with a key of P-256, without a browser."""

from __future__ import annotations

import json
from typing import Any

from app.domain.vocabulary import KeyAlgorithm
from breakwater_client.trust.envelope import pae
from breakwater_client.trust.keys import PrivateKey
from breakwater_client.trust.possession import prove_possession
from breakwater_client.trust.strict_base64 import encode_base64
from tests.factories.portal_visitors import Page, Visitor


def browser_key() -> PrivateKey:
    """Make a key as WebCrypto makes it."""
    return PrivateKey.generate(KeyAlgorithm.P256)


def register(visitor: Visitor, key: PrivateKey) -> Page:
    """Register a key as the page's script does."""
    visitor.get("/signing/browser-key")
    word = visitor.page
    begun = json.loads(visitor.post("/signing/browser-key/challenge").text)
    proof = prove_possession(key, begun["challenge"], begun["partner_id"])
    visitor.page = word
    given = {"public_key": key.public.to_pem().decode(), "challenge": begun["challenge"], "proof": proof}
    return visitor.post("/signing/browser-key", given)


def asked(visitor: Visitor, task_id: str, key: PrivateKey) -> dict[str, Any]:
    """Ask for the bytes to sign, and come back to the page."""
    shown = visitor.get(f"/signing/tasks/{task_id}/in-this-browser")
    answer = visitor.post(f"/signing/tasks/{task_id}/to-sign", {"keyid": key.public.keyid})
    assert answer.status == 200, answer.words
    visitor.page = shown
    found: dict[str, Any] = json.loads(answer.text)
    return found


def hand_in(visitor: Visitor, task_id: str, key: PrivateKey, **changes: Any) -> Page:
    """Sign a task as the page's script does, and send the form; ``changes`` are of its fields."""
    begun = asked(visitor, task_id, key)
    sigs = [encode_base64(key.sign(pae(begun["payload_type"], one.encode()))) for one in begun["payloads"]]
    given = {"keyid": key.public.keyid, "signed_at": begun["signed_at"], "signatures": json.dumps(sigs)}
    return visitor.post(f"/signing/tasks/{task_id}/signed", given | changes)
