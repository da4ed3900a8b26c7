from __future__ import annotations

import hashlib

from app.domain.errors import DepotFullError
from app.domain.export import ExportState, FilePart, Trouble
from breakwater_client.trust.export_seal import OpeningKey, open_sealed, seal_info
from tests.factories.depots import content
from tests.factories.exporting import define, on_disk
from tests.factories.failing_depots import FailingDepot, failing
from tests.factories.members import Hub
from tests.factories.stix_objects import indicator


def test_what_lies_under_a_name_from_an_attempt_before_is_replaced(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform A").store(indicator())
    export = define(quick_hub.enrol("Platform B"))
    quick_hub.work()
    export.due()
    export.step(1)
    folder = f"{export.member.id}/{export.definition.definition_id}/00000001"
    with export.depot.create(f"{folder}/00000001-snapshot-0001.ndjson") as sink:
        sink.write(b"left over")
        sink.commit()
    quick_hub.work()
    assert len(export.lines(1, FilePart.SNAPSHOT)) == 1


def test_a_full_depot_leaves_nothing_and_is_tried_again(quick_hub: Hub) -> None:
    quick_hub.enrol("Platform A").store(indicator())
    export = define(quick_hub.enrol("Platform B"))
    with failing(quick_hub, FailingDepot.always(DepotFullError("full"))):
        waiting = export.run()
        assert (waiting.state, waiting.trouble) == (ExportState.WAITING, Trouble.STORAGE_FULL)
    assert on_disk(export.depot.root) == []
    done = export.later()
    assert (done.state, done.trouble, done.attempts) == (ExportState.PUBLISHED, None, 0)


def test_files_are_sealed_to_the_key_of_the_definition_and_open_with_it_alone(quick_hub: Hub) -> None:
    value, key = indicator(), OpeningKey.generate()
    quick_hub.enrol("Platform A").store(value)
    export = define(quick_hub.enrol("Platform B"), encryption_key=key.public)
    done = export.run()
    manifest = export.manifest(1)
    assert manifest is not None
    [file] = manifest.files
    folder = f"{export.member.id}/{export.definition.definition_id}/00000001"
    assert file.name == "00000001-snapshot-0001.ndjson.hpke"
    stored = content(export.depot, f"{folder}/{file.name}")
    assert (len(stored), hashlib.sha256(stored).hexdigest()) == (file.size, file.sha256)
    assert value["id"].encode() not in stored
    info = seal_info(manifest.exchange_id, manifest.definition_id, 1, file.name)
    assert value["id"].encode() in b"".join(open_sealed([stored], key, info))
    sealed = content(export.depot, f"{folder}/manifest.json.hpke")
    info = seal_info(manifest.exchange_id, manifest.definition_id, 1, "manifest.json.hpke")
    assert b"".join(open_sealed([sealed], key, info)).decode() == done.manifest
