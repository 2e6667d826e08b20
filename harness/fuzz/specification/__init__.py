"""What AnyIO, asyncio and trio promise, as a machine that judges traces.

The machine is nondeterministic: it says of a trace whether any run that the documentation allows would have
written it. Each rule names its source; where documentation lets the families differ, `family` has a switch.
"""
