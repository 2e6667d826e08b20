"""What a case is expected to do: its promise, with what is documented for its backend laid over it."""

from fnmatch import fnmatchcase

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark, Difference, Prints, Promise
from harness.protocol.observations import NO_LEAKS, Observation


def matching_difference(benchmark: Benchmark, backend: str, python: str) -> Difference | None:
    """Return the documented difference for a backend on this Python. Raises BadInput where two match.

    It is documented for a loop and gatherer, whichever environment they run in.
    """
    names = {backend, backend.partition("@")[0]}
    try:
        matching = [
            difference
            for difference in benchmark.differences
            if any(fnmatchcase(name, pattern) for name in names for pattern in difference.on)
            and SpecifierSet(difference.python).contains(python, prereleases=True)
        ]
    except InvalidSpecifier as error:
        raise BadInput(f'{benchmark.source}: {benchmark.id}: {error}; write python=">=3.12"') from None
    if len(matching) > 1:
        patterns = " and ".join(", ".join(difference.on) for difference in matching)
        raise BadInput(
            f"{benchmark.source}: {benchmark.id} documents two differences for {backend} (on {patterns}): "
            "narrow one of them until at most one matches each backend"
        )
    return matching[0] if matching else None


def expected_promise(
    benchmark: Benchmark, backend: str, python: str, reference: Observation | None
) -> Promise:
    """Return the whole promise for a backend: documented differences over it, the baseline beneath it."""
    difference = matching_difference(benchmark, backend, python)
    promised = benchmark.promise if difference is None else _overlay(benchmark.promise, difference.promise)
    return complete_promise(promised, reference)


def _overlay(promise: Promise, over: Promise) -> Promise:
    return Promise(
        outcome=over.outcome or promise.outcome,
        prints=over.prints or promise.prints,
        diagnostics=promise.diagnostics if over.diagnostics is None else over.diagnostics,
        leaks=over.leaks or promise.leaks,
    )


def complete_promise(promise: Promise, reference: Observation | None) -> Promise:
    """Fill in what is not promised: what the baseline did, and nothing left behind."""
    return Promise(
        outcome=promise.outcome or (reference.outcome if reference else None),
        prints=promise.prints or (Prints(reference.prints) if reference else None),
        diagnostics=promise.diagnostics or (),
        leaks=promise.leaks or NO_LEAKS,
    )
