from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback

import pytest

from app.depot.bucket_client import BucketAccess, BucketClient, _refusal
from app.domain.errors import BreakwaterError, ConflictError, DepotError, DepotFullError, DepotRefusedError, NotFoundError
from tests.factories.bucket_servers import BucketServer

REFUSALS = [
    ("NoSuchKey", 404, NotFoundError),
    ("NoSuchUpload", 404, NotFoundError),
    ("404", 404, NotFoundError),
    ("NoSuchBucket", 404, DepotError),
    ("PreconditionFailed", 412, ConflictError),
    ("412", 412, ConflictError),
    ("ConditionalRequestConflict", 409, ConflictError),
    ("OperationAborted", 409, DepotError),
    ("QuotaExceeded", 403, DepotFullError),
    ("XMinioStorageFull", 507, DepotFullError),
    ("", 507, DepotFullError),
    ("AccessDenied", 403, DepotRefusedError),
    ("SignatureDoesNotMatch", 403, DepotRefusedError),
    ("MethodNotAllowed", 405, DepotRefusedError),
    ("401", 401, DepotRefusedError),
    ("RequestTimeTooSkewed", 403, DepotError),
    ("SlowDown", 503, DepotError),
    ("InternalError", 500, DepotError),
    ("", 0, DepotError),
]


@pytest.mark.parametrize(("code", "status", "expected"), REFUSALS)
def test_a_refusal_of_the_server_has_its_meaning(code: str, status: int, expected: type[BreakwaterError]) -> None:
    assert type(_refusal(code, status)) is expected


def test_the_library_is_loaded_with_the_first_request() -> None:
    check = "import sys, app.factory; sys.exit(any(name.split('.')[0] in {'boto3', 'botocore'} for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0


def test_without_credentials_it_refuses(buckets: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    client = BucketClient(buckets.shared_bucket, BucketAccess("default", buckets.url))
    with pytest.raises(DepotRefusedError):
        client.head("key")


def test_credentials_may_come_from_the_environment(buckets: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id, secret = buckets.access.credentials or ("", "")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    client = BucketClient(buckets.shared_bucket, BucketAccess("default", buckets.url))
    assert client.head("nothing-of-this-name") is None


def test_nothing_of_a_request_is_logged_even_at_debug(buckets: BucketServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key_id, secret = buckets.access.credentials or ("", "")
    client = BucketClient(buckets.shared_bucket, buckets.access)
    name = "partner-7/file"
    client.put_new(name, b"told-to-nobody", {})
    away = BucketClient(buckets.shared_bucket, BucketAccess("default", "http://127.0.0.1:9", (key_id, secret), attempts=1))
    with pytest.raises(DepotError) as caught:
        away.head(name)
    told = caplog.text + repr(buckets.access) + "".join(traceback.format_exception(caught.value))
    assert "EndpointConnectionError" in caplog.text
    assert not any(word in told for word in (key_id, secret, "partner-7", "told-to-nobody", "Signature"))


def test_a_forked_process_connects_anew(buckets: BucketServer) -> None:
    client = BucketClient(buckets.shared_bucket, buckets.access)
    assert client.head("nothing") is None
    mine = client._made
    assert mine is not None
    client._made = (mine[0] + 1, mine[1])  # as a child finds it
    assert client.head("nothing") is None
    assert client._made is not None
    assert client._made[0] == os.getpid()
    assert client._made[1] is not mine[1]
