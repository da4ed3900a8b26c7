"""Every form, written and read again with every compression."""

from __future__ import annotations

import io

import pytest

from app.domain.errors import MalformedInputError, TooLargeError
from app.domain.export import Compression, ExportFormat
from breakwater_client.formats.port import ATTESTATIONS
from breakwater_client.formats.readers import read_attestation_lines, read_versions
from breakwater_client.trust.keys import PrivateKey
from tests.factories.exported_versions import exported, signed_indicators, written
from tests.factories.stix_objects import user_account

ATTESTATION = '{"payload":"eA==","payloadType":"t","signatures":[]}'
VERSIONS = [*signed_indicators(20, PrivateKey.generate()), exported(user_account(), ATTESTATION)]
BESIDE = {ExportFormat.STIX_BUNDLE, ExportFormat.STIX_NDJSON}


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", ExportFormat)
def test_what_is_written_is_read_again(form: ExportFormat, compression: Compression) -> None:
    files = written(form, VERSIONS, compression)
    beside = files.pop(ATTESTATIONS, None)
    read = [pair for content in files.values() for pair in read_versions(form, compression, io.BytesIO(content))]
    assert [content for content, _ in read] == [one.body for one in VERSIONS]
    if form in BESIDE:
        assert list(read_attestation_lines(compression, io.BytesIO(beside or b""))) == [ATTESTATION.encode()]
    else:
        assert [attestation for _, attestation in read] == [one.attestation for one in VERSIONS]


@pytest.mark.parametrize("compression", Compression)
@pytest.mark.parametrize("form", ExportFormat)
def test_a_file_of_another_form_is_refused(form: ExportFormat, compression: Compression) -> None:
    for other in set(ExportFormat) - {form}:
        for table, content in written(other, VERSIONS, compression).items():
            if table != ATTESTATIONS:  # which is NDJSON, of envelopes
                with pytest.raises(MalformedInputError):
                    list(read_versions(form, compression, io.BytesIO(content)))


def test_no_more_is_taken_than_was_allowed() -> None:
    content = written(ExportFormat.STIX_NDJSON, VERSIONS, Compression.ZSTD)[""]
    with pytest.raises(TooLargeError):
        list(read_versions(ExportFormat.STIX_NDJSON, Compression.ZSTD, io.BytesIO(content), most=1000))
