"""What counts as what, and what does not count."""

from __future__ import annotations

from app.domain.prevention import AdoptionState, Cell, EffectBand, Measure
from app.domain.vocabulary import PartnerState, Role, Surface
from app.policy.aggregates import Look
from app.services.cataloguing.current import current_catalogue
from app.services.membership.enrol_partner import change_state
from app.services.membership.relate_partners import Relations, relate_partner
from app.services.preventing.contributions import look
from tests.factories.contributors import LIMITS, LIVE, REPEATED_ROOMS, adopt, contributors, saw
from tests.factories.members import Hub, Member
from tests.factories.policy_values import DAY
from tests.factories.stix_objects import context, indicator

ON = Cell(Measure.ON_SURFACE, LIVE)
ADOPTED = Cell(Measure.ADOPTED, LIVE, countermeasure=LIMITS)
REPORTED = Cell(Measure.REPORTED, LIVE, REPEATED_ROOMS)


def effect(measure: Measure) -> Cell:
    return Cell(measure, LIVE, REPEATED_ROOMS, LIMITS)


def looked(hub: Hub) -> Look:
    with hub.exchange.database.read() as connection:
        return look(connection, current_catalogue(connection), hub.clock.now)


def ids(*members: object) -> dict[str, int]:
    return {one.partner.partner_id: 1 for one in members}  # type: ignore[attr-defined]  # principals of partners


def rooms(**changes: object) -> dict[str, object]:
    said = context(surfaces=["live-stream"], behaviours=[REPEATED_ROOMS], **changes)
    return indicator(extensions=said)


def test_states_and_bands_count_as_what_they_say(hub: Hub) -> None:
    a, b, c, d, e = contributors(hub.exchange, hub.operator, 5)
    adopt(hub.exchange, (a, b, c, d))
    adopt(hub.exchange, (e,), state=AdoptionState.PLANNED)
    saw(hub.exchange, (a,), EffectBand.STRONG)
    saw(hub.exchange, (b,), EffectBand.SLIGHT)
    saw(hub.exchange, (c,), EffectBand.ADVERSE)
    saw(hub.exchange, (d,), EffectBand.UNKNOWN)
    seen = looked(hub)
    assert seen.contributions == {
        ON: ids(a, b, c, d, e),
        ADOPTED: ids(a, b, c, d),
        effect(Measure.HELPED): ids(a, b),
        effect(Measure.HELPED_MUCH): ids(a),
        effect(Measure.NOT_HELPED): ids(c),
        effect(Measure.ADVERSE): ids(c),
    }
    assert seen.everybody == frozenset(ids(a, b, c, d, e))
    saw(hub.exchange, (a,), EffectBand.NONE)
    adopt(hub.exchange, (b,), state=AdoptionState.ENDED)
    later = looked(hub).contributions
    assert later[effect(Measure.NOT_HELPED)] == ids(a, c)
    assert effect(Measure.HELPED) not in later
    assert later[ADOPTED] == ids(a, c, d)
    assert later[ON] == ids(a, b, c, d, e)


def test_parts_of_a_company_count_once_and_who_left_no_more(quick_hub: Hub) -> None:
    hub = quick_hub
    parent, part, other = contributors(hub.exchange, hub.operator, 3)
    assert parent.partner is not None
    assert part.partner is not None
    assert other.partner is not None
    relate_partner(hub.exchange, hub.operator, part.partner.partner_id, Relations(parent.partner.partner_id, frozenset()))
    adopt(hub.exchange, (parent, part, other))
    assert looked(hub).contributions[ADOPTED] == ids(parent, other)
    change_state(hub.exchange, hub.operator, other.partner.partner_id, PartnerState.SUSPENDED)
    assert looked(hub).contributions[ADOPTED] == ids(parent)
    assert looked(hub).everybody == frozenset(ids(parent))


def test_indicators_of_a_quarter_count_by_behaviour_and_surface(hub: Hub) -> None:
    platform, agency = hub.enrol("Platform A"), hub.enrol("Agency A", Role.LAW_ENFORCEMENT)
    first = rooms()
    platform.store(first, rooms())
    agency.store(rooms())
    seen = looked(hub)
    assert seen.contributions == {REPORTED: {platform.id: 2}, ON: {platform.id: 1}}
    assert agency.id not in seen.everybody
    hub.clock.pass_time(92 * DAY)
    assert looked(hub).contributions == {}


def test_what_nobody_sees_any_more_does_not_count(quick_hub: Hub, publisher: Member) -> None:
    from app.services.intake.withdraw import WithdrawalRequest, withdraw  # noqa: PLC0415  # what only this test needs

    kept, gone = rooms(), rooms()
    publisher.store(kept, gone)
    publisher.store(indicator(extensions=context(surfaces=["voice"])))
    withdraw(quick_hub.exchange, publisher.principal, WithdrawalRequest(str(gone["id"])))
    assert looked(quick_hub).contributions[REPORTED] == {publisher.id: 1}
    assert Cell(Measure.ON_SURFACE, Surface.VOICE) not in looked(quick_hub).contributions


def test_codes_that_the_catalogue_does_not_have_count_no_more(quick_hub: Hub) -> None:
    from dataclasses import replace  # noqa: PLC0415  # what only this test needs

    hub = quick_hub
    [one] = contributors(hub.exchange, hub.operator, 1)
    adopt(hub.exchange, (one,))
    saw(hub.exchange, (one,), EffectBand.STRONG)
    with hub.exchange.database.read() as connection:
        catalogue = current_catalogue(connection)
        behaviours = tuple(
            replace(known, retired_in=2) if known.code == REPEATED_ROOMS else known for known in catalogue.behaviours
        )
        later = look(connection, replace(catalogue, behaviours=behaviours), hub.clock.now)
        assert later.contributions.keys() == {ON, ADOPTED}
        without = look(connection, replace(catalogue, countermeasures=()), hub.clock.now)
        assert without.contributions == {}
