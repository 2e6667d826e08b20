"""The kinds of work that benchmarks are told by: of services, what they serve."""

from dataclasses import replace

import pytest

from harness.analysis.families import family_figures
from harness.analysis.kinds_of_work import SERVICES, kind_of_work
from harness.analysis.overall import overall_figures
from harness.protocol.benchmarks import Benchmark
from harness.protocol.traffic import Serves
from harness.report.answer.families import family_title
from harness.worker.listing import list_benchmarks
from tests.compared import of_shares
from tests.records import ASYNCIO, TRIO, UVLOOP, fake_benchmark, returned


def service(name: str, serves: Serves | None = None, *tags: str, app: str = "") -> Benchmark:
    of = fake_benchmark(name, returned(1))
    return replace(of, family="services", connections=32, serves=serves, tags=("service", *tags), app=app)


def test_what_is_no_service_is_of_its_family() -> None:
    assert kind_of_work(replace(fake_benchmark(), family="tasks")) == "tasks"


def test_every_kind_of_service_has_a_title() -> None:
    assert {kind_of_work(service("a", serves)) for serves in Serves} == set(SERVICES)
    assert all(family_title(kind) != kind for kind in SERVICES)


@pytest.mark.parametrize(
    ("benchmark", "kind"),
    [
        (service("a", None, "hypercorn", "starlette"), "services:http"),
        (service("b", None, "hypercorn", "websocket"), "services:websocket"),
        (service("c", None, "echo", "tls"), "services:tcp"),
        (service("d", None, app="mine:app"), "services:http"),
    ],
    ids=["server", "websocket", "echo", "application"],
)
def test_a_record_that_does_not_say_what_a_service_serves_is_read_by_its_tags(
    benchmark: Benchmark, kind: str
) -> None:
    assert kind_of_work(benchmark) == kind


@pytest.mark.parametrize(
    "module", ["uvicorn", "hypercorn", "granian", "aiohttp", "tcp", "asyncio_tcp", "stacks"]
)
def test_what_a_listed_service_serves_is_what_its_tags_say(module: str) -> None:
    listed = list_benchmarks(f"scenarios.services.{module}", "services")
    assert listed
    for benchmark in listed:
        assert benchmark.serves is not None
        assert kind_of_work(replace(benchmark, serves=None)) == kind_of_work(benchmark)


def test_services_that_serve_unlike_things_share_no_mean_and_weigh_the_same_in_the_overall_one() -> None:
    record = of_shares(
        {
            service("a", Serves.HTTP): 0.9,
            service("b", Serves.HTTP): 0.9,
            service("c", Serves.HTTP): 0.9,
            service("d", Serves.TCP): 0.4,
        },
        on=(ASYNCIO, UVLOOP, TRIO),
    )
    ratios = {each.family: each.ratio.value for each in family_figures(record) if each.backend == UVLOOP}
    assert ratios == pytest.approx({"services:http": 0.9, "services:tcp": 0.4}, 0.02)
    overall = overall_figures(record)
    assert overall is not None
    assert overall.families == ("services:http", "services:tcp")
    assert overall.backends[0].ratio.value == pytest.approx(0.6, 0.02)
