"""What a program pays before its first task."""

MODULES = ("starting",)
"""The modules of this family."""
