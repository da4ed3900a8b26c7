"""What partners use up in a day, and their questions about persons: counted, limited, and shown to whoever audits them.

Other rooms ask here before they answer; this one imports none of them.
"""
