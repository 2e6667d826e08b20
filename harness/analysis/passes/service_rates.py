"""The passes over a service: how long its answers take at a rate, its highest rate, and its memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.analysis.intervals import estimate
from harness.analysis.passes.contract import (
    LEVEL,
    TURNS,
    Cell,
    Pass,
    PassTable,
    brief_cell,
    cell,
    each_arm,
    ratio_over_rounds,
)
from harness.analysis.passes.latency import read_latency
from harness.analysis.timings import BenchmarkSamples
from harness.protocol.benchmarks import Benchmark
from harness.protocol.messages import Value
from harness.protocol.traffic import CROWD
from harness.records.pace import PACED_SECONDS, ArmRound, RoundSettings
from harness.records.passes import PassFigure, PassResult
from harness.records.record import Timing
from harness.records.units import Unit

LATENCY_LOAD = 0.5
"""The rate at which latency is measured, as a share of what the slowest backend answered when calibrated."""

RATE_STEP = 1.1
"""The ratio of one rate to the next in a search for the highest."""

P99_BOUND = 0.010
"""The seconds of the 99th percentile up to which a service keeps up with the rate at which it is asked."""

LOWEST, STEPS = 0.5, 19
"""Where a search for the highest rate begins, as a share of what the slowest arm answers, and its steps.

The last is at 2.8 times that: three times as quick as the slowest is no loop known here.
"""


class ServicePass(Pass):
    """A pass over a service, in which the driver does not ask as fast as it is answered."""

    __slots__ = ()

    def fits(self, benchmark: Benchmark) -> bool:
        """Decide whether the benchmark is a service."""
        return benchmark.is_service

    def shares(self) -> tuple[float, ...]:
        """Return the rate of each turn, as a share of what the slowest arm answers; nothing without rates."""
        return ()

    def pace(self, ordinary: RoundSettings) -> RoundSettings:
        """Return the settings of the pass; the rates are the same for all arms."""
        rates = tuple(share * ordinary.capacity for share in self.shares())
        return replace(
            ordinary, turns=max(1, len(rates)), warmups=0, timed=self.timed, laps=1, collect=True, rates=rates
        )

    def patience(self, ordinary: float) -> float:
        """Return the seconds of silence after which a worker is ended."""
        return ordinary + STEPS * PACED_SECONDS


class ServiceLatencyPass(ServicePass):
    """A pass that asks at one rate."""

    __slots__ = ()

    def shares(self) -> tuple[float, ...]:
        """Return the same share for every turn."""
        return (LATENCY_LOAD,) * TURNS

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return the quantiles of a request's time, and the requests that became due in a second."""
        return {
            arm: replace(result, numbers={**result.numbers, "rate": rounds.parts(arm)[0].values[0].rate})
            for arm, result in read_latency(rounds).items()
        }


class RatesPass(ServicePass):
    """A pass that asks at ever higher rates."""

    __slots__ = ()

    def shares(self) -> tuple[float, ...]:
        """Return the rising shares."""
        return tuple(LOWEST * RATE_STEP**step for step in range(STEPS))

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return the highest rate that each service kept up with, and its ratio to the baseline's."""
        kept = {arm: [highest_kept(part.values) for part in rounds.parts(arm)] for arm in rounds.timed}
        base = rounds.reference
        return {
            arm: PassResult(dict(_rates(rounds.parts(arm), rates, [] if arm == base else kept.get(base, []))))
            for arm, rates in kept.items()
            if rates
        }


def _rates(
    parts: Sequence[ArmRound], kept: Sequence[float], base: Sequence[float]
) -> Iterator[tuple[str, PassFigure]]:
    last = [part.values[-1].rate for part in parts]
    is_last = any(rate == highest for rate, highest in zip(kept, last, strict=True))
    yield "highest_rate", PassFigure(estimate(kept, LEVEL), Unit.PER_SECOND, at_least=is_last)
    if len(base) == len(kept) and all(kept) and all(base):
        yield "highest_rate_ratio", ratio_over_rounds(zip(kept, base, strict=True))


def highest_kept(values: Sequence[Value]) -> float:
    """Return the highest rate at which p99 stayed below its bound, there and at all lower; 0 for none."""
    highest = 0.0
    for value in values:  # the rates rise from turn to turn
        if value.p99 / 1e9 > P99_BOUND:
            break
        highest = value.rate
    return highest


class ConnectionsPass(ServicePass):
    """A pass that opens a thousand connections."""

    __slots__ = ()

    def read(self, rounds: BenchmarkSamples) -> dict[str, PassResult]:
        """Return a service's resident bytes with the driver's few connections, and for each of more."""
        return each_arm(rounds, _memory)


def _memory(parts: Sequence[ArmRound]) -> PassResult | None:
    resident = [value.resident for part in parts for value in part.values]
    if not resident or not all(map(all, resident)):
        return None
    at_rest = estimate([before for before, _ in resident], LEVEL)
    per_connection = estimate([(crowded - before) / CROWD for before, crowded in resident], LEVEL)
    return PassResult(
        {
            "resident_at_rest_bytes": PassFigure(at_rest, Unit.BYTES),
            "resident_per_connection_bytes": PassFigure(per_connection, Unit.BYTES),
        }
    )


def _row(timing: Timing) -> tuple[Cell, ...] | None:
    if timing.service is None:
        return None
    latency, rates, memory = (
        timing.passes.get(name, PassResult({})) for name in ("latency", "rates", "connections")
    )
    rate = latency.numbers.get("rate")
    cells: tuple[Cell, ...] = (
        f"{rate:,.0f} a second" if rate else "",
        brief_cell(rates, "highest_rate"),
        cell(rates, "highest_rate_ratio"),
        cell(memory, "resident_at_rest_bytes"),
        cell(memory, "resident_per_connection_bytes"),
    )
    return cells if any(cells) else None


SERVICE_LATENCY = ServiceLatencyPass("latency", timed="paced", needs=("ddsketch",))
RATES = RatesPass("rates", timed="paced", rounds=6)
CONNECTIONS = ConnectionsPass("connections", timed="crowded", rounds=6)

_OF_RATES = (
    "Requests become due at a rate that is the same for every backend, whatever was answered; each "
    f"is timed from when it was due. Latency is that at {LATENCY_LOAD:.0%} of what the slowest "
    f"backend answers. The highest rate is the last, in steps of {RATE_STEP - 1:.0%}, at which p99 "
    f"stayed below {P99_BOUND * 1e3:g} ms, there and at all lower ones; > none of those tried was "
    "too high."
)

_OF_MEMORY = f"Memory is resident: with the driver's connections, and for each of {CROWD:,} more."

RATES_TABLE = PassTable(
    "rates",
    "Services: rates and memory",
    ("latency at", "highest rate", "ratio", "memory at rest", "a connection"),
    (_OF_RATES, _OF_MEMORY),
    _row,
)
