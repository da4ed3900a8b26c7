"""Bytes in, verified things out: canonical form, signatures, keys, sealed cursors, tokens and log leaves."""
