"""What it costs to be able to cancel, and to do so."""

MODULES = ("waiting", "deadlines", "scopes")
"""The modules of this family."""
