"""Tells work that runs away from work that ends: for inputs on which a careless expression would take minutes.

Makes no claim about speed (that is the benchmarks'): the bound is a hundred times what the work takes, in seconds of processor
time of this process, so that a busy machine changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

_CPU_SECONDS = 10.0


@contextmanager
def no_runaway() -> Iterator[None]:
    """Fail if the block took more than ten seconds of processor time."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < _CPU_SECONDS, "this grows faster than its input"
