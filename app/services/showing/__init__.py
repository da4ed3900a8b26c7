"""Showing objects to people: everything that one page holds of them, in one look and under one row of the ledger."""
