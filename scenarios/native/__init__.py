"""Stories told again directly on asyncio or on trio: what is left when the AnyIO layer is taken away.

They are the only scenarios that name a library. Each says with `native` whose twin it is.
"""

MODULES = ("asyncio_tasks", "trio_tasks", "asyncio_locks", "trio_locks", "asyncio_echo", "trio_echo")
"""The modules of this family; one each for asyncio and trio, so that no worker imports both."""
