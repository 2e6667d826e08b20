"""Tasks that wait for one another: events, locks, semaphores, conditions and memory object streams."""

MODULES = ("events", "locks", "limits", "conditions", "streams")
"""The modules of this family."""
