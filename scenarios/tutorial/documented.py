"""Where the libraries document what their task groups do with errors."""

TASK_GROUP_ERRORS = {
    "*+nursery": "trio documentation of nurseries: errors in multiple child tasks",
    "*+taskgroup": "asyncio documentation of TaskGroup; cpython#75633",
    "*+anyio": "AnyIO documentation of task groups: handling multiple errors",
}
"""For each gatherer that is a task group, the source of its differences from asyncio.gather."""
