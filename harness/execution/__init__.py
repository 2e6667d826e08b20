"""The parent's side of workers: it starts, contains and pins them, and has them list, observe and time.

A worker may do anything to itself and nothing to its parent: whatever it says or does becomes a value here.
It may import records and every room below; the child's code is started by its name and never imported.
"""
