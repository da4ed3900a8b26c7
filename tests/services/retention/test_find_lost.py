from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.services.proving.kept_checkpoint import compare
from app.services.retention.back_up import back_up
from app.services.retention.find_lost import Lost, find_lost, write_lost
from tests.factories.checkpoints import make_checkpoint
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def test_leaves_events_and_what_was_published_count_and_nothing_new_is_no_loss(quick_hub: Hub, tmp_path: Path) -> None:
    exchange = replace(quick_hub.exchange, checkpoint_file=tmp_path / "checkpoint")
    publisher = quick_hub.enrol("Platform")
    assert compare(exchange) is None  # keeps a first checkpoint
    manifest = back_up(exchange, tmp_path / "backup")
    assert find_lost(exchange, manifest) == Lost(tree_size=manifest.tree_size, published=0)
    narrowed = find_lost(exchange, replace(manifest, last_event=0))
    assert narrowed.accept
    assert narrowed.counts()["agreement:create"] == 1
    publisher.store(indicator())
    assert find_lost(exchange, manifest).accept
    make_checkpoint(exchange)
    assert compare(exchange) is None
    lost = find_lost(exchange, manifest)
    assert lost.published == lost.tree_size
    write_lost(lost, manifest, tmp_path / "lost.json")
    assert (tmp_path / "lost.json").stat().st_mode & 0o777 == 0o600
