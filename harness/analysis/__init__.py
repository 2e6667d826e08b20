"""Pure functions from what was recorded to what it means: verdicts, intervals, judgements, comparisons.

They are given values and return values: no file, clock, process or random number is seen here.
It may import records and every room below, and it alone imports scipy and numpy.
"""
