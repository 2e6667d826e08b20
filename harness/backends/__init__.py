"""Loops and gatherers: which there are, how a backend's name is read, what can run, and how it is opened.

It is the only room that names an event loop: a new loop, gatherer or family of loops is added here alone.
It may import scenario, protocol and errors, and importing it imports no loop: a worker opens one.
"""
