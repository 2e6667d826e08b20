"""The referee: runs scenarios on event loops, compares what they do, and times them fairly."""

DISTRIBUTION = "loopcmp"
"""Says that this package named `harness` is ours; others of that name are on PyPI."""
