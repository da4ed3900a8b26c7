"""Who is at the other end of the signer's socket, as the kernel says.

Owns the reading of SO_PEERCRED and the decision by user id. Kept by ``tests/signer/test_peers.py``.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Set as AbstractSet

_CREDENTIALS = struct.Struct("3i")


def peer_credentials(connection: socket.socket) -> bytes:
    """Give the kernel's ``ucred`` (pid, uid, gid) of whoever connected."""
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)


def why_not_peer(credentials: bytes, allowed: AbstractSet[int]) -> str | None:
    """Give why a peer is not answered, or None; ``allowed`` are user ids, and nobody is by default, root neither."""
    if len(credentials) != _CREDENTIALS.size:
        return "peer-unknown"
    _pid, uid, _gid = _CREDENTIALS.unpack(credentials)
    return None if uid in allowed else "peer-of-another-user"
