"""TAXII 2.1 (OASIS Standard, 10 June 2021) under ``/taxii2/``: the second way in over HTTP, for tools that speak the standard."""
