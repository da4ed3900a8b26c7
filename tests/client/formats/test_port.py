"""Keeps the port: what a formats is asked for, by name."""

from __future__ import annotations

from breakwater_client.formats import port


def test_the_port_is_documented_in_full() -> None:
    for name, kind in vars(port).items():
        if isinstance(kind, type) and kind.__module__ == port.__name__:
            assert kind.__doc__, name
