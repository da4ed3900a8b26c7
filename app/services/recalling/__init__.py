"""Recalls after the notice: what its addressees answer, who is chased, what is corrected, and what somebody contests."""
