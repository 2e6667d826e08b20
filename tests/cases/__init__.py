"""Scenarios after public reports, each with one thing that a harness may get wrong."""
