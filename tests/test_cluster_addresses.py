"""What is typed about a cluster is checked before anything is planned, and nothing is open to everybody."""

import importlib.util
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli.clustering import cluster_of
from harness.cluster.certificates import AUTHORITY, CERTIFICATE, KEY, check_certificates, new_certificates
from harness.cluster.joining import read_cpu_sets
from harness.cluster.local import cpu_sets
from harness.cluster.opening import ClusterAddress, read_address
from harness.cluster.travelling import travelling_files
from harness.errors import BadInput
from harness.protocol.benchmarks import Benchmark
from tests.command_line import here
from tests.records import ASYNCIO, fake_benchmark, plan, returned
from tests.unit_entries import PLAN


def _moved(benchmark: Benchmark, module: str, digests: tuple[tuple[str, str], ...]) -> Benchmark:
    return replace(benchmark, module=module, digests=digests)


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    new_certificates(tmp_path / "certificates")
    return tmp_path / "certificates"


def test_a_cluster_of_this_machine_needs_no_certificates() -> None:
    assert read_address("local:2", None, insecure=False) == ClusterAddress(local=2)


@pytest.mark.parametrize("typed", ["10.0.0.1:8786", "tls://10.0.0.1:8786", "tls://[::1]:8786"])
def test_a_scheduler_is_reached_by_certificates(certificates: Path, typed: str) -> None:
    cluster = read_address(typed, certificates, insecure=False)
    assert cluster == ClusterAddress(
        scheduler=f"tls://{typed.rpartition('//')[2]}", certificates=certificates
    )


def test_a_scheduler_without_certificates_is_reached_if_that_is_said() -> None:
    assert read_address("tcp://h:1", None, insecure=True) == ClusterAddress(scheduler="tcp://h:1")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("local:0", "name 1 to 64 hosts"),
        ("local:65", "name 1 to 64 hosts"),
        ("local:", "is no address of a cluster"),
        ("ucx://h:1", "is no address of a cluster"),
        ("h", "is no address of a cluster"),
        ("tcp://h:1", "can run code on every host: add --certificates"),
    ],
)
def test_what_is_no_cluster_or_open_to_everybody_is_refused(typed: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_address(typed, None, insecure=False)


@pytest.mark.parametrize(("scheme", "insecure"), [("tcp", False), ("tls", True)])
def test_a_scheme_that_says_the_opposite_is_refused(certificates: Path, scheme: str, insecure: bool) -> None:
    folder = None if insecure else certificates
    with pytest.raises(BadInput, match="tls:// goes with --certificates, and tcp:// with --insecure"):
        read_address(f"{scheme}://h:1", folder, insecure=insecure)


def test_the_key_of_new_certificates_is_for_their_owner_alone(certificates: Path) -> None:
    assert {path.name for path in certificates.iterdir()} == {AUTHORITY, CERTIFICATE, KEY}
    assert stat.S_IMODE((certificates / KEY).stat().st_mode) == 0o600
    check_certificates(certificates)


def test_certificates_that_are_there_are_never_replaced(certificates: Path) -> None:
    with pytest.raises(BadInput, match="is there already"):
        new_certificates(certificates)


def test_a_key_that_others_can_read_is_refused(certificates: Path) -> None:
    (certificates / KEY).chmod(0o644)
    with pytest.raises(BadInput, match="can be read by others: chmod 600"):
        check_certificates(certificates)


def test_a_folder_without_certificates_is_refused_with_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="loopcmp host --new-certificates"):
        check_certificates(tmp_path)


def test_without_the_extra_a_cluster_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "distributed" else find(name)
    )
    assert here(monkeypatch, "run", "right_way", "--cluster", "local:2") == 2
    assert here(monkeypatch, "host", "tls://h:1") == 2
    assert capsys.readouterr().err == (
        "loopcmp: --cluster needs Dask, which is not installed: pip install 'loopcmp[cluster]' brings it\n"
        "loopcmp: loopcmp host needs Dask, which is not installed: pip install 'loopcmp[cluster]' brings it\n"
    )


def test_options_of_a_cluster_want_one() -> None:
    for insecure, repeat_on in ((True, 1), (False, 3)):
        with pytest.raises(BadInput, match="add --cluster ADDRESS"):
            cluster_of(None, None, insecure=insecure, repeat_on=repeat_on)
    assert cluster_of(None, None, insecure=False) is None


def test_a_shard_of_a_plan_goes_to_no_cluster() -> None:
    with pytest.raises(BadInput, match="leave one out"):
        cluster_of("local:2", None, insecure=False, sharded=True)


def test_hosts_of_this_machine_have_cpus_of_their_own_where_there_are_enough() -> None:
    assert cpu_sets((0, 1, 2, 3, 4), 2) == [(1, 2), (3, 4)]
    assert cpu_sets((0, 1), 2) == [(0,), (1,)]
    assert cpu_sets((3,), 2) == [(3,), (3,)]


def test_sets_of_cpus_are_read_and_may_not_overlap() -> None:
    cpu = min(os.sched_getaffinity(0))
    assert read_cpu_sets([str(cpu)]) == ((cpu,),)
    for typed, why in (
        ([f"{cpu}", f"{cpu}"], "is in two sets"),
        (["x"], "names no CPUs"),
        ([""], "names no CPUs"),
        (["100000"], "this process may not use CPU 100000"),
    ):
        with pytest.raises(BadInput, match=why):
            read_cpu_sets(typed)


def test_files_of_ones_own_scenarios_travel_by_their_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    for name in ("first.py", "beside.py"):
        (tmp_path / "mine" / name).write_text(name)
    own = fake_benchmark("own", returned(1))
    digests = (("beside.py", ""), ("first.py", ""))
    files = travelling_files(plan(_moved(own, "mine/first.py", digests), on=(ASYNCIO,)))
    assert files == (("mine/first.py", b"first.py"), ("mine/beside.py", b"beside.py"))
    assert travelling_files(PLAN) == ()


@pytest.mark.parametrize("module", ["/elsewhere/mine.py", "../mine.py"])
def test_a_scenario_that_is_not_below_this_folder_cannot_travel(module: str) -> None:
    own = _moved(fake_benchmark("own", returned(1)), module, ())
    with pytest.raises(BadInput, match="is not below the current folder"):
        travelling_files(plan(own, on=(ASYNCIO,)))
