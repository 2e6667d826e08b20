"""What was planned, what happened and what it came to: frozen values, and in `store` their files.

A record is a function of its journal, and whatever reads a file checks it first.
It may import backends, scenario and protocol; only `store` touches the disk.
"""
