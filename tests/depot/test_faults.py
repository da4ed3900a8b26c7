from __future__ import annotations

import errno
import traceback

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
def test_a_fault_of_the_disk_has_its_state_and_names_no_file(
    number: int, expected: type[DepotError], caplog: pytest.LogCaptureFixture
) -> None:
    place = "/srv/exports/secret"
    with pytest.raises(DepotError) as caught, disk_faults():
        raise OSError(number, "told", place)
    assert type(caught.value) is expected
    shown = "".join(traceback.format_exception(caught.value))
    assert errno.errorcode[number] in caplog.text
    assert place not in caplog.text + shown
