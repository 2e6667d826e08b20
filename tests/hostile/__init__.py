"""Loops and scenarios that do to their worker whatever can be done: real ones, run in real workers."""
