"""The scenarios that come with loopcmp, family by family, in the order they are reported."""

DISTRIBUTION = "loopcmp"
"""Says that this package named `scenarios` is ours; others of that name are on PyPI."""

FAMILIES = (
    "tutorial",
    "tasks",
    "cancellation",
    "synchronization",
    "timers",
    "network",
    "http",
    "services",
    "system",
    "startup",
    "native",
    "capabilities",
)
"""Sub-packages, each with its own `MODULES` in document order."""
