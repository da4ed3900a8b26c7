from __future__ import annotations

import errno

import pytest

from app.depot.faults import disk_faults
from app.domain.errors import DepotError, DepotFullError, DepotRefusedError

FAULTS = [
    (errno.ENOSPC, DepotFullError),
    (errno.EDQUOT, DepotFullError),
    (errno.EFBIG, DepotFullError),
    (errno.EROFS, DepotRefusedError),
    (errno.EACCES, DepotRefusedError),
    (errno.EPERM, DepotRefusedError),
    (errno.EIO, DepotError),
    (errno.ESTALE, DepotError),
    (errno.ENOTCONN, DepotError),
]


@pytest.mark.parametrize(("number", "expected"), FAULTS)
def test_a_fault_of_the_disk_has_its_state_and_names_no_file(number: int, expected: type[DepotError]) -> None:
    with pytest.raises(DepotError) as caught, disk_faults():
        raise OSError(number, "told", "/srv/exports/secret")
    assert type(caught.value) is expected
    assert "secret" not in caught.value.sentence
