"""Going on from the directory that one accepted last to the newest: which versions between have to be asked for.

Owns that the versions in which the directory's key was rotated are gone through, one after the other: what nobody trusted signed
says how many there are, so none is asked for before the one before it is verified, and no more than one is held. Holding each
against the one before is ``directory_keys``'. Asks nobody itself: whoever calls says how a version is got. Kept by
``tests/client/verifying/test_follow_directory.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from breakwater_client.errors import Code, MalformedInputError
from breakwater_client.trust.key_directory import Directory
from breakwater_client.verifying.directory_keys import (
    DirectoryFile,
    DirectoryTrust,
    Trusted,
    accept,
    lead_on,
    pin,
    read_directory_file,
)
from breakwater_client.verifying.steps import FailedStepError, at_step

MOST_ROTATIONS = 100
"""So many versions are asked for at most: what an unverified version says of rotations is anybody's word."""

MOST_BYTES = 512 * 1024 * 1024
"""So many bytes have all of these together: behind a pinned key they are asked for until one is signed with it."""


def follow(newest: bytes, trust: DirectoryTrust, version: Callable[[int], bytes]) -> Directory:
    """Give the newest version (unverified bytes) if what is trusted leads to it, by ``DIRECTORY_STEPS``.

    ``version`` gives another version by its number; it is called only if the directory's key was rotated since.

    Raises:
        FailedStepError: nothing trusted leads to it, it is older than the one accepted last, another exchange's, or expired.
    """
    file = read_directory_file(newest)
    try:
        return accept([file], trust)
    except FailedStepError as failed:
        if failed.code is not Code.DIRECTORY_CHAIN_BROKEN:
            raise
        broken = failed.with_traceback(None)  # which would hold what was read
    numbers = _rotations(file, trust)
    del file
    try:
        last = _through(numbers, trust.trusted, version)
        return accept([read_directory_file(newest)], replace(trust, trusted=last))
    except FailedStepError as later:
        if later.code is not Code.DIRECTORY_CHAIN_BROKEN:
            raise
        raise broken from None


def trust_first(newest: bytes, now: datetime) -> DirectoryTrust:
    """Trust the key that the newest version (unverified bytes) is signed with, because nothing is known yet: anybody's word.

    Raises:
        FailedStepError: it is no directory.
    """
    with at_step(1):
        return DirectoryTrust(pin(read_directory_file(newest).claimed.signing_key.keyid), now)


def _rotations(newest: DirectoryFile, trust: DirectoryTrust) -> Sequence[int]:
    after = trust.trusted.version if isinstance(trust.trusted, Directory) else 0
    numbers = sorted({one for one in newest.claimed.rotations if after < one < newest.claimed.version})
    if len(numbers) > MOST_ROTATIONS:
        with at_step(2):
            raise MalformedInputError("The directory's key is said to have been rotated more often than anybody does.")
    return numbers


def _through(numbers: Sequence[int], trusted: Trusted, version: Callable[[int], bytes]) -> Trusted:
    """Give the last of the versions, to which what is trusted leads; a pinned key may have come into use with any of them.

    Raises:
        FailedStepError: one does not lead on from the one before, or they are too large together.
    """
    left = MOST_BYTES
    for number in numbers:
        raw = version(number)
        left -= len(raw)
        if left < 0:
            with at_step(2):
                raise MalformedInputError("The versions in which the directory's key was rotated are larger than anybody's.")
        try:
            trusted = lead_on(read_directory_file(raw), trusted)
        except FailedStepError as failed:
            if failed.code is not Code.DIRECTORY_CHAIN_BROKEN or isinstance(trusted, Directory):
                raise
    return trusted
