"""Every yes and no of the exchange: pure functions that return a reason or None. Imports the domain only."""
