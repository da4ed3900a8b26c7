"""What every way in over HTTP shares: who asks, the gate, refusals, headers, log and metrics. No route stands here."""
