"""The child process: it lists scenarios, observes a case or times it, and answers on a pipe of its own.

It knows no plans, records or reports, and each job imports only what it needs, for its start is paid often.
It may import backends, scenario and protocol, and beyond them AnyIO; no room imports it.
"""
