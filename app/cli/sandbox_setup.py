"""Setting the sandbox's partners up, through the public routes only, as two operators and as the partners themselves.

Owns the order of the calls. Every step looks first whether it was done before, so that a set-up that was killed is finished by
the next one. Kept by ``tests/cli/test_sandbox_setup.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.audiences import register_audience
from app.cli.credentials import new_credential
from app.cli.durable_files import create_private, write_whole
from app.cli.keys import register_key
from app.cli.listings import all_of
from app.cli.sandbox_partners import PracticePartner, agreement_document
from app.domain.vocabulary import ANY, KeyUsage, PartnerState, Role, Tlp

if TYPE_CHECKING:
    from app.cli.api import Api

_DAYS = 365


@dataclass(frozen=True, slots=True)
class Setup:
    """What setting up needs: the two operators' connections, how to connect as somebody else, a folder for keys, and a memory.

    ``tokens`` are those of partners that were issued before; ``remember`` keeps a new one before it is used.
    """

    first: Api
    second: Api
    connect: Callable[[str], Api]
    keys: Path
    tokens: Mapping[str, str]
    remember: Callable[[str, str], None]


def set_up_partner(setup: Setup, practice: PracticePartner) -> dict[str, Any]:
    """Bring one partner into the state its row describes, and give its record for ``sandbox.json``."""
    enrolled = _enrolled(setup.first, practice)
    token = setup.tokens.get(practice.name) or _issued(setup, practice, enrolled["id"])
    private_key = key_file(setup.keys, practice.name)
    keyid = _keyid(private_key)
    request_key = key_file(setup.keys, f"{practice.name}.requests")
    if enrolled["state"] == PartnerState.ACTIVE:
        partner = setup.connect(token)
        _register_key(setup, partner, private_key)
        _register_key(setup, partner, request_key, KeyUsage.REQUEST_SIGNING)
        _agree(setup, practice, enrolled["id"], _default_audience(partner, practice, private_key))
        _add_contact(partner, practice)
        if practice.is_suspended:
            setup.first.patch(f"/partners/{enrolled['id']}", {"state": PartnerState.SUSPENDED.value})
    return {
        "name": practice.name,
        "role": practice.role.value,
        "id": enrolled["id"],
        "purpose": practice.purpose.value,
        "keyid": keyid,
        "private_key": str(private_key),
        "request_key": str(request_key),
        "token": token,
        "basic": {"username": practice.name, "password": token},
        "identity_id": enrolled["identity_id"],
        "jurisdiction": practice.jurisdiction,
    }


def _enrolled(operator: Api, practice: PracticePartner) -> dict[str, Any]:
    known = [one for one in operator.get("/partners")["partners"] if one["name"] == practice.name]
    wanted = {"name": practice.name, "role": practice.role.value, "jurisdiction": practice.jurisdiction}
    found: dict[str, Any] = known[0] if known else operator.post("/partners", wanted)
    return found


def _issued(setup: Setup, practice: PracticePartner, partner_id: str) -> str:
    # The ceiling is RED because it holds for one's own objects, too; others' RED objects no token is ever given.
    wanted = new_credential("practice", _DAYS, purpose=practice.purpose.value, tlp_ceiling=Tlp.RED.value)
    token: str = setup.first.post("/credentials", wanted | {"partner_id": partner_id})["token"]
    setup.remember(practice.name, token)
    return token


def key_file(folder: Path, name: str) -> Path:
    """Give the file of a partner's private key, made if it is not there; the public one is beside it."""
    from breakwater_client.signing.make_keys import new_key

    private = folder / f"{name}.pem"
    if not private.exists():
        made = new_key()
        write_whole(folder / f"{name}.pub.pem", made.public_pem)
        create_private(private, made.private_pem)
    return private


def _keyid(private_key: Path) -> str:
    from breakwater_client.signing.make_keys import read_private_key

    return read_private_key(private_key.read_bytes()).public.keyid


def _register_key(setup: Setup, partner: Api, private_key: Path, usage: KeyUsage = KeyUsage.OBJECT_SIGNING) -> None:
    keyid = _keyid(private_key)
    states = {one["key"]["keyid"]: one["key"]["state"] for one in partner.get("/keys")["keys"]}
    if keyid not in states:
        states[keyid] = register_key(partner, private_key.read_bytes(), usage)["state"]
    if states[keyid] == "pending":
        setup.second.post(f"/keys/{keyid}/activation")


def _default_audience(partner: Api, practice: PracticePartner, private_key: Path) -> str | None:
    if not practice.has_default_audience or not practice.submits:
        return None
    everybody = {"roles": [ANY], "jurisdictions": [ANY]}
    known = [one for one in all_of(partner, "/audiences", "audiences") if one["roles"] == [ANY] and one["jurisdictions"] == [ANY]]
    record = known[0] if known else register_audience(partner, private_key.read_bytes(), everybody)
    audience_id: str = record["audience_id"]
    return audience_id


def _add_contact(partner: Api, practice: PracticePartner) -> None:
    """Let agencies and hotlines be on call; nothing is sent, for the sandbox has no mail server, but their pages show."""
    if practice.role in {Role.HOTLINE, Role.LAW_ENFORCEMENT} and not partner.get("/contacts")["contacts"]:
        partner.post("/contacts", {"label": "duty officer (synthetic)", "email": f"duty@{practice.name}.example.org"})


def _agree(setup: Setup, practice: PracticePartner, partner_id: str, audience_id: str | None) -> None:
    """Make the agreement: one operator proposes it, the other approves; what was proposed before a kill is approved now."""
    if setup.first.get("/agreements", partner_id=partner_id)["agreements"]:
        return
    waiting = [one for one in _open_proposals(setup.second) if one["subject"] == partner_id]
    terms = agreement_document(practice, partner_id, audience_id) | {"reason": "A practice partner of the sandbox."}
    proposed = waiting[0] if waiting else setup.first.post("/agreements/proposals", terms)
    setup.second.post(f"/approvals/{proposed['id']}/approval", {"digest": proposed["digest"], "reason": "As it is to be."})


def _open_proposals(operator: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = operator.get("/approvals", state="proposed")["approvals"]
    return found
