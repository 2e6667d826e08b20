"""The runner carries out a plan: from what was asked for, by checks and rounds, to a finished journal.

It decides what is done next, journals every result before the next begins, and leaves processes to execution.
It may import analysis, execution and every room below them; it knows no report.
"""
