"""Twins: scenarios written again on the own API of asyncio or trio, which show what the AnyIO layer costs.

They are the only scenarios that name a library. Each says with `native` which scenario it is the twin of.
"""

MODULES = (
    "asyncio_tasks",
    "trio_tasks",
    "asyncio_locks",
    "trio_locks",
    "asyncio_streams",
    "trio_streams",
    "asyncio_deadlines",
    "trio_deadlines",
    "asyncio_echo",
    "trio_echo",
)
"""The modules of this family; one each for asyncio and trio, so that no worker imports both."""
