"""Bundles: valid for the OASIS schema and stix2, whatever their size, and what is refused of them."""

from __future__ import annotations

import json

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import MalformedInputError, TooLargeError
from app.domain.export import ExportFormat
from breakwater_client.formats.bundles import BundleWriter, read_bundle
from breakwater_client.formats.port import ATTESTATIONS, MAIN
from breakwater_client.trust.keys import PrivateKey
from tests.client.formats.test_lines import BODIES
from tests.factories.exported_versions import MemoryOuts, bodies_of, exported_bytes, pieces, signed_indicators, written

KEY = PrivateKey.generate()


@given(BODIES, st.integers(1, 60))
def test_what_is_written_is_read_again_in_pieces_of_any_size(bodies: list[bytes], size: int) -> None:
    files = written(ExportFormat.STIX_BUNDLE, [exported_bytes(one) for one in bodies])
    assert list(read_bundle(pieces(files[MAIN], size))) == bodies
    assert json.loads(files[MAIN])["type"] == "bundle"


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_bundle_is_valid_for_the_schemas_of_oasis_and_for_stix2(count: int) -> None:
    from stix2validator import ValidationOptions, validate_string  # noqa: PLC0415  # it takes seconds, in every process of the suite

    content = written(ExportFormat.STIX_BUNDLE, signed_indicators(count, KEY))[MAIN].decode()
    assert validate_string(content, ValidationOptions(version="2.1")).is_valid
    # Without a version named, stix2 looks for one in the objects, and fails without any.
    assert len(stix2.parse(content, version="2.1").get("objects", [])) == count


def test_a_bundle_without_objects_has_no_list() -> None:
    assert json.loads(written(ExportFormat.STIX_BUNDLE, [])[MAIN]).keys() == {"id", "type"}


def test_two_bundles_have_two_ids() -> None:
    ids = {json.loads(written(ExportFormat.STIX_BUNDLE, [])[MAIN])["id"] for _ in range(2)}
    assert len(ids) == 2


def test_attestations_go_into_a_file_beside() -> None:
    outs = MemoryOuts()
    writer = BundleWriter(outs)
    writer.add(bodies_of([exported_bytes(b"{}"), exported_bytes(b"{}", '{"payload":"x"}')]))
    assert writer.close() == {MAIN: {"indicator": 2}, ATTESTATIONS: {"indicator": 1}}
    assert bytes(outs.files[ATTESTATIONS]) == b'{"payload":"x"}\n'


def _refused() -> list[bytes]:
    whole = written(ExportFormat.STIX_BUNDLE, [exported_bytes(b'{"a":1}'), exported_bytes(b'{"b":2}')])[MAIN]
    empty = written(ExportFormat.STIX_BUNDLE, [])[MAIN]
    cut = [whole[:-3], whole[:-20] + b"\n", b"".join(whole.splitlines(keepends=True)[:2]), b"", empty[:60] + b"\n"]
    longer = [whole + b"{}\n", whole + b"\n", empty + b"{}\n"]
    other = [
        whole.replace(b'{"b":2}', b"7"),
        whole.replace(b'"objects"', b'"objekts"'),
        whole.replace(b'"type":"bundle"', b'"type":"handle"'),
        empty.replace(b"bundle--", b"bungle--"),
        whole.replace(b'{"a":1},', b'{"a":1}'),
        b'{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[{"a":1}]}\n',
    ]
    return cut + longer + other


REFUSED = _refused()


@pytest.mark.parametrize("content", REFUSED, ids=range(len(REFUSED)))  # bundles have random ids
def test_another_layout_and_what_is_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedInputError):
        list(read_bundle([content]))


def test_an_object_that_is_too_long_is_refused() -> None:
    content = written(ExportFormat.STIX_BUNDLE, [exported_bytes(b'{"a":"%b"}' % (b"x" * 500))])[MAIN]
    with pytest.raises(TooLargeError):
        list(read_bundle(pieces(content, 100), most=200))
