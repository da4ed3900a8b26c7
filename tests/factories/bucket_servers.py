"""A real server of buckets for tests: a Ceph cluster of one monitor, one disk in memory and its gateway for S3, on loopback.

Owns starting and stopping it, stopping and starting its gateway alone, and fresh buckets. Kept by ``tests/depot/test_bucket.py``.
Needs Debian's packages ``ceph-mon``, ``ceph-osd`` and ``radosgw``. It starts in some three seconds.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.config import Config

from app.depot.bucket import BucketDepot
from app.depot.bucket_client import BucketAccess, BucketClient
from tests.factories.held_ports import held_ports

NO_SERVER = "These tests need a server of buckets. Install one (Debian: apt-get install radosgw ceph-mon ceph-osd)."
KEY_ID = "test-key-id"
SECRET = "not-a-secret-of-anybody"
REGION = "default"
_PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
_START_SECONDS = 60
_MEMORY_BYTES = 2 * 1024**3

_CONFIGURATION = """
[global]
fsid = {cluster}
mon host = [v2:127.0.0.1:{ports[0]},v1:127.0.0.1:{ports[1]}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
run dir = {folder}
admin socket = {folder}/$name.$pid.asok
log to file = false
mon cluster log to file = false
crash dir = {folder}
paxos propose interval = 0.02
paxos min wait = 0.01
mon allow pool size one = true
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = {memory}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
rgw frontends = beast endpoint=127.0.0.1:{ports[2]} ssl_endpoint=127.0.0.1:{ports[3]} ssl_certificate={folder}/tls.pem
rgw thread pool size = 16
rgw gc max objs = 1
rgw data log num shards = 1
"""

# Runs a program until standard input ends, so that it stops however the test process ends: kill -9 included.
_KEEPER = """
"$@" > "$OUTPUT" 2>&1 < /dev/null &
program=$!
while read -r line; do :; done
kill -KILL "$program"
"""


class NoBucketServerError(RuntimeError):
    """The programs are not installed, or do not start."""


@dataclass
class BucketServer:
    """A running server. ``url`` is plain HTTP, ``tls_url`` HTTPS with a certificate of its own, which lies at ``authority``."""

    folder: Path
    url: str
    tls_url: str
    keepers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def authority(self) -> Path:
        """The certificate that TLS is verified with."""
        return self.folder / "tls.pem"

    @property
    def access(self) -> BucketAccess:
        """How to reach it."""
        return BucketAccess(REGION, self.url, (KEY_ID, SECRET))

    def new_bucket(self) -> str:
        """Make an empty bucket and give its name."""
        name = f"exports-{secrets.token_hex(6)}"
        self.caller().create_bucket(Bucket=name)
        return name

    def depot(self, **options: Any) -> BucketDepot:
        """Give an empty depot in the one bucket that tests share."""
        return BucketDepot(BucketClient(self.shared_bucket, self.access), f"tests/{secrets.token_hex(6)}", **options)

    @cached_property
    def shared_bucket(self) -> str:
        """A bucket in which each depot has a prefix of its own; to make one takes a second."""
        return self.new_bucket()

    def caller(self, key_id: str = KEY_ID, secret: str = SECRET) -> Any:
        """Give the library's client, to do what no depot does."""
        options = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required")
        return boto3.session.Session().client(
            "s3",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            config=options,
        )

    def add_user(self, key_id: str, secret: str) -> None:
        """Let somebody else in, who has a right to nothing yet."""
        self.run(
            "radosgw-admin",
            "-n",
            "client.rgw",
            "user",
            "create",
            f"--uid={key_id}",
            "--display-name=Somebody",
            *_keys(key_id, secret),
        )

    def set_quota(self, most_bytes: int | None) -> None:
        """Bound what all buckets of this server's user hold, or stop to."""
        user = ("radosgw-admin", "-n", "client.rgw", "quota")
        if most_bytes is None:
            self.run(*user, "disable", "--quota-scope=user", "--uid=tests")
            return
        self.run(*user, "set", "--quota-scope=user", "--uid=tests", f"--max-size={most_bytes}")
        self.run(*user, "enable", "--quota-scope=user", "--uid=tests")

    def stop(self) -> None:
        """Kill the gateway. What it holds stays with the cluster."""
        _end(self.keepers.pop())

    def start(self) -> None:
        """Start the gateway, and wait until it answers."""
        self.keep("radosgw", "-n", "client.rgw")
        end = time.monotonic() + _START_SECONDS
        while True:
            with suppress(requests.RequestException):
                requests.get(self.url, timeout=5)
                return
            if time.monotonic() > end or self.keepers[-1].poll() is not None:
                raise NoBucketServerError((self.folder / "radosgw.out").read_text()[-2000:])
            time.sleep(0.05)

    def keep(self, program: str, *arguments: str) -> None:
        """Start a program that ends with this process."""
        command = ["sh", "-c", _KEEPER, "keeper", program, "-f", *arguments]
        environment = self.environment | {"OUTPUT": str(self.folder / f"{program}.out")}
        self.keepers.append(subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True))

    def run(self, *command: str) -> None:
        """Run a program of the cluster to its end."""
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=_START_SECONDS, check=False)
        if done.returncode:
            raise NoBucketServerError(f"{command[0]}: {done.stderr.decode()[-2000:]}")

    @property
    def environment(self) -> dict[str, str]:
        """Where the programs find their configuration, and nothing of this process's Python."""
        return {"PATH": os.environ["PATH"], "CEPH_CONF": str(self.folder / "ceph.conf"), "HOME": str(self.folder)}


def later(client: BucketClient) -> None:
    """Let a client believe that sixteen minutes have passed since anything happened."""
    real = client.age
    client.age = lambda since: real(since) + timedelta(minutes=16)  # type: ignore[method-assign]  # the client asks it how long ago something was


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """Give a server of this process, stopped at the end.

    Raises:
        NoBucketServerError: the programs are not installed, or do not start.
    """
    if not all(map(shutil.which, _PROGRAMS)):
        raise NoBucketServerError(NO_SERVER)
    with tempfile.TemporaryDirectory(prefix="breakwater-buckets-") as name, held_ports(4) as ports:
        server = BucketServer(Path(name), f"http://127.0.0.1:{ports[2]}", f"https://127.0.0.1:{ports[3]}")
        try:
            _begin(server, ports)
            yield server
        finally:
            for keeper in reversed(server.keepers):
                _end(keeper)


def _begin(server: BucketServer, ports: Sequence[int]) -> None:
    folder, cluster = server.folder, str(uuid.uuid4())
    text = _CONFIGURATION.format(cluster=cluster, folder=folder, ports=ports, memory=_MEMORY_BYTES)
    (folder / "ceph.conf").write_text(text)
    _make_certificate(server)
    address = f"[v2:127.0.0.1:{ports[0]},v1:127.0.0.1:{ports[1]}]"
    server.run("monmaptool", "--create", "--fsid", cluster, "--addv", "a", address, str(folder / "monmap"))
    server.run("ceph-mon", "-i", "a", "--mkfs", "--monmap", str(folder / "monmap"))
    server.keep("ceph-mon", "-i", "a")
    disk = str(uuid.uuid4())
    (folder / "osd").mkdir()
    server.run("ceph", "osd", "new", disk)
    server.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
    server.keep("ceph-osd", "-i", "0")
    server.run(
        "radosgw-admin", "-n", "client.rgw", "user", "create", "--uid=tests", "--display-name=Tests", *_keys(KEY_ID, SECRET)
    )
    server.start()


def _make_certificate(server: BucketServer) -> None:
    pem = str(server.authority)
    subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{pem}.key")
    server.run("openssl", "req", "-x509", *key, "-out", f"{pem}.crt", "-days", "2", *subject)
    server.authority.write_bytes(Path(f"{pem}.key").read_bytes() + Path(f"{pem}.crt").read_bytes())


def _keys(key_id: str, secret: str) -> tuple[str, str]:
    return f"--access-key={key_id}", f"--secret={secret}"


def _end(keeper: subprocess.Popen[bytes]) -> None:
    assert keeper.stdin is not None
    keeper.stdin.close()
    keeper.wait(timeout=_START_SECONDS)
