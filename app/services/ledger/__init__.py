"""Answers of the disclosure ledger: who was told what, on which ground, and what leaked with a credential."""
