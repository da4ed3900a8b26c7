"""``/contacts``: whom a partner has paged at imminent risk. Kept by ``tests/http/test_contacts.py``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.domain.permissions import Permission
from app.http.blueprint import ApiBlueprint
from app.http.idempotency import use_of_key
from app.http.paging_payloads import ContactPayload, ContactsPayload, NewContactPayload, RemovedPayload
from app.http.payloads import NothingPayload
from app.services.membership import keep_contacts as service
from app.web.context import exchange, principal

blueprint = ApiBlueprint("contacts", "A partner's contacts around the clock; they are personal data.")


@blueprint.get("/contacts", Permission.CONTACTS_READ)
@blueprint.answers(HTTPStatus.OK, ContactsPayload)
def find_all() -> dict[str, Any]:
    """List one's own contacts in the order in which they are called; operators see all."""
    return {"contacts": service.list_contacts(exchange(), principal())}


@blueprint.post("/contacts", Permission.CONTACTS_WRITE)
@blueprint.body(NewContactPayload)
@blueprint.answers(HTTPStatus.CREATED, ContactPayload)
def add(new: service.NewContact) -> service.ContactRecord:
    """Add a contact to one's own organisation."""
    return service.add_contact(exchange(), principal(), new, use_of_key())


@blueprint.post("/contacts/<contact_id>/removal", Permission.CONTACTS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, RemovedPayload)
def remove(_nothing: dict[str, Any], contact_id: str) -> dict[str, str]:
    """Erase a contact; under the same idempotency key again it is no error."""
    service.remove_contact(exchange(), principal(), contact_id, use_of_key())
    return {"id": contact_id}


@blueprint.post("/contacts/<contact_id>/test", Permission.CONTACTS_WRITE)
@blueprint.body(NothingPayload)
@blueprint.answers(HTTPStatus.OK, ContactPayload)
def try_one(_nothing: dict[str, Any], contact_id: str) -> service.ContactRecord:
    """Have a test mail sent to a contact; what became of it shows in its last mail."""
    return service.try_contact(exchange(), principal(), contact_id, use_of_key())
