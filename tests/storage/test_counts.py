from __future__ import annotations

from app.domain.vocabulary import Harm
from app.storage import counts
from app.storage.session import Database
from tests.storage import samples


def test_versions_are_counted_by_what_they_are_the_most_first(exchange: Database) -> None:
    stored = samples.publish(
        exchange,
        [Harm.CSAM],
        samples.checked(facets=[("harm", "csam"), ("behaviour", "OP-012"), ("urgency", "historic")]),
        samples.checked(facets=[("harm", "csam"), ("surface", "live-stream")], owner_id=samples.OTHER_OWNER),
        samples.checked(facets=[("harm", "live-streamed-csa")]),
        samples.checked(facets=[("harm", "csam")]),
    )
    with exchange.read() as connection:
        counted = counts.by_kind(connection, stored[:3])
        assert counts.by_kind(connection, []) == {one: {} for one in counted}
    assert counted == {
        "type": {"indicator": 3},
        "owner": {samples.OWNER: 2, samples.OTHER_OWNER: 1},
        "behaviour": {"OP-012": 1},
        "harm": {"csam": 2, "live-streamed-csa": 1},
        "phase": {},
        "surface": {"live-stream": 1},
    }
    assert list(counted["harm"]) == ["csam", "live-streamed-csa"]
