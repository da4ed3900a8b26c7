from __future__ import annotations

import os
import socket
import struct

import pytest

from app.signer.peers import peer_credentials, why_not_peer


def ucred(uid: int) -> bytes:
    return struct.pack("3i", 4711, uid, uid)


@pytest.mark.parametrize(
    ("uid", "allowed", "expected"),
    [
        (1000, {1000}, None),
        (1000, {999, 1000}, None),
        (1001, {1000}, "peer-of-another-user"),
        (0, {1000}, "peer-of-another-user"),
        (1000, set(), "peer-of-another-user"),
        (-1, {1000}, "peer-of-another-user"),
    ],
)
def test_only_the_users_that_were_named_are_answered(uid: int, allowed: set[int], expected: str | None) -> None:
    assert why_not_peer(ucred(uid), allowed) == expected


@pytest.mark.parametrize("credentials", [b"", ucred(1000)[:-1], ucred(1000) + b"\0"])
def test_credentials_of_another_shape_are_nobodys(credentials: bytes) -> None:
    assert why_not_peer(credentials, {1000}) == "peer-unknown"


def test_the_kernel_says_who_it_is() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert peer_credentials(ours) == struct.pack("3i", os.getpid(), os.getuid(), os.getgid())
