"""What a program asks of the system: other processes, signals, files, threads."""

MODULES = ("subprocesses", "signals", "files", "threads", "processes")
"""The modules of this family."""
