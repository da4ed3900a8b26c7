"""The signer: the one process that holds the exchange's private keys, what it signs and for whom, and how others ask it."""
