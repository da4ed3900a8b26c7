"""Where numbers are, for whoever asked where there are none."""

from __future__ import annotations

from app.domain.prevention import Measure
from app.domain.vocabulary import Surface
from app.services.cataloguing.founding import founding
from app.services.preventing.elsewhere import OtherSurface, Place, nearest_places, nearest_surfaces
from tests.factories.released import numbers

OP = founding().behaviours_by_code
EXTORTION, FOR_MONEY, ROOMS = OP["OP-012"], OP["OP-013"], OP["OP-017"]


def test_the_behaviour_elsewhere_comes_first_then_others_here_and_near_surfaces_before_far_ones() -> None:
    told = numbers(
        (Measure.HELPED, Surface.LIVE_STREAM, "OP-012", "CM-007", 9),
        (Measure.HELPED, Surface.LIVE_STREAM, "OP-017", "CM-007", 9),
        (Measure.HELPED, Surface.LIVE_STREAM, "OP-013", "CM-015", 9),
        (Measure.ADVERSE, Surface.FILE_HOSTING, "OP-012", "CM-016", 9),
        (Measure.HELPED, Surface.VIDEO_CALL, "OP-012", "CM-017", 9),
        (Measure.HELPED_MUCH, Surface.VIDEO_CALL, "OP-012", "CM-012", 9),
        (Measure.ADOPTED, Surface.GAMING, "", "CM-012", 9),
        (Measure.REPORTED, Surface.GAMING, "OP-012", "", 9),
    )
    assert nearest_places(founding(), told, EXTORTION, Surface.LIVE_STREAM) == (
        Place(Surface.VIDEO_CALL, EXTORTION, ("CM-012", "CM-017")),
        Place(Surface.FILE_HOSTING, EXTORTION, ("CM-016",)),
        Place(Surface.LIVE_STREAM, FOR_MONEY, ("CM-015",)),
        Place(Surface.LIVE_STREAM, ROOMS, ("CM-007",)),
    )


def test_no_more_than_five_places_are_named() -> None:
    told = numbers(*((Measure.HELPED, Surface.GAMING, f"OP-{place:03}", "CM-012", 9) for place in range(1, 12)))
    assert len(nearest_places(founding(), told, EXTORTION, Surface.LIVE_STREAM)) == 5


def test_surfaces_with_reports_are_named_the_nearest_first_with_what_is_most_reported() -> None:
    told = numbers(
        (Measure.REPORTED, Surface.FORUM, "OP-022", "", 20),
        (Measure.REPORTED, Surface.VIDEO_CALL, "OP-017", "", 8),
        (Measure.REPORTED, Surface.VIDEO_CALL, "OP-011", "", 9),
        (Measure.ADOPTED, Surface.GAMING, "", "CM-012", 9),
    )
    assert nearest_surfaces(founding(), told, Surface.LIVE_STREAM) == (
        OtherSurface(Surface.VIDEO_CALL, ("OP-011", "OP-017")),
        OtherSurface(Surface.FORUM, ("OP-022",)),
    )
