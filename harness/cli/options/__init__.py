"""Arguments and options that several commands share, each with its help, by the group that help shows.

A command takes them as the fields of one class. The package may import what holds their choices, such as
the orders of an answer.
"""
