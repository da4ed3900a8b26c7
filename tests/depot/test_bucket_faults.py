"""A bucket whose server is stopped, or whose requests and answers get lost on the way: nothing wrong is ever seen."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.depot.bucket import BucketDepot
from app.depot.bucket_client import BucketClient
from app.domain.errors import ConflictError, DepotError, DepotFullError
from tests.factories.bucket_servers import BucketServer, later
from tests.factories.depots import content, lay
from tests.factories.hindered_hops import Choice, Hindrance, Hop, hindered

LARGE = 9 * 1024 * 1024


@contextmanager
def behind(buckets: BucketServer, depot: BucketDepot, choose: Choice, *, attempts: int = 4) -> Iterator[tuple[BucketDepot, Hop]]:
    """The same place, reached by a hop that hinders."""
    with hindered(buckets.url, choose) as hop:
        yield (
            BucketDepot(
                BucketClient(buckets.shared_bucket, replace(buckets.access, endpoint=hop.url, attempts=attempts)), depot.prefix
            ),
            hop,
        )


@pytest.mark.parametrize("hindrance", [Hindrance.BUSY, Hindrance.RESET, Hindrance.NO_ANSWER])
def test_every_third_request_may_fail(buckets: BucketServer, bucket_depot: BucketDepot, hindrance: Hindrance) -> None:
    written = os.urandom(LARGE)
    with behind(buckets, bucket_depot, lambda number, _: hindrance if number % 3 == 0 else None) as (hindered_depot, hop):
        for name, size in (("small", 3), ("large", LARGE)):
            lay(hindered_depot, name, written[:size])
            with pytest.raises(ConflictError):
                lay(hindered_depot, name, b"other")
        assert list(hindered_depot.names("")) == ["large", "small"]
        assert content(hindered_depot, "large") == written
        hindered_depot.delete("small")
        assert len(hop.lines) > 20
    assert list(bucket_depot.names("")) == ["large"]
    assert content(bucket_depot, "large") == written


REQUESTS = {
    "claim": (3, r"PUT \S+/\.file\.claim "),
    "look": (3, r"HEAD \S+/file "),
    "put": (3, r"PUT \S+/file "),
    "free": (3, r"DELETE \S+/\.file\.claim "),
    "begin": (LARGE, r"POST \S+/file\?uploads "),
    "part": (LARGE, r"PUT \S+/file\?\S*partNumber=2"),
    "complete": (LARGE, r"POST \S+/file\?uploadId"),
}


@pytest.mark.parametrize(
    ("request_kind", "hindrance"),
    [
        *((kind, hindrance) for kind in REQUESTS for hindrance in (Hindrance.RESET, Hindrance.NO_ANSWER)),
        *((kind, hindrance) for kind in ("put", "complete") for hindrance in (Hindrance.BUSY, Hindrance.FULL, Hindrance.CUT)),
    ],
)
def test_whichever_request_fails_for_good_a_file_is_whole_or_not_there_and_can_be_written_again(
    buckets: BucketServer, bucket_depot: BucketDepot, hindrance: Hindrance, request_kind: str
) -> None:
    size, pattern = REQUESTS[request_kind]
    written, failed = os.urandom(size), False

    def choose(_: int, line: str) -> Hindrance | None:
        return hindrance if re.match(pattern, line) else None

    with behind(buckets, bucket_depot, choose, attempts=1) as (depot, hop):
        try:
            lay(depot, "file", written)
        except DepotError:
            failed = True
        assert any(re.match(pattern, line) for line in hop.lines)
    assert content(bucket_depot, "file") in ({b"", written} if failed else {written})
    later(bucket_depot.client)  # a claim may have stayed
    bucket_depot.delete("file")
    lay(bucket_depot, "file", written[::-1])
    assert content(bucket_depot, "file") == written[::-1]


@pytest.mark.parametrize(("request_kind", "tries"), [("claim", 2), ("put", 2), ("complete", 2), ("part", 3), ("begin", 2)])
def test_a_request_whose_answer_is_lost_is_made_again_and_not_taken_for_another_writers(
    buckets: BucketServer, bucket_depot: BucketDepot, request_kind: str, tries: int
) -> None:
    size, pattern = REQUESTS[request_kind]
    written = os.urandom(size)
    lost: list[str] = []

    def choose(_: int, line: str) -> Hindrance | None:
        if re.match(pattern, line) and len(lost) < tries - 1:
            lost.append(line)
            return Hindrance.NO_ANSWER
        return None

    with behind(buckets, bucket_depot, choose) as (depot, _):
        lay(depot, "file", written)
    assert len(lost) == tries - 1
    assert content(bucket_depot, "file") == written
    assert [key for key, _ in bucket_depot.client.listed(bucket_depot.prefix)] == [f"{bucket_depot.prefix}/file"]


def test_a_server_that_says_it_is_full_is_full(buckets: BucketServer, bucket_depot: BucketDepot) -> None:
    with behind(buckets, bucket_depot, lambda *_: Hindrance.FULL) as (depot, _), pytest.raises(DepotFullError):
        lay(depot, "file", b"x")


def test_a_server_that_is_stopped_in_the_middle_is_away_and_comes_back(buckets: BucketServer, bucket_depot: BucketDepot) -> None:
    written = os.urandom(LARGE)
    lay(bucket_depot, "before", written)
    pieces = bucket_depot.read("before", 0, LARGE)
    assert next(pieces)
    with bucket_depot.create("file") as sink:
        sink.write(written)
        buckets.stop()
        with pytest.raises(DepotError):
            sink.commit()
    with pytest.raises(DepotError):
        list(pieces)
    for ask in (lambda: bucket_depot.size("before"), lambda: bucket_depot.delete("before"), lambda: list(bucket_depot.names(""))):
        with pytest.raises(DepotError):
            ask()
    buckets.start()
    assert list(bucket_depot.names("")) == ["before"]
    assert content(bucket_depot, "before") == written
    lay(bucket_depot, "file", written)
    assert content(bucket_depot, "file") == written


def test_a_reader_goes_on_where_its_connection_broke(buckets: BucketServer, bucket_depot: BucketDepot) -> None:
    written = os.urandom(LARGE)
    lay(bucket_depot, "file", written)
    with behind(buckets, bucket_depot, lambda number, _: Hindrance.CUT if number <= 2 else None) as (depot, hop):
        assert b"".join(depot.read("file", 5, LARGE)) == written[5:]
        assert len(hop.lines) == 3


@pytest.mark.parametrize("is_written_again", [True, False])
def test_a_reader_of_a_file_that_changed_meanwhile_does_not_mix_them(
    buckets: BucketServer, bucket_depot: BucketDepot, *, is_written_again: bool
) -> None:
    lay(bucket_depot, "file", b"1" * LARGE)
    with behind(buckets, bucket_depot, lambda number, _: Hindrance.CUT if number == 1 else None) as (depot, _):
        pieces = depot.read("file", 0, LARGE)
        assert next(pieces)
        bucket_depot.delete("file")
        if is_written_again:
            lay(bucket_depot, "file", b"2" * LARGE)
        with pytest.raises(DepotError):
            list(pieces)
