"""A depot in a bucket of a server that speaks S3.

Owns how a file comes to be there whole, once, and in bounded memory. What fits into one part is put in one request; what is
larger goes up part by part as a multipart upload, of which nobody sees anything before it is completed. No file replaces
another, also on servers that look at ``If-None-Match`` when an object is put but not when an upload is completed, as Ceph
does: 1. Whoever commits claims the name by putting ``.NAME.claim`` beside it with ``If-None-Match: *``; only one can. 2. If
there is a file of the name, it stays. 3. The upload is completed, with ``If-None-Match: *`` once more. 4. The claim is taken
away. One that a killed writer left holds for a time that is longer than a living one can take. How the server is spoken to is
``app/depot/bucket_client.py``. Kept by ``tests/depot/test_bucket.py`` and ``test_bucket_faults.py``.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.depot.bucket_client import BucketClient
from app.depot.faults import AWAY
from app.depot.names import folder_segments, is_segment, segments
from app.domain.errors import ConflictError, DepotError, NotFoundError

PART_BYTES = 8 * 1024 * 1024
_PIECE = 256 * 1024
_READ_TRIES = 4
_CLAIM_HOLDS = timedelta(minutes=15)
_FINISH_BEGINS_WITHIN_SECONDS = 300  # and then takes as long at most, by the client's time limits and attempts
_WRITER = "breakwater-writer"


@dataclass(frozen=True, slots=True)
class BucketDepot:
    """A depot in a bucket, below ``prefix`` (``""``: all of it), over a client of that bucket.

    ``abandoned_after``: an upload that was begun so long ago, by the server's clock, has no writer any more.
    """

    client: BucketClient = field(repr=False)
    prefix: str = ""
    abandoned_after: timedelta = timedelta(hours=24)

    @contextmanager
    def create(self, name: str) -> Iterator[_BucketSink]:
        """Begin a file; see ``Depot``."""
        sink = _BucketSink(self.client, self._key(name), self._claim(name))
        try:
            yield sink
        finally:
            sink.close()

    def size(self, name: str) -> int | None:
        """Give the size of a committed file; see ``Depot``. Without the bucket there is none."""
        found = self.client.head(self._key(name))
        return None if found is None else int(found["ContentLength"])

    def read(self, name: str, start: int, stop: int) -> Iterator[bytes]:
        """Give bytes of a committed file; see ``Depot``. A connection that breaks off is taken up where it broke, a few times."""
        key = self._key(name)
        tries, entity = 0, None
        if start >= stop and self.client.head(key) is None:
            raise NotFoundError
        while start < stop:
            try:
                body, entity = self.client.get(key, start, stop, entity)
                for piece in self.client.pieces(body, _PIECE):
                    tries, start = 0, start + len(piece)
                    yield piece
            except DepotError:
                tries += 1
                if tries == _READ_TRIES:
                    raise
            else:
                return

    def delete(self, name: str) -> None:
        """Take a file away, with every version of it that the bucket keeps; see ``Depot``.

        Raises ``DepotRefusedError`` where a version may not be deleted, so that nobody believes it gone.
        """
        self.client.delete(self._key(name))

    def names(self, prefix: str) -> Iterator[str]:
        """List committed files; see ``Depot``."""
        for key, _ in self.client.listed(self._below(prefix)):
            name = key.removeprefix(self._root)
            if all(is_segment(one) for one in name.split("/")):
                yield name

    def tidy(self, prefix: str) -> int:
        """Take away uploads that were begun ``abandoned_after`` ago, and claims that hold no more; see ``Depot``."""
        below, done = self._below(prefix), 0
        for key, upload, since in self.client.uploads(below):
            if self.client.age(since) >= self.abandoned_after:
                self.client.abort(key, upload)
                done += 1
        for key, since in self.client.listed(below):
            if key.endswith(".claim") and self.client.age(since) >= _CLAIM_HOLDS:
                self.client.delete(key)
                done += 1
        return done

    @property
    def _root(self) -> str:
        return f"{self.prefix}/" if self.prefix else ""

    def _key(self, name: str) -> str:
        return self._root + "/".join(segments(name))

    def _claim(self, name: str) -> str:
        *folders, last = segments(name)
        return self._root + "/".join((*folders, f".{last}.claim"))

    def _below(self, prefix: str) -> str:
        return self._root + "".join(f"{one}/" for one in folder_segments(prefix))


class _BucketSink:
    """A file that goes up; see ``Sink``. Holds one part in memory."""

    def __init__(self, client: BucketClient, key: str, claim: str) -> None:
        self._client = client
        self._key = key
        self._claim = claim
        self._writer = secrets.token_hex(16)
        self._waiting = bytearray()
        self._upload: str | None = None
        self._parts: list[dict[str, Any]] = []
        self._claimed_at = 0.0

    def write(self, data: bytes, /) -> None:
        """Add bytes; see ``Sink``."""
        rest = memoryview(data)
        while rest:
            room = PART_BYTES - len(self._waiting)
            self._waiting += rest[:room]
            rest = rest[room:]
            if len(self._waiting) == PART_BYTES and len(rest):
                self._send_part()

    def commit(self) -> None:
        """Make the file visible; see ``Sink``."""
        if self._upload is not None:
            self._send_part()
        with self._claimed():
            if self._client.head(self._key) is not None:
                raise ConflictError("A file of this name is in the depot.")
            if time.monotonic() - self._claimed_at > _FINISH_BEGINS_WITHIN_SECONDS:
                raise DepotError(AWAY)
            try:
                self._finish()
            except (ConflictError, NotFoundError) as exc:
                # The answer to the request was lost, and the client asked once more: then the file is this writer's own.
                found = self._client.head(self._key)
                if found is None:
                    raise DepotError(AWAY) from exc
                if found["Metadata"].get(_WRITER) != self._writer:
                    raise ConflictError("A file of this name is in the depot.") from exc
        self._upload = None

    def close(self) -> None:
        """Let go of the file; what was not committed is taken away."""
        if self._upload is not None:
            with suppress(DepotError):  # ``tidy`` does it later
                self._client.abort(self._key, self._upload)

    def _send_part(self) -> None:
        if self._upload is None:
            self._upload = self._client.begin(self._key, {_WRITER: self._writer})
        number = len(self._parts) + 1
        self._parts.append(self._client.send_part(self._key, self._upload, number, bytes(self._waiting)))
        self._waiting.clear()

    def _finish(self) -> None:
        if self._upload is None:
            self._client.put_new(self._key, bytes(self._waiting), {_WRITER: self._writer})
        else:
            self._client.complete_new(self._key, self._upload, self._parts)

    @contextmanager
    def _claimed(self) -> Iterator[None]:
        """Be the only one that commits a file of this name."""
        self._claimed_at = time.monotonic()
        try:
            self._client.put_new(self._claim, b"", {_WRITER: self._writer})
        except ConflictError:
            self._take_over()
        try:
            yield
        finally:
            with suppress(DepotError):  # it stops to hold by itself
                self._client.delete(self._claim)

    def _take_over(self) -> None:
        """Claim a name that is claimed already, by this writer's own lost request or by one that is gone."""
        found = self._client.head(self._claim)
        if found is not None and found["Metadata"].get(_WRITER) == self._writer:
            return
        if found is not None and self._client.age(found["LastModified"]) < _CLAIM_HOLDS:
            if self._client.head(self._key) is not None:
                raise ConflictError("A file of this name is in the depot.")
            raise DepotError("Another writer commits a file of this name.")
        self._client.delete(self._claim)
        try:
            self._client.put_new(self._claim, b"", {_WRITER: self._writer})
        except ConflictError as exc:
            raise DepotError("Another writer commits a file of this name.") from exc
