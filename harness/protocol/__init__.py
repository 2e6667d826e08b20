"""What the parent and a worker say to each other: benchmarks, descriptions, observations and messages.

Its values are frozen dataclasses, sent as JSON, one message a line, and never pickled.
It may import the standard library alone, because workers import it.
"""
