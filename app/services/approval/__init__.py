"""What takes two persons: proposing it, deciding it, and looking proposals up.

The room knows no kind of proposal: whoever may be proposed to writes the proposal (``propose``), and ``services.carry_out`` wires
each kind to what it does. So rooms import this one, and it imports none of them.
"""
