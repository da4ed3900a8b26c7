"""Hops: ways by which STIX objects pass through programs of others, each with the real program.

Each takes objects as JSON values and gives those that come out, as JSON values. Nothing leaves the machine: what speaks TAXII
speaks to ``taxii_stub`` on loopback. Kept by ``tests/promises/test_hops.py`` and ``docs/hops.md``.
"""

from __future__ import annotations

import json
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import stix2
import taxii2client.v21
from stix2.serialization import serialize

from tests.factories.misp_conversion import bundle_of_event, event_of_bundle

Objects = list[dict[str, Any]]
Hop = Callable[[Objects], Objects]
_MEDIA_TYPE = "application/taxii+json;version=2.1"
_COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"


def through_json(objects: Objects) -> Objects:
    """Python's own module, indented and sorted, as editors and scripts write it."""
    return _list(json.loads(json.dumps(objects, indent=4, sort_keys=True, ensure_ascii=True)))


def through_orjson(objects: Objects) -> Objects:
    """The orjson library."""
    return _list(orjson.loads(orjson.dumps(objects)))


def through_stix2(objects: Objects) -> Objects:
    """Parsed and serialized by the stix2 library."""
    return [json.loads(serialize(stix2.parse(value, allow_custom=True))) for value in objects]


def through_a_bundle_of_stix2(objects: Objects) -> Objects:
    """A whole bundle, parsed and serialized by the stix2 library."""
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}
    return _list(json.loads(stix2.parse(bundle, allow_custom=True).serialize(pretty=True))["objects"])


def through_a_memory_store(objects: Objects) -> Objects:
    """The stix2 library's ``MemoryStore``, saved to a file and loaded by another one."""
    with tempfile.TemporaryDirectory() as folder:
        store = stix2.MemoryStore(allow_custom=True)
        store.add(objects)
        path = store.save_to_file(str(Path(folder) / "store.json"))
        other = stix2.MemoryStore(allow_custom=True)
        other.load_from_file(path)
        return [json.loads(serialize(other.get(value["id"]))) for value in objects]


def through_a_file_store(objects: Objects) -> Objects:
    """The stix2 library's ``FileSystemStore``."""
    with tempfile.TemporaryDirectory() as folder:
        sink = stix2.FileSystemSink(folder, allow_custom=True)
        for value in objects:
            sink.add(stix2.parse(value, allow_custom=True))
        source = stix2.FileSystemSource(folder, allow_custom=True)
        return [json.loads(serialize(source.get(value["id"]))) for value in objects]


def through_taxii2_client(objects: Objects) -> Objects:
    """Downloaded by taxii2-client, whose values are plain JSON."""
    with taxii_stub(objects) as url, taxii2client.v21.Collection(url) as collection:
        return _list(collection.get_objects()["objects"])


def through_a_taxii_source_of_stix2(objects: Objects) -> Objects:
    """Downloaded by the stix2 library's ``TAXIICollectionSource``, which parses what taxii2-client gets."""
    with taxii_stub(objects) as url, taxii2client.v21.Collection(url) as collection:
        source = stix2.TAXIICollectionSource(collection, allow_custom=True)
        return [json.loads(serialize(value)) for value in source.query()]


def through_misp(objects: Objects) -> Objects:
    """STIX to MISP and back by misp-stix; gives what has the id of something that went in."""
    bundle = {"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}
    event = json.loads(event_of_bundle(json.dumps(bundle)))
    returned = json.loads(bundle_of_event({"Event": event}))["objects"]
    sent = {value["id"] for value in objects}
    return [value for value in returned if value["id"] in sent]


HOPS: dict[str, Hop] = {
    "`json` of Python": through_json,
    "`orjson`": through_orjson,
    "`taxii2-client`: `get_objects`": through_taxii2_client,
    "`stix2`: `parse`, `serialize`": through_stix2,
    "`stix2`: a `Bundle`": through_a_bundle_of_stix2,
    "`stix2`: `MemoryStore`, saved and loaded": through_a_memory_store,
    "`stix2`: `FileSystemStore`": through_a_file_store,
    "`stix2`: `TAXIICollectionSource`": through_a_taxii_source_of_stix2,
    "`misp-stix`: to MISP and back": through_misp,
}
"""The name of each hop in ``docs/hops.md``, and the hop."""


def _list(objects: Any) -> Objects:
    return list(objects)


@contextmanager
def taxii_stub(objects: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Serve one TAXII 2.1 collection on loopback, as small as clients allow, and give its URL."""
    answers = {"": {"id": _COLLECTION, "title": "objects", "can_read": True, "can_write": False}, "objects": {"objects": objects}}

    class Stub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the standard library's name
            path = self.path.partition("?")[0].rstrip("/")
            body = json.dumps(answers["objects" if path.endswith("/objects") else ""]).encode()
            self.send_response(200)
            self.send_header("Content-Type", _MEDIA_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Stub) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/api/collections/{_COLLECTION}/"
        finally:
            server.shutdown()
            thread.join()
