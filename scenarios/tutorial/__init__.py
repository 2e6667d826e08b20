"""The examples, pitfalls and claims of a tutorial on asyncio.gather, in document order."""

MODULES = (
    "say_after",
    "side_by_side",
    "order",
    "keep_errors",
    "first_error",
    "missing_await",
    "not_awaitable",
    "same_awaitable",
    "nested",
    "in_task_group",
    "cancellation",
)
"""The modules of this family, in the order of the document; the last four are companions to it."""
