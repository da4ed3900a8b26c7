"""Speaking S3 with one bucket: the one door to ``boto3``.

Owns the connection (certificates verified, time limits, few retries), which requests are sent, and what refusals mean here.
The library is an extra, ``breakwater[s3]``, and is loaded with the first request. No key, and nothing of a credential, gets
into a log or an error: the library's own sentences name both, and are not passed on. Kept by
``tests/depot/test_bucket_client.py``.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from app.depot.faults import AWAY, FULL, REFUSED
from app.domain.errors import BreakwaterError, ConflictError, DepotError, DepotFullError, DepotRefusedError, NotFoundError

_CONNECT_SECONDS = 5
_READ_SECONDS = 60
_CONNECTIONS = 16
_FULL_CODES = {"InsufficientCapacity", "InsufficientStorage", "QuotaExceeded", "StorageFull", "XMinioStorageFull"}
_INSUFFICIENT_STORAGE = 507
_REFUSED_STATUS = {401, 403, 405}
_CLOCK_CODES = {"RequestTimeTooSkewed", "RequestExpired"}
_CONFLICT_CODES = {"ConditionalRequestConflict", "PreconditionFailed", "412"}
_NOT_FOUND_CODES = {"404", "NoSuchKey", "NoSuchUpload"}
_NO_RANGE = "InvalidRange"
_log = logging.getLogger("breakwater.depot")


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """How the server is reached. ``endpoint`` None: the region's own at AWS. ``credentials``: key id and secret.

    Without credentials the library looks where it always does: environment, files, the machine's role. ``authorities`` is a file
    of certificates to trust, beside none else; None: those of the system. ``attempts`` are made of each request.
    """

    region: str
    endpoint: str | None = None
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    authorities: Path | None = None
    attempts: int = 4


class BucketClient:
    """Requests to one bucket. Shared by threads; a process that was forked makes connections of its own."""

    def __init__(self, bucket: str, access: BucketAccess) -> None:
        """Take the bucket's name and the way to it; nothing is asked yet."""
        self._bucket = bucket
        self._access = access
        self._lock = threading.Lock()
        self._made: tuple[int, Any] | None = None
        self._server_ahead = timedelta()

    def head(self, key: str) -> Mapping[str, Any] | None:
        """Give an object's ``ContentLength``, ``LastModified`` and ``Metadata``, None if there is none."""
        try:
            return self._ask("head_object", Key=key)
        except NotFoundError:
            return None

    def get(self, key: str, start: int, stop: int, entity: str | None) -> tuple[Any, str | None]:
        """Ask for a range of bytes. Gives the body, None where the range begins behind the end, and the entity that it is of.

        Raises:
            NotFoundError: there is no such object.
            DepotError: among others, it is not ``entity`` any more.
        """
        same = {} if entity is None else {"IfMatch": entity}
        try:
            answer = self._ask("get_object", Key=key, Range=f"bytes={start}-{stop - 1}", **same)
        except _BehindTheEndError:
            return None, entity
        except (ConflictError, NotFoundError) as exc:
            if entity is None:
                raise
            raise DepotError(AWAY) from exc
        return answer["Body"], answer.get("ETag")

    def pieces(self, body: Any, size: int) -> Iterator[bytes]:
        """Give a body piece by piece; its connection is given back, or closed if it was not read to the end."""
        if body is None:
            return
        try:
            while True:
                with _faults("get_object"):
                    piece: bytes = body.read(size)
                if not piece:
                    return
                yield piece
        finally:
            body.close()

    def put_new(self, key: str, content: bytes, metadata: Mapping[str, str]) -> None:
        """Put a whole object.

        Raises:
            ConflictError: there is one.
        """
        self._ask("put_object", Key=key, Body=content, Metadata=metadata, IfNoneMatch="*")

    def begin(self, key: str, metadata: Mapping[str, str]) -> str:
        """Begin a multipart upload and give its id."""
        upload: str = self._ask("create_multipart_upload", Key=key, Metadata=metadata)["UploadId"]
        return upload

    def send_part(self, key: str, upload: str, number: int, content: bytes) -> dict[str, Any]:
        """Send the part of this number, from 1 on, and give what completing asks for."""
        answer = self._ask("upload_part", Key=key, UploadId=upload, PartNumber=number, Body=content)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def complete_new(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> None:
        """Make an object of the parts.

        Raises:
            ConflictError: there is one, where the server looks.
            NotFoundError: there is no such upload (any more).
        """
        self._ask("complete_multipart_upload", Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, IfNoneMatch="*")

    def abort(self, key: str, upload: str) -> None:
        """Forget an upload and its parts; one that is not there is no fault."""
        try:
            self._ask("abort_multipart_upload", Key=key, UploadId=upload)
        except NotFoundError:
            return

    def delete(self, key: str) -> None:
        """Delete an object, and all of its versions if the bucket keeps some."""
        if self._ask("delete_object", Key=key).get("DeleteMarker"):
            for one in self._all("list_object_versions", ("Versions", "DeleteMarkers"), key):
                if one["Key"] == key:
                    self._ask("delete_object", Key=key, VersionId=one["VersionId"])

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Give the keys below a prefix in order, with the time of their last change."""
        for one in self._all("list_objects_v2", ("Contents",), prefix):
            yield one["Key"], one["LastModified"]

    def uploads(self, prefix: str) -> Iterator[tuple[str, str, datetime]]:
        """Give the key and id of each upload that was neither completed nor aborted, and since when."""
        for one in self._all("list_multipart_uploads", ("Uploads",), prefix):
            yield one["Key"], one["UploadId"], one["Initiated"]

    def age(self, since: datetime) -> timedelta:
        """Give how long ago something was, by the clock of the server as its last answer told it."""
        return datetime.now(UTC) + self._server_ahead - since

    def _ask(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        with _faults(operation):
            answer: Mapping[str, Any] = getattr(self._client(), operation)(Bucket=self._bucket, **parameters)
        self._heed_clock(answer)
        return answer

    def _all(self, operation: str, members: Sequence[str], prefix: str) -> Iterator[Mapping[str, Any]]:
        with _faults(operation):
            pages = iter(self._client().get_paginator(operation).paginate(Bucket=self._bucket, Prefix=prefix))
        while True:
            with _faults(operation):
                page = next(pages, None)
            if page is None:
                return
            self._heed_clock(page)
            for member in members:
                yield from page.get(member, ())

    def _heed_clock(self, answer: Mapping[str, Any]) -> None:
        stated = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        if stated:
            self._server_ahead = parsedate_to_datetime(stated) - datetime.now(UTC)

    def _client(self) -> Any:
        with self._lock:
            if self._made is None or self._made[0] != os.getpid():
                self._made = os.getpid(), _connect(self._access)
            return self._made[1]


class _BehindTheEndError(DepotError):
    """The range begins behind the end of the object."""


def _connect(access: BucketAccess) -> Any:
    import boto3  # noqa: PLC0415  # an extra
    from botocore.config import Config  # noqa: PLC0415  # the same

    for library in ("boto3", "botocore", "urllib3"):  # at "debug" they write down keys and headers
        logging.getLogger(library).setLevel(logging.CRITICAL)
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": access.attempts},
        max_pool_connections=_CONNECTIONS,
        # The server compares what it got with what was signed. Other checksums are beyond many servers that speak S3.
        s3={"addressing_style": "path" if access.endpoint else "auto", "payload_signing_enabled": True},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    key_id, secret = access.credentials or (None, None)
    return boto3.session.Session().client(
        "s3",
        region_name=access.region,
        endpoint_url=access.endpoint,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        verify=str(access.authorities) if access.authorities else True,
        config=config,
    )


@contextmanager
def _faults(operation: str) -> Iterator[None]:
    """Give what the library raises as the errors of a depot, and write down which kind it was."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # an extra

    fault: BreakwaterError
    try:
        yield
    except ClientError as exc:
        status = int(exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        code = str(exc.response.get("Error", {}).get("Code", ""))
        fault = _refusal(code, status)
        told = f"{status} {code}" if code.isalnum() else str(status)
    except (BotoCoreError, OSError) as exc:
        fault = _lost(type(exc).__name__)
        told = type(exc).__name__
    else:
        return
    if isinstance(fault, DepotError) and not isinstance(fault, _BehindTheEndError):
        _log.warning("A bucket of exports did not do %s: %s", operation, told)
    raise fault from None  # not from the library's error, which names the key


def _refusal(code: str, status: int) -> BreakwaterError:
    if code in _NOT_FOUND_CODES:
        return NotFoundError()
    if code in _CONFLICT_CODES:
        return ConflictError("A file of this name is in the depot.")
    if code == _NO_RANGE:
        return _BehindTheEndError(AWAY)
    if code in _FULL_CODES or status == _INSUFFICIENT_STORAGE:
        return DepotFullError(FULL)
    if status in _REFUSED_STATUS and code not in _CLOCK_CODES:
        return DepotRefusedError(REFUSED)
    return DepotError(AWAY)


def _lost(kind: str) -> DepotError:
    """Give what it means that there was no answer: nothing that a credential is missing, otherwise that the server is away."""
    return DepotRefusedError(REFUSED) if "Credentials" in kind else DepotError(AWAY)
