"""The names under which people see backends; machine formats keep the whole names."""

from collections.abc import Iterable
from functools import lru_cache

from harness.backends.registry import short_name
from harness.records.record import Record


class ShownNames(dict[str, str]):
    """The name that people see for each backend of a record; any other name stands for itself."""

    def __missing__(self, name: str) -> str:
        """Return the name of an arm that is no backend of the record, such as a twin's, as it is."""
        return name


def shown_names(backends: Iterable[str]) -> ShownNames:
    """Return the names that people see for these backends, which stand side by side in a record.

    It is the loop's name alone where the loop appears with its default gatherer only, which the bare name
    means on the command line as well; and the whole name everywhere else.
    """
    return _shown_names(tuple(backends))


@lru_cache(maxsize=64)
def _shown_names(backends: tuple[str, ...]) -> ShownNames:
    gatherers: dict[str, set[str]] = {}
    for name in backends:
        loop, gatherer = _loop_and_gatherer(name)
        gatherers.setdefault(loop, set()).add(gatherer)
    alone = {loop for loop, names in gatherers.items() if len(names) == 1}
    return ShownNames(
        {name: short_name(name) if _loop_and_gatherer(name)[0] in alone else name for name in backends}
    )


def _loop_and_gatherer(backend: str) -> tuple[str, str]:
    loop, _, gatherer = backend.partition("@")[0].partition("+")
    return loop, gatherer


def backend_order(record: Record) -> tuple[str, ...]:
    """Return the record's backends, baseline first."""
    baseline = record.run.plan.baseline
    return (baseline, *(name for name in record.backends if name != baseline))
