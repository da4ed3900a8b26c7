"""What a partner of a Breakwater exchange builds on: sign, submit, pull, and verify without trusting the exchange.

Importing the package loads nothing; take what you need from its modules (``README.md`` beside it names them).
"""
