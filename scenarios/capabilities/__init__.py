"""What an event loop can do, one small scenario each: first through AnyIO, then through its own methods."""

MODULES = (
    "anyio_streams",
    "anyio_tls",
    "anyio_datagrams",
    "anyio_processes",
    "anyio_signals",
    "anyio_threads",
    "anyio_lookup",
    "anyio_descriptors",
    "anyio_tasks",
    "forked",
    "loop_callbacks",
    "loop_readiness",
    "loop_errors",
    "loop_debug",
    "loop_threads",
    "loop_signals",
    "loop_tasks",
    "loop_streams",
    "loop_tls",
    "loop_datagrams",
    "loop_sockets",
    "loop_files",
    "loop_processes",
    "loop_lookup",
)
"""The modules of this family: those named `loop_` call the methods of asyncio's loops themselves."""

REQUIREMENTS = ("trustme",)
"""What its scenarios import besides AnyIO; an environment that they run in has it."""
