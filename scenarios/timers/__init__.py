"""Timers: many at once, one that is moved again and again, and how late they are."""

MODULES = ("mixed", "moved", "lateness")
"""The modules of this family."""
