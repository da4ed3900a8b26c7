from __future__ import annotations

from app.services.checking.findings import Finding, Findings


def test_findings_are_kept_in_the_order_in_which_they_were_made() -> None:
    findings = Findings()
    findings.add("log_leaf 1", "is gone")
    findings.add("log_leaf 0", "is gone")
    assert findings.found == [Finding("log_leaf 1", "is gone"), Finding("log_leaf 0", "is gone")]
    findings.advance(3)
