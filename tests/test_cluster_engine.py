"""Dask as the engine: it takes nobody without a certificate, unpickles no reply, and brings jobs back."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, Security

from harness.cluster import dask_engine, local
from harness.cluster.certificates import new_certificates, security_of
from harness.cluster.dask_engine import DaskEngine
from harness.cluster.engine import Flight, Lost
from harness.cluster.jobs import JobWriter
from harness.cluster.replies import Refused, entries_of
from tests.clustered import RUN

pytestmark = [pytest.mark.long, pytest.mark.workers, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def engine() -> Iterator[DaskEngine]:
    """A real cluster of one host."""
    with local.local_cluster(1) as cluster:
        deadline = time.monotonic() + 100
        while not cluster.hosts():
            assert time.monotonic() < deadline
            cluster.wait(0.5)
        yield cluster


def outcome_of(engine: DaskEngine, flight: Flight) -> object:
    deadline = time.monotonic() + 100
    while (outcome := flight.outcome()) is None:
        assert time.monotonic() < deadline
        engine.wait(1.0)
    return outcome


EVIL = """
class Evil:
    def __reduce__(self):
        return open, (FILE, "w")

def answer(job, lease):
    return Evil()
"""
"""What answers with an object that runs code where it is unpickled."""


def answer_with_pickles(file: Path) -> Callable[[bytes, str], object]:
    """Return what goes to a host whole, as all does that is of no module which can be imported there."""
    names: dict[str, Any] = {"__name__": "__main__", "FILE": str(file)}
    exec(EVIL, names)  # noqa: S102
    answer: Callable[[bytes, str], object] = names["answer"]
    return answer


def test_a_job_comes_back_as_bytes_and_its_host_says_why_it_refuses(engine: DaskEngine) -> None:
    [host] = engine.hosts()
    flight = engine.submit(host, JobWriter(RUN).describing())
    reply = outcome_of(engine, flight)
    assert isinstance(reply, bytes)
    assert isinstance(entries_of(reply, host), Refused)
    flight.release()


def test_a_reply_that_would_have_to_be_unpickled_is_not(
    engine: DaskEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [host] = engine.hosts()
    file = tmp_path / "unpickled"
    answer = answer_with_pickles(file)
    monkeypatch.setattr(dask_engine, "do_job", answer)
    flight = engine.submit(host, b"")
    outcome = outcome_of(engine, flight)
    assert isinstance(outcome, Lost), outcome
    assert outcome.reason.startswith("its reply cannot be read")
    assert not file.exists()
    flight.release()
    with Client(engine.address, security=engine.security, set_as_default=False) as trusting:
        trusting.submit(answer, b"", "").result(timeout=100).close()
    assert file.exists()  # which shows that whoever unpickles this reply runs what it says


def test_a_reply_that_is_too_large_is_not_fetched(
    engine: DaskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    [host] = engine.hosts()
    monkeypatch.setattr(dask_engine, "LARGEST_REPLY", 1000)
    monkeypatch.setattr(dask_engine, "do_job", lambda _job, _lease: b"x" * 10_000)
    flight = engine.submit(host, b"")
    assert outcome_of(engine, flight) == Lost("its reply has 10000 bytes")
    flight.release()


def test_a_job_that_the_engine_was_never_given_is_forgotten(engine: DaskEngine) -> None:
    [host] = engine.hosts()
    flight = engine.submit(host, b"no job")
    assert isinstance(outcome_of(engine, flight), bytes)
    assert engine.forgotten([flight]) == set()


@pytest.fixture(scope="module")
def services(engine: DaskEngine) -> dict[str, int]:
    """The addresses at which the scheduler and the worker of a cluster listen, and their ports for HTTP."""
    with Client(engine.address, security=engine.security, set_as_default=False) as client:
        scheduler = client.scheduler_info(n_workers=-1)
    servers = {engine.address: scheduler, **scheduler["workers"]}
    assert len(servers) == 2
    return {address: server["services"]["dashboard"] for address, server in servers.items()}


def strangers(folder: Path) -> ssl.SSLContext:
    """What a client shows whose certificate another authority made."""
    new_certificates(folder)
    return tls_of(security_of(folder))


def tls_of(security: Security | None) -> ssl.SSLContext:
    assert security is not None
    context: ssl.SSLContext = security.get_connection_args("client")["ssl_context"]
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def without_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def first_bytes(address: str, tls: ssl.SSLContext | None) -> bytes:
    """What a server of the engine, which speaks first, says to a client; nothing where it hangs up."""
    host, port = address.removeprefix("tls://").rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=30) as plain, suppress(OSError):
        if tls is None:
            plain.sendall(b"x" * 1000)
            return plain.recv(1000)
        with tls.wrap_socket(plain) as connection:
            return connection.recv(1000)
    return b""


def test_a_client_without_a_certificate_or_with_a_strangers_gets_nothing(
    engine: DaskEngine, services: dict[str, int], tmp_path: Path
) -> None:
    other = strangers(tmp_path)
    for address in services:
        assert first_bytes(address, tls_of(engine.security))
        assert [first_bytes(address, tls) for tls in (None, without_certificate(), other)] == [b""] * 3


def test_a_submitter_with_a_strangers_certificate_is_told_that_it_cannot_connect(
    engine: DaskEngine, tmp_path: Path
) -> None:
    strangers(tmp_path)
    with pytest.raises(OSError, match=r"(?s)Timed out|certificate|connect"):
        DaskEngine(engine.address, security_of(tmp_path), patience=5.0)


def test_the_engine_has_no_pages_and_its_port_for_http_is_for_this_machine_alone(
    services: dict[str, int],
) -> None:
    paths = ("/", "/status", "/health", "/metrics", "/info/main/workers.html", "/json/identity.json")
    for port in services.values():
        for path in paths:
            connection = HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path)
            assert connection.getresponse().status == HTTPStatus.NOT_FOUND
            connection.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=30)


def test_a_security_of_certificates_asks_for_encryption(tmp_path: Path) -> None:
    new_certificates(tmp_path / "own")
    security: Security = security_of(tmp_path / "own")
    assert security.require_encryption is True
