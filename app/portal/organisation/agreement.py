"""The agreement in plain words: what may be read and submitted, what of it is left today, and its earlier versions.

Kept by ``tests/portal/organisation/test_agreement.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.domain.agreement import Agreement
from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.policy.agreements import agreement_in_force
from app.portal.agreement_words import changes_in_words
from app.portal.answering.names import names
from app.portal.organisation import terms_in_words
from app.portal.organisation.blueprint import OrganisationBlueprint, own_partner, principal
from app.portal.pages import page
from app.services.limiting.own_use import own_use
from app.services.membership.change_policy import list_agreements, own_terms
from app.services.membership.look_up_agreements import diff_versions, get_agreement
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_agreement")


@blueprint.page("/organisation/agreement", Permission.AGREEMENTS_READ, query=["version"])
def show() -> Response:
    """Show the version in force, or another one that is asked for, and all there are."""
    known = list_agreements(exchange(), principal(), None)
    now = exchange().clock()
    in_force = agreement_in_force(known, now)
    asked = request.args.get("version", "")
    shown = _version(known, asked) if asked else in_force or max(known, key=lambda one: one.version, default=None)
    told: dict[str, Any] = {
        "known": sorted(known, key=lambda one: -one.version),
        "in_force": in_force,
        "shown": shown,
        "now": now,
    }
    by = None if shown is None else get_agreement(exchange(), principal(), own_partner().partner_id, shown.version)
    terms, use = own_terms(exchange(), principal()), own_use(exchange(), principal())
    words: dict[str, Any] = {"say": terms_in_words}
    return page("organisation/agreement.html", **told, **words, by=by, overdue=terms.overdue, use=use)


@blueprint.page("/organisation/agreement/changes", Permission.AGREEMENTS_READ, query=["before", "after"])
def changes() -> Response:
    """Show what changed from one version to another, in words."""
    known = list_agreements(exchange(), principal(), None)
    before, after = (_version(known, request.args.get(name, "")).version for name in ("before", "after"))
    found = diff_versions(exchange(), principal(), own_partner().partner_id, (before, after))
    told = changes_in_words(found["compared_with"][0]["changes"], names().by_id)
    return page("organisation/agreement_changes.html", before=before, after=after, told=told)


def _version(known: list[Agreement], asked: str) -> Agreement:
    found = next((one for one in known if str(one.version) == asked), None)
    if found is None:
        raise NotFoundError
    return found
