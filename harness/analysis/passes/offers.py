"""The passes that can be asked for, in words: the command line shows them, and imports nothing for it."""

OFFERS = {
    "latency": "the p50, p99 and p99.9 of one operation, where a scenario yields one",
    "collections": "what full garbage collections cost",
    "instructions": "how many an iteration takes, counted by valgrind in up to three minutes",
}
"""What each pass over a scenario measures."""

SERVICE_OFFERS = {
    "latency": "the same at a fixed rate",
    "rates": "the highest rate at which p99 stays below 10 ms",
    "connections": "memory, at rest and for each of 1,000 connections",
}
"""What each pass over a service measures."""

OFFERED = tuple(dict.fromkeys((*OFFERS, *SERVICE_OFFERS)))
"""The names of the passes that can be asked for, each once."""
