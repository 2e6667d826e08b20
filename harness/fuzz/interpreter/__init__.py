"""The child program that runs random programs on one backend and says what happened.

It imports backends and the protocol, and nothing of the language, the specification or the campaign: programs
come as plain lists, and traces go as plain lists.
"""
