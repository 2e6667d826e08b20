"""The answer of a record or a comparison: what a person sees first, as values that every format draws.

It says who takes less time, by how much and at what, whether all gave the same, and whether to believe it.
It may import analysis, records and the words of report/formatting; it draws nothing itself.
"""
