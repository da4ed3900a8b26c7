"""A changed, deleted or inserted row is found in each table that the log commits to, and an untouched log passes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.services.checking.check_log import Checked, check_log, tree_size
from app.services.do_work import ensure_periodic_work
from app.storage.session import Database
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub, Member, started_hub
from tests.factories.stix_objects import TLP_RED, indicator
from tests.factories.tampering import lift_guards
from tests.services.checking.eventful import live
from tests.services.checking.tampered_rows import NAMES, TAMPERED


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def furnished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """An exchange in which everything happened that is logged, under two checkpoints; tests get copies of it."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        url = nullcontext(f"sqlite:///{shutil.copy(template, tmp_path_factory.mktemp('checked') / 'breakwater.db')}")
    else:
        url = request.getfixturevalue("postgres").database(request.getfixturevalue("postgres_template"))
    with url as given:
        with started_hub(given) as hub:
            furnish(hub)
        yield hub


@pytest.fixture
def hub(furnished: Hub, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Hub]:
    """A copy of it."""
    url = furnished.exchange.database.engine.url.render_as_string(hide_password=False)
    if furnished.exchange.database.is_sqlite:
        copy = nullcontext(f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), tmp_path / 'copy.db')}")
    else:
        copy = request.getfixturevalue("postgres").database(url)
    with copy as given:
        exchange = replace(furnished.exchange, database=Database(given))
        yield replace(furnished, exchange=exchange)
        exchange.database.dispose()


def furnish(hub: Hub) -> None:
    ensure_periodic_work(hub.exchange)
    publisher, reader = hub.enrol("Platform"), hub.enrol("Hotline", jurisdiction="GB")
    for _ in range(3):
        publisher.store(*(indicator() for _ in range(100)))
    read(reader)
    make_checkpoint(hub.exchange)
    live(hub, reader)
    publisher.store(indicator())
    read(reader)
    make_checkpoint(hub.exchange)
    publisher.store(indicator(object_marking_refs=[TLP_RED]))


def read(reader: Member) -> None:
    assert reader.pull()[0]


def check(hub: Hub) -> Checked:
    return check_log(hub.exchange)


def found(hub: Hub) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in check(hub).findings]


def run(hub: Hub, statement: str) -> None:
    with hub.exchange.database.write() as connection:
        lift_guards(connection)
        for one in statement.format(**NAMES).split(" ; "):
            assert connection.execute(text(one)).rowcount, "nothing was tampered with"


def test_an_untouched_log_passes_and_says_what_was_looked_at(hub: Hub) -> None:
    checked = check(hub)
    assert checked.findings == ()
    assert checked.tree_size == tree_size(hub.exchange) > 256
    counts = checked.counts
    assert counts["object_version"] == counts["object_content"] >= 320
    assert counts["log_statement"] + counts["object_version"] == checked.tree_size
    assert counts["checkpoint"] >= 4
    assert counts["log_node"] == checked.tree_size // 256
    assert counts["disclosure"] >= 2
    assert counts["logged rows"] >= 20


def test_progress_adds_up_to_the_whole(hub: Hub) -> None:
    steps: list[int] = []
    checked = check_log(hub.exchange, steps.append)
    assert sum(steps) == checked.tree_size


# The check reads rows, and decides without the database: of each table one is enough on PostgreSQL.
ONE_OF_EACH = list({where.split()[0]: (where, what, statement) for where, what, statement in TAMPERED}.values())


@pytest.mark.parametrize("furnished", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("where", "what", "statement"), TAMPERED, ids=[f"{n}-{one[0]}" for n, one in enumerate(TAMPERED)])
def test_a_tampered_row_is_found(hub: Hub, where: str, what: str, statement: str) -> None:
    find(hub, where, what, statement)


@pytest.mark.parametrize("furnished", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("where", "what", "statement"), ONE_OF_EACH, ids=[one[0] for one in ONE_OF_EACH])
def test_a_tampered_row_of_each_table_is_found_on_postgresql(hub: Hub, where: str, what: str, statement: str) -> None:
    find(hub, where, what, statement)


def find(hub: Hub, where: str, what: str, statement: str) -> None:
    run(hub, statement)
    assert any(place.startswith(where) and what in said for place, said in found(hub)), found(hub)


def test_a_deleted_row_of_the_ledger_is_found(hub: Hub) -> None:
    run(hub, "DELETE FROM disclosure_owner")
    run(hub, "DELETE FROM disclosure WHERE disclosure_id = (SELECT min(disclosure_id) FROM disclosure)")
    assert any(place.startswith("disclosure 1 to") and "rows, and the log says" in said for place, said in found(hub))


def test_everything_that_does_not_fit_is_told_and_not_only_the_first(hub: Hub) -> None:
    run(hub, "UPDATE log_leaf SET leaf_hash = {OTHER_LEAF} WHERE log_index IN (20, 30, 40)")
    run(hub, "UPDATE object_content SET content = {OTHER_CONTENT} WHERE version_id IN (5, 6)")
    places = {place for place, _ in found(hub)}
    assert {"log_leaf 20", "log_leaf 30", "log_leaf 40", "object_content 5", "object_content 6", "log_node 1/0"} <= places


def test_a_leaf_that_is_gone_with_its_row_stops_the_tree_and_nothing_else(hub: Hub) -> None:
    run(hub, "DELETE FROM log_leaf WHERE log_index = {STATEMENT}")
    run(hub, "DELETE FROM log_statement WHERE log_index = {STATEMENT}")
    run(hub, "UPDATE object_content SET content = {OTHER_CONTENT} WHERE version_id = 5")
    said = found(hub)
    assert any("cannot be made again" in what for _, what in said)
    assert any(place == "object_content 5" for place, _ in said)


def test_no_finding_repeats_what_stands_in_a_row(hub: Hub) -> None:
    run(hub, "UPDATE disclosure SET purpose = 'a secret purpose'")
    run(hub, "UPDATE log_statement SET document = 'secret' WHERE log_index = {STATEMENT}")
    assert "secret" not in str(check(hub).findings)
