from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from datetime import timedelta

import pytest

from app.depot.bucket import PART_BYTES, BucketDepot
from app.depot.bucket_client import BucketAccess, BucketClient
from app.domain.errors import ConflictError, DepotError, DepotFullError, DepotRefusedError
from tests.factories.bucket_servers import KEY_ID, REGION, SECRET, BucketServer, later
from tests.factories.depots import content, lay

NAME = "partner/definition/00000001/00000001-delta-0001.ndjson"
LARGE = 12 * 1024 * 1024

_WRITER = """
import sys
import tracemalloc
from app.depot.bucket import BucketDepot
from app.depot.bucket_client import BucketAccess, BucketClient
url, region, key_id, secret, bucket, prefix, name = sys.argv[1:]
depot = BucketDepot(BucketClient(bucket, BucketAccess(region, url, (key_id, secret))), prefix)
with depot.create(name) as sink:
    sink.write(b"x" * 12_000_000)
    print("written", flush=True)
    sys.stdin.read()
"""


def again(depot: BucketDepot, buckets: BucketServer, **options: timedelta) -> BucketDepot:
    """The same place over a client of its own, as another worker has it."""
    return BucketDepot(BucketClient(buckets.shared_bucket, buckets.access), depot.prefix, **options)


def test_a_killed_writer_leaves_nothing_to_be_seen_and_its_upload_is_tidied(
    buckets: BucketServer, bucket_depot: BucketDepot
) -> None:
    place = (buckets.url, REGION, KEY_ID, SECRET, buckets.shared_bucket, bucket_depot.prefix, NAME)
    command = [sys.executable, "-c", _WRITER, *place]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.kill()
    assert list(bucket_depot.names("")) == []
    assert bucket_depot.size(NAME) is None
    assert bucket_depot.tidy("") == 0
    late = again(bucket_depot, buckets, abandoned_after=timedelta(minutes=10))
    later(late.client)
    assert late.tidy("another") == 0
    assert late.tidy("partner") == 1
    assert list(bucket_depot.client.uploads(bucket_depot.prefix)) == []
    lay(bucket_depot, NAME, b"y" * LARGE)
    assert content(bucket_depot, NAME) == b"y" * LARGE


def test_the_claim_of_a_file_is_gone_once_it_is_committed(bucket_depot: BucketDepot) -> None:
    lay(bucket_depot, NAME, b"x" * LARGE)
    with pytest.raises(ConflictError):
        lay(bucket_depot, NAME, b"x")
    assert [key for key, _ in bucket_depot.client.listed(bucket_depot.prefix)] == [f"{bucket_depot.prefix}/{NAME}"]


@pytest.mark.parametrize("size", [3, LARGE])
def test_a_name_that_another_writer_is_about_to_take_is_left_to_it(bucket_depot: BucketDepot, size: int) -> None:
    claim = f"{bucket_depot.prefix}/partner/.file.claim"
    bucket_depot.client.put_new(claim, b"", {})
    with pytest.raises(DepotError):
        lay(bucket_depot, "partner/file", b"x" * size)
    assert bucket_depot.size("partner/file") is None
    assert bucket_depot.tidy("") == 0
    assert list(bucket_depot.client.uploads(bucket_depot.prefix)) == []
    later(bucket_depot.client)
    lay(bucket_depot, "partner/file", b"x" * size)
    assert bucket_depot.size("partner/file") == size


def test_a_claim_that_nobody_came_back_for_is_tidied(bucket_depot: BucketDepot) -> None:
    bucket_depot.client.put_new(f"{bucket_depot.prefix}/partner/.file.claim", b"", {})
    assert bucket_depot.tidy("") == 0
    later(bucket_depot.client)
    assert bucket_depot.tidy("") == 1
    assert list(bucket_depot.client.listed(bucket_depot.prefix)) == []


def test_the_age_of_things_is_told_by_the_servers_clock(bucket_depot: BucketDepot) -> None:
    lay(bucket_depot, NAME, b"x")
    client = bucket_depot.client
    client._server_ahead = timedelta(days=-400)  # as if this machine's clock had jumped, until the next answer
    found = client.head(f"{bucket_depot.prefix}/{NAME}")
    assert found is not None
    assert timedelta(seconds=-2) < client.age(found["LastModified"]) < timedelta(minutes=2)


def test_a_bucket_that_keeps_versions_keeps_none_of_what_is_deleted(buckets: BucketServer) -> None:
    bucket, caller = buckets.new_bucket(), buckets.caller()
    caller.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    depot = BucketDepot(BucketClient(bucket, buckets.access))
    for _ in range(2):
        lay(depot, NAME, b"secret")
        lay(depot, f"{NAME}.zst", b"other")
        depot.delete(NAME)
        depot.delete(f"{NAME}.zst")
    lay(depot, f"{NAME}.zst", b"other")
    depot.delete(NAME)
    left = caller.list_object_versions(Bucket=bucket)
    assert [one["Key"] for one in left["Versions"]] == [f"{NAME}.zst"]
    assert "DeleteMarkers" not in left


def test_who_has_no_right_is_refused(buckets: BucketServer, caplog: pytest.LogCaptureFixture) -> None:
    buckets.add_user("somebody", "another-secret-of-nobody")
    lay(BucketDepot(BucketClient(buckets.shared_bucket, buckets.access)), "partner/there", b"x")
    for credentials in (("somebody", "another-secret-of-nobody"), ("nobody", "wrong-secret"), (KEY_ID, "wrong-secret")):
        depot = BucketDepot(BucketClient(buckets.shared_bucket, BucketAccess(REGION, buckets.url, credentials)))
        refused = (
            lambda depot=depot: lay(depot, "partner/new", b"x"),
            lambda depot=depot: lay(depot, "partner/new", b"x" * LARGE),
            lambda depot=depot: depot.size("partner/there"),
            lambda depot=depot: list(depot.names("")),
            lambda depot=depot: list(depot.read("partner/there", 0, 1)),
            lambda depot=depot: depot.delete("partner/there"),
            lambda depot=depot: depot.tidy(""),
        )
        for ask in refused:
            with pytest.raises(DepotRefusedError) as caught:
                ask()
            told = f"{caught.value.sentence}{caught.value.__cause__}{caplog.text}"
            assert not any(secret in told for secret in (*credentials, "partner", buckets.shared_bucket))


def test_a_bucket_that_is_not_there_is_away(buckets: BucketServer) -> None:
    depot = BucketDepot(BucketClient("nowhere-at-all", buckets.access))
    for ask in (lambda: lay(depot, NAME, b"x"), lambda: list(depot.names("")), lambda: list(depot.read(NAME, 0, 1))):
        with pytest.raises(DepotError):
            ask()
    assert depot.size(NAME) is None


def test_a_quota_that_is_used_up_is_full(buckets: BucketServer) -> None:
    buckets.set_quota(0)
    try:
        for size in (1024, LARGE):
            with pytest.raises(DepotFullError):
                lay(buckets.depot(), NAME, b"x" * size)
    finally:
        buckets.set_quota(None)
    lay(buckets.depot(), NAME, b"x")


def test_certificates_are_verified(buckets: BucketServer) -> None:
    bucket = buckets.new_bucket()
    known = BucketAccess(REGION, buckets.tls_url, (KEY_ID, SECRET), buckets.authority)
    depot = BucketDepot(BucketClient(bucket, known))
    lay(depot, NAME, b"x" * LARGE)
    assert content(depot, NAME) == b"x" * LARGE
    unknown = BucketDepot(BucketClient(bucket, BucketAccess(REGION, buckets.tls_url, (KEY_ID, SECRET))))
    with pytest.raises(DepotError):
        unknown.size(NAME)


def test_writing_takes_the_memory_of_a_few_parts_however_long_the_file_is(bucket_depot: BucketDepot) -> None:
    lay(bucket_depot, "warm", b"x" * LARGE)
    piece = os.urandom(1024 * 1024)
    tracemalloc.start()
    try:
        lay(bucket_depot, "long", *[piece] * 96)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert bucket_depot.size("long") == 96 * len(piece)
    assert most < 3 * PART_BYTES
