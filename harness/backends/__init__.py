"""The only place that names an event loop: which loops there are, how a backend's name is read, what can run.

Importing this package imports no loop; a worker opens one with `open_backend`.
"""
