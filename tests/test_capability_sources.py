"""The capabilities that come with loopcmp: each by its title, and with the public report it comes from."""

from pathlib import Path

import pytest

from harness.analysis.capabilities import TAG
from harness.protocol.benchmarks import Benchmark
from harness.report.public_reports import REPOSITORIES, address
from harness.worker.listing import list_benchmarks
from scenarios import capabilities

BENCHMARKS = [
    benchmark
    for module in capabilities.MODULES
    for benchmark in list_benchmarks(f"scenarios.capabilities.{module}", "capabilities")
]

TITLES = {
    "anyio_tcp": "streams over TCP, each side ended in turn",
    "anyio_unix": "streams over UNIX sockets",
    "anyio_cancelled_connect": "connects that are cancelled half-way",
    "anyio_tls": "encrypted streams",
    "anyio_udp": "datagrams",
    "anyio_process": "child processes: output and exit code",
    "anyio_process_input": "child processes that are fed while they answer",
    "anyio_child_watching": "exit codes of several child processes",
    "anyio_process_input_by_name": "child processes that open their input by name",
    "anyio_process_descriptors": "descriptors that a child process inherits",
    "anyio_process_user": "child processes of another user",
    "anyio_process_umask": "child processes with a umask",
    "anyio_signals": "signals, received one by one",
    "anyio_interrupt": "Ctrl-C",
    "anyio_child_signal": "signals of child processes that end",
    "anyio_threads": "functions in worker threads that call back",
    "anyio_thread_wakes_loop": "a worker thread that wakes an idle loop",
    "anyio_lookup": "names and addresses",
    "anyio_wait_readable": "waiting for a descriptor",
    "anyio_context_variables": "context variables of tasks",
    "anyio_generators": "asynchronous generators that nobody finished",
    "anyio_idle": "no CPU time while there is nothing to do",
    "anyio_growth": "nothing that grows over many connections",
    "forked_child": "a process forked inside a running loop",
    "loop_stop_and_run_again": "a loop that is stopped and run again",
    "loop_context": "the caller's context in callbacks",
    "loop_context_argument": "callbacks in a context that they are given",
    "loop_cancelled_callbacks": "callbacks that are cancelled",
    "loop_readers:given=number": "readiness of a descriptor, given as number",
    "loop_readers:given=object": "readiness of a descriptor, given as object",
    "loop_exception_handler": "an exception handler of one's own",
    "loop_default_exception_handler": "errors of callbacks in the log",
    "loop_debug_slow_callbacks": "debug mode: slow callbacks",
    "loop_debug_wrong_thread": "debug mode: calls from the wrong thread",
    "loop_threadsafe_calls": "calls from other threads that wake an idle loop",
    "loop_executor": "functions in the loop's threads",
    "loop_shutdown_executor": "an executor that is shut down when its work is done",
    "loop_signal_handlers": "signal handlers",
    "loop_task_factory": "task factories",
    "loop_eager_tasks": "eager tasks",
    "loop_tcp": "transports over TCP, each half ended in turn",
    "loop_unix": "transports over UNIX sockets",
    "loop_flow_control": "senders that are told to pause",
    "loop_accepted_socket": "connections that were accepted elsewhere",
    "loop_tcp_no_delay": "TCP connections that send small packets at once",
    "loop_addresses_after_loss": "addresses of a connection that is lost",
    "loop_address_of_gone_client": "the address of a client that has gone before it is accepted",
    "loop_cancelled_sock_connect": "a socket of one's own, after its connect was cancelled",
    "loop_happy_eyeballs": "happy eyeballs",
    "loop_write_after_loss": "writing to a connection that is closing or lost",
    "loop_writelines_after_loss": "writing lines to a connection that is closing or lost",
    "loop_pause_after_loss": "pausing a connection that is closing or lost",
    "loop_buffered_protocol": "protocols that bring their own buffer",
    "loop_serve_forever": "a server that serves for ever, until it is closed",
    "loop_wait_closed": "waiting until the last client of a closed server has gone",
    "loop_close_clients": "closing a server's clients",
    "loop_tls": "transports over TLS",
    "loop_start_tls": "TLS on a connection that began in the clear",
    "loop_start_tls_read_ahead": "TLS that begins in a packet that was read already",
    "loop_tls_handshake_limit": "a time limit for TLS handshakes",
    "loop_tls_shutdown_limit": "a time limit for the end of TLS",
    "loop_udp": "datagram endpoints",
    "loop_datagram_pause": "datagrams that wait while reading is paused",
    "loop_datagram_error": "errors of datagrams that nobody takes",
    "loop_datagram_empty": "empty datagrams",
    "loop_datagram_broadcast": "datagrams to everybody",
    "loop_sock_stream": "streams over sockets",
    "loop_sock_datagrams": "datagrams over sockets",
    "loop_sendfile": "files sent through a transport",
    "loop_sock_sendfile": "files sent through a socket",
    "loop_pipes": "pipes, to their end",
    "loop_terminal": "terminals as pipes",
    "loop_file_as_pipe": "regular files, refused as pipes",
    "loop_subprocess_exec": "a program's output, errors and exit code",
    "loop_subprocess_shell": "a shell's output, errors and exit code",
    "loop_getaddrinfo": "names and addresses by the loop's own methods",
}
"""What each capability is called, by the name that is typed."""


def by_name(benchmark: Benchmark) -> str:
    return benchmark.id


def test_every_capability_is_called_by_a_title_that_no_other_has() -> None:
    assert {benchmark.id: benchmark.title for benchmark in BENCHMARKS} == TITLES
    assert len(set(TITLES.values())) == len(TITLES) == len(BENCHMARKS)


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=by_name)
def test_a_capability_is_tagged_and_never_timed(benchmark: Benchmark) -> None:
    assert TAG in benchmark.tags
    assert not benchmark.timed


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=by_name)
def test_a_title_is_words_and_not_the_name_of_a_function(benchmark: Benchmark) -> None:
    assert "_" not in benchmark.title
    assert not benchmark.title.endswith(".")


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=by_name)
def test_a_capability_names_the_public_reports_that_it_comes_from(benchmark: Benchmark) -> None:
    assert benchmark.reported
    assert [report for report in benchmark.reported if address(report) is None] == []


@pytest.mark.parametrize("benchmark", BENCHMARKS, ids=by_name)
def test_what_a_loop_is_documented_to_lack_has_a_source(benchmark: Benchmark) -> None:
    for difference in benchmark.differences:
        assert difference.source
        assert difference.reason


def test_a_report_in_short_is_an_issue_of_its_repository() -> None:
    assert address("uvloop#561") == "https://github.com/MagicStack/uvloop/issues/561"
    assert (
        address("github.com/aio-libs/aiosmtpd/issues/34") == "https://github.com/aio-libs/aiosmtpd/issues/34"
    )


@pytest.mark.parametrize("words", ["uvloop", "uvloop#", "uvloop#new", "nobody#1", "", "http://uvloop#1"])
def test_what_names_no_report_has_no_address(words: str) -> None:
    assert address(words) is None


def test_every_repository_in_short_is_one_that_a_capability_names() -> None:
    named = {
        report.partition("#")[0] for benchmark in BENCHMARKS for report in benchmark.reported if "#" in report
    }
    assert named == set(REPOSITORIES)


def test_the_documentation_says_how_many_capabilities_there_are() -> None:
    page = (Path(__file__).parent.parent / "docs" / "scenarios.md").read_text()
    assert f"tries {len(BENCHMARKS)} of them" in page
