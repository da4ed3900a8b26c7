"""The catalogue for people: what offenders do, how much of it is seen, what helps, and how the catalogue is changed."""

from app.portal.patterns import behaviours, countermeasures, declarations, flows, matrix, proposals, releases

BLUEPRINTS = (
    behaviours.blueprint,
    countermeasures.blueprint,
    declarations.blueprint,
    flows.blueprint,
    matrix.blueprint,
    proposals.blueprint,
    releases.blueprint,
)
