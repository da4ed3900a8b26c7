"""The proofs of an object, checked in the reader's own browser: signature, place in the log, and the log's signature.

Owns what the page gives the script (``static/proofs.js``), and the words for what each step shows and what it does not. Kept by
``tests/portal/finding/test_proof_page.py`` and, with a byte changed, ``tests/browser/test_finding.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response

from app.domain.permissions import Permission
from app.portal.blueprint import PortalBlueprint
from app.portal.finding.names import names_told
from app.portal.finding.object_page import is_own
from app.portal.finding.titles import title_of
from app.portal.pages import page
from app.portal.reading import for_a_purpose, own_reader
from app.services.showing.proof import provable_object
from app.web.context import exchange

blueprint = PortalBlueprint("object_proofs", section="search.show")


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One step: the script's name for it, what it shows once it holds, and what it does not show."""

    name: str
    shows: str
    shows_not: str


STEPS = (
    ProofStep("text", "The text is one JSON object, and exactly the form that is signed (RFC 8785).", "Whether it is true."),
    ProofStep(
        "key",
        "The signature names a key that the directory lists, for the identity that claims to have signed.",
        "Who stands behind that identity: compare the key's id with what the publisher told you by another way.",
    ),
    ProofStep(
        "signature",
        "That key signed every member of the object as it stands here.",
        "The signer's clock, and whether the object was changed or recalled since.",
    ),
    ProofStep(
        "log",
        "From exactly this content a path of hashes leads to the root of the log's checkpoint.",
        "To whom else it was shown.",
    ),
    ProofStep(
        "checkpoint",
        "The exchange signed that checkpoint, so it cannot take the object back out of its log unnoticed.",
        "Whether others are shown the same log: compare checkpoints with theirs.",
    ),
    ProofStep(
        "date",
        "The exchange says by when its log held this.",
        "Whether its clock was right: that is its word, unless an independent witness says so, too.",
    ),
)


@blueprint.page("/objects/<stix_id>/proofs", Permission.OBJECTS_READ)
@for_a_purpose
def show(stix_id: str) -> Response:
    """Show what proves an object, and let the browser check it."""
    found, names = provable_object(exchange(), own_reader(), stix_id), names_told()
    return page(
        "finding/proofs.html",
        stix_id=stix_id,
        title=title_of(found.statements[0].stated.value),
        is_own=is_own([one.stated.version.owner_id for one in found.statements]),
        found=found,
        names=names,
        steps=STEPS,
        texts=[one.stated.body.decode() for one in found.statements],
        given=[json.dumps({"proof": one.proof, "attestation": _read(one.stated.attestation)}) for one in found.statements],
        keys=json.dumps({"keys": dict(found.keys), "origin": found.origin}),
    )


def _read(attestation: str | None) -> object:
    return None if attestation is None else json.loads(attestation)
