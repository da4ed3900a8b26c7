"""Laying one unit of files: compressing, sealing and hashing in a thread of its own, while the next versions are read.

Owns how bytes get into a depot, and that none of it is there to be seen before it is complete and the work still held. What is
written is the caller's. Kept by ``tests/services/exporting/test_lay_unit.py``.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from app.depot.port import Sink
from app.domain.errors import ConflictError, DepotError
from app.domain.export import Compression, ExportFormat, FilePart
from app.services.exporting.job import Job
from breakwater_client.formats.compression import compressing
from breakwater_client.formats.port import ExportedBodies, ExportedVersion, FormatWriter, Out
from breakwater_client.formats.writers import extension_for, writer_for

_KEEP_SECONDS = 15
_AHEAD = 2
"""So many batches are read before the first of them is written: more would only be held in memory."""


class _Stored:
    """Bytes as they lie in a depot, hashed and counted."""

    def __init__(self, sink: Sink) -> None:
        self.size = 0
        self.hash = hashlib.sha256()
        self._sink = sink

    def write(self, data: bytes, /) -> None:
        self.size += len(data)
        self.hash.update(data)
        self._sink.write(data)


class LaidFile:
    """A file that is being written into a depot; sealed on its way, if files are."""

    def __init__(self, job: Job, name: str, sink: Sink) -> None:
        """Write into a sink that was begun."""
        self.name = name
        self._sink = sink
        self._stored = _Stored(sink)
        self._sealer = job.sealing(name, self._stored)

    @classmethod
    def begin(cls, job: Job, stack: ExitStack, name: str) -> Self:
        """Begin a file; what lies there under its name is of an attempt that was cut off, and no part of anything.

        Raises:
            LeaseLostError: somebody else has the work, and what lies there is theirs.
        """
        path = f"{job.folder}/{name}"
        job.held.keep()
        job.depot.delete(path)
        return cls(job, name, stack.enter_context(job.depot.create(path)))

    def write(self, data: bytes, /) -> None:
        """Add bytes."""
        (self._sealer or self._stored).write(data)

    def close(self) -> None:
        """Write the end of what is sealed."""
        if self._sealer is not None:
            self._sealer.close()

    def commit(self) -> None:
        """Let the file be there.

        Raises:
            DepotError: as ``Sink.commit``, and where somebody has written it who lost the work since.
        """
        try:
            self._sink.commit()
        except ConflictError as exc:
            raise DepotError("Somebody else has just written this file.") from exc

    @property
    def size(self) -> int:
        """How many bytes were stored so far."""
        return self._stored.size

    @property
    def sha256(self) -> str:
        """Give the digest (hex) of the stored bytes."""
        return self._stored.hash.hexdigest()


class Unit:
    """The files of one unit while they are written. Used as a context: what is left without ``commit`` is never there."""

    def __init__(self, job: Job, part: FilePart, sequence: int) -> None:
        """Prepare; files are begun as they are needed."""
        self.files: dict[str, LaidFile] = {}
        self._job = job
        self._part = part
        self._sequence = sequence
        self._stack = ExitStack()
        self._kept_at = time.monotonic()
        self._waiting: deque[Future[Any]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="export")
        definition = job.definition
        self._writer: FormatWriter = writer_for(definition.form, definition.compression, self._begin)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Wait for the thread, and let go of what was not committed."""
        self._thread.shutdown(cancel_futures=True)
        self._stack.__exit__(kind, value, trace)

    @property
    def size(self) -> int:
        """How many bytes were stored so far."""
        return sum(one.size for one in list(self.files.values()))

    def add(self, versions: ExportedBodies | Sequence[ExportedVersion]) -> None:
        """Have versions written; waits where the depot is slower than the database. Raises what writing raised."""
        self._submit(self._writer.add, versions)
        while len(self._waiting) >= _AHEAD:
            self._wait(self._waiting.popleft())

    def close(self) -> Mapping[str, Mapping[str, int]]:
        """Have the rest written. Gives how many objects of each type each file holds, by its table."""
        closing = self._submit(self._end)
        while self._waiting:
            self._wait(self._waiting.popleft())
        counts: Mapping[str, Mapping[str, int]] = closing.result()
        return counts

    def commit(self) -> None:
        """Let the files be there, each whole.

        Raises:
            DepotError: some may be there and some not; they are written anew.
            LeaseLostError: somebody else is writing them.
        """
        for one in self.files.values():
            self._job.held.keep()
            one.commit()

    def _begin(self, table: str, /) -> Out:
        definition = self._job.definition
        ending = extension_for(definition.form, definition.compression, table)
        self.files[table] = LaidFile.begin(self._job, self._stack, self._job.file_name(self._part, self._sequence, ending))
        return self.files[table]

    def _end(self) -> Mapping[str, Mapping[str, int]]:
        counts = self._writer.close()
        for one in self.files.values():
            one.close()
        return counts

    def _submit(self, act: Callable[..., Any], *given: Any) -> Future[Any]:
        self._waiting.append(self._thread.submit(act, *given))
        return self._waiting[-1]

    def _wait(self, future: Future[Any]) -> None:
        while True:
            if time.monotonic() - self._kept_at > _KEEP_SECONDS:
                self._job.held.keep()
                self._kept_at = time.monotonic()
            try:
                future.result(_KEEP_SECONDS)
            except NotYetError:
                if future.done():  # it was raised by what was done
                    raise
            else:
                return


def lay_lines(job: Job, part: FilePart, sequence: int, lines: Sequence[bytes]) -> LaidFile:
    """Lay a file of lines of JSON (one for each loss or notice), at once."""
    compression = job.definition.compression
    with ExitStack() as stack:
        laid = LaidFile.begin(job, stack, job.file_name(part, sequence, lines_ending(compression)))
        compressed = compressing(laid, compression)
        compressed.write(b"".join(line + b"\n" for line in lines))
        compressed.close()
        laid.close()
        job.held.keep()
        laid.commit()
    return laid


def lines_ending(compression: Compression) -> str:
    """Give how the name of a file of lines ends."""
    return extension_for(ExportFormat.STIX_NDJSON, compression)
