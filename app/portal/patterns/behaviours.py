"""One behaviour: what it is, how it may be seen, how much of it is, what there is against it and what helped.

Kept by ``tests/portal/patterns/test_behaviours.py``.
"""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from app.domain.catalogue import Behaviour
from app.domain.errors import NotFoundError
from app.domain.permissions import Permission
from app.domain.prevention import Measure
from app.domain.vocabulary import Surface
from app.portal.blueprint import PortalBlueprint
from app.portal.charts.columns import Series, columns_over_time
from app.portal.charts.drawing import Chart
from app.portal.cookies import signed_in
from app.portal.patterns.against import against
from app.portal.patterns.asked import asked, in_force, may, sees_sightings
from app.portal.patterns.number_words import told_in_words
from app.portal.patterns.pages import pattern_page
from app.portal.plain_words import pairs
from app.portal.reading import own_reader
from app.portal.words import gettext
from app.services.preventing.read import Answer, what_helped
from app.services.weighing.sightings_over_time import WeeklySightings, sightings_over_time
from app.web.context import exchange

blueprint = PortalBlueprint("behaviours", section="patterns.show")


@blueprint.page("/patterns/behaviours/<code>", query=["surface"], for_everybody=True)
def show(code: str) -> Response:
    """Show a behaviour of the newest release, one that is retired too."""
    catalogue = in_force()
    found = catalogue.behaviours_by_code.get(code)
    if found is None:
        raise NotFoundError
    surface = asked().surface
    known: dict[str, Any] = {
        "behaviour": found,
        "against": against(catalogue, code),
        "surface": surface,
        "surfaces": pairs(found.surfaces),
    }
    words: dict[str, Any] = {"told_in_words": told_in_words, "Measure": Measure}
    return pattern_page(
        "behaviour.html", **known, **words, chart=_chart(found), helped=_helped(found, surface), finds=_finds(code)
    )


def _chart(behaviour: Behaviour) -> Chart | None:
    """Draw what one's organisation sees; None for whoever sees no sightings."""
    if not sees_sightings():
        return None
    return drawn(sightings_over_time(exchange(), own_reader(), frozenset({behaviour.code})), behaviour)


def drawn(weekly: WeeklySightings, behaviour: Behaviour) -> Chart:
    """Draw sightings of a behaviour by week, those that say it was not seen beside them."""
    own = weekly.of(behaviour.code)
    label = gettext("Sightings of %(code)s that we see, by week") % {"code": behaviour.code}
    if not any(own.seen) and not any(own.not_seen):
        return columns_over_time([], label)
    seen = Series(gettext("Seen"), list(zip(weekly.weeks, own.seen, strict=True)))
    not_seen = Series(gettext("Looked for, and not seen"), list(zip(weekly.weeks, own.not_seen, strict=True)))
    return columns_over_time([seen, not_seen] if any(own.not_seen) else [seen], label)


def _helped(behaviour: Behaviour, surface: Surface | None) -> Answer | None:
    """Give what releases tell, of the surface that was asked for; None without one, and for whoever reads no releases."""
    if surface is None or behaviour.retired_in is not None or not may(Permission.PREVENTION_READ):
        return None
    return what_helped(exchange(), signed_in().principal, behaviour.code, surface)


def _finds(code: str) -> str | None:
    """Give where indicators that name a behaviour are found; None for whoever reads no objects."""
    if not may(Permission.OBJECTS_READ):
        return None
    return url_for("search.show", behaviour=code, type="indicator")
