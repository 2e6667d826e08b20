"""Services: a real server in a process of its own, asked by a driver in another on another CPU.

What is measured is the server. Within a benchmark it is the same server on every loop, but for the
benchmarks of `stacks`, which say what serves on which.
"""

MODULES = ("tcp", "asyncio_tcp", "trio_tcp", "uvicorn", "hypercorn", "aiohttp", "granian", "stacks")
"""The modules of this family; `application` and others without services hold what they share."""

REQUIREMENTS = (
    "uvicorn",
    "httptools",
    "websockets",
    "hypercorn",
    "aiohttp",
    "granian",
    "starlette",
    "fastapi",
)
"""What its services import besides AnyIO; an environment that they run in has it."""
