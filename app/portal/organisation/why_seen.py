"""Why somebody sees an object of one's own, or does not: one object, one reader and one purpose, by voice and clause.

Owns the page. About others' objects nothing is told, whether they are hidden or not there. Nothing is read for it, and a partner
asks about its own alone, so that it counts towards no limit; that is ``explain``'s. Kept by
``tests/portal/organisation/test_why_seen.py``.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Response, request

from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.domain.vocabulary import Channel, Purpose
from app.policy.clauses import Voice
from app.portal.organisation.blueprint import OrganisationBlueprint, own_partner, principal
from app.portal.pages import page
from app.portal.plain_words import called, offered, pairs, spoken
from app.portal.policy_words import why_words
from app.portal.words import gettext
from app.services.explaining.explain import Explanation, PolicyQuestion, explain
from app.services.explaining.members_told import members_told
from app.web.context import exchange

blueprint = OrganisationBlueprint("own_policy")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,248}--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_ASKED = ("object", "partner", "purpose", "channel")


@blueprint.page("/organisation/why", Permission.POLICY_READ, query=_ASKED)
def show() -> Response:
    """Ask about an object, and show why it is seen or not."""
    asked = {name: request.args.get(name, "").strip() for name in _ASKED}
    known: dict[str, Any] = {"asked": asked, "found": None, "faults": [], "voices": offered(Voice), **_to_choose()}
    if not asked["object"]:
        return page("organisation/why_seen.html", **known)
    known["faults"] = list(_faults(asked))
    if known["faults"]:
        return page("organisation/why_seen.html", HTTPStatus.UNPROCESSABLE_ENTITY, **known)
    found = _explained(asked)
    reader = dict(known["members"]).get(asked["partner"] or own_partner().partner_id, "")
    return page("organisation/why_seen.html", HTTPStatus.OK if found else HTTPStatus.NOT_FOUND, **known | found, reader=reader)


def _faults(asked: dict[str, str]) -> list[tuple[str, str]]:
    faults = [("object", gettext("This is no id of an object; it looks like indicator--, then 36 letters and digits."))]
    faults = [] if _ID.fullmatch(asked["object"]) else faults
    if asked["purpose"] not in set(Purpose):
        faults.append(("purpose", gettext("Choose one of the purposes.")))
    if asked["channel"] not in {*Channel, ""}:
        faults.append(("channel", gettext("Choose one of the ways.")))
    return faults


def _explained(asked: dict[str, str]) -> dict[str, Any]:
    """Give what is told; nothing where the object is another's, hidden or not there, which are one."""
    reader_id, channel = asked["partner"] or own_partner().partner_id, Channel(asked["channel"] or Channel.PORTAL)
    question = PolicyQuestion(asked["object"], reader_id, Purpose(asked["purpose"]), channel)
    try:
        [found] = explain(exchange(), principal(), question)
    except NotFoundError:
        return {}
    return {"found": found, "verdict": spoken(found.told.verdict), "why": why_words(found.told), "voice": _voice(found)}


def _voice(found: Explanation) -> str | None:
    return None if found.told.voice is None else called(found.told.voice)


def _to_choose() -> dict[str, Any]:
    """Give the organisations, purposes and ways of which one is asked about."""
    own_id = own_partner().partner_id
    told = {one.partner_id: one.name for one in members_told(exchange(), principal())}
    others = sorted(((one_id, name) for one_id, name in told.items() if one_id != own_id), key=lambda one: one[1])
    purposes = pairs(offered(Purpose))
    ways = [(one, called(one)) for one in (Channel.PORTAL, *(each for each in Channel if each is not Channel.PORTAL))]
    return {"members": [(own_id, told.get(own_id, own_partner().name)), *others], "purposes": purposes, "ways": ways}
