"""A driver compares every byte, counts waiting, and says what is wrong with a service."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from harness.backends.registry import find_backend
from harness.execution.arms import Arm
from harness.execution.machine import cpus_of
from harness.execution.observing import case_spec, observe_in_process
from harness.execution.rounds import run_round
from harness.protocol.observations import ProcessObservations
from harness.protocol.traffic import Batch, Broken, Fault, Traffic
from harness.records.pace import ArmFailure, ArmRound, RoundSettings
from harness.scenario.service import echo, get, messages
from harness.worker.services.answers import NotHttp, Template, no_success, parse, template_of
from harness.worker.services.binding import opened
from harness.worker.services.clients import Client
from harness.worker.services.connections import ServiceBroken
from harness.worker.services.varying import pattern_of, template_of_varying
from tests.arms import PATIENCE, arms_on
from tests.records import time_at
from tests.served import Reply, context, in_thread, service_of

DATED = b"HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 19:00:00 GMT\r\nContent-Length: 2\r\n\r\nhi"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"


def test_a_response_is_whole_only_with_its_last_byte() -> None:
    for whole in (DATED, CHUNKED):
        assert all(parse(whole[:end]) is None for end in range(len(whole)))
        response = parse(whole + b"HTTP/1.1 200")
        assert response is not None
        assert response.length == len(whole)


def test_the_order_and_sizes_of_chunks_are_part_of_a_response() -> None:
    response = parse(CHUNKED)

    assert response is not None
    assert (response.body, response.chunks) == (b"abcd", (3, 1))


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    response = b"HTTP/1.0 200 OK\r\n\r\nall of it"

    assert parse(response) is None
    assert (whole := parse(response, closed=True)) is not None
    assert whole.body == b"all of it"


def test_what_is_no_response_is_quoted() -> None:
    with pytest.raises(NotHttp, match=r"which is no HTTP/1\.1 response"):
        parse(b"SSH-2.0-OpenSSH\r\n\r\n")


def test_a_later_date_is_the_same_answer_and_no_other_byte_is() -> None:
    template = template_of(DATED)

    assert template.matches(DATED.replace(b"19:00:00", b"19:00:01"))
    assert not template.matches(DATED.replace(b"hi", b"ho"))
    assert not template.matches(DATED.replace(b"200", b"201"))
    assert template.first_difference(DATED.replace(b"hi", b"ho")) == len(DATED) - 1


def echo_back(client: socket.socket, data: bytes) -> None:
    client.sendall(data)


@contextmanager
def client_of(traffic: Traffic, port: int, patience: float = PATIENCE) -> Iterator[Client]:
    with closing(Client(traffic, port, patience)) as client:
        client.connect()
        yield client


def test_a_batch_makes_as_many_requests_as_it_was_told_to() -> None:
    received = []

    def count(client: socket.socket, data: bytes) -> None:
        received.append(len(data))
        client.sendall(data)

    with in_thread(count) as port, client_of(echo(100, connections=3), port) as client:
        before = sum(received)
        driven = client.batch_of(Batch("", 50, PATIENCE))()

    assert (sum(received) - before) // 100 == 50
    assert driven.requests == 50
    assert 0 < driven.cpu <= driven.wall


def test_an_answer_that_comes_in_pieces_is_put_together() -> None:
    def in_pieces(client: socket.socket, data: bytes) -> None:
        for byte in data:
            client.sendall(bytes([byte]))

    with in_thread(in_pieces) as port, client_of(echo(30, connections=2), port) as client:
        driven = client.batch_of(Batch("", 10, PATIENCE))()

    assert driven.requests == 10


def test_a_request_that_is_larger_than_any_buffer_is_sent_whole() -> None:
    with in_thread(echo_back) as port, client_of(echo(8 * 2**20, connections=2), port) as client:
        driven = client.batch_of(Batch("", 4, PATIENCE))()

    assert driven.requests == 4


def broken(traffic: Traffic, reply: Reply, patience: float = PATIENCE) -> Broken:
    def ask(port: int) -> None:
        with client_of(traffic, port, patience) as client:
            client.batch_of(Batch("", 100, patience))()

    with in_thread(reply) as port, pytest.raises(ServiceBroken) as caught:
        ask(port)
    return caught.value.broken


def test_one_wrong_byte_in_a_hundred_answers_is_found_and_its_place_told() -> None:
    answers = iter(range(10**6))
    lock = threading.Lock()

    def wrong_at_last(client: socket.socket, data: bytes) -> None:
        with lock:
            wrong = next(answers) == 99
        client.sendall(data[:-1] + b"!" if wrong else data)

    found = broken(echo(100, connections=4), wrong_at_last)

    assert found.fault is Fault.WRONG
    assert "byte 99 of 100" in found.how


def test_more_bytes_than_an_answer_has_are_wrong() -> None:
    def twice(client: socket.socket, data: bytes) -> None:
        client.sendall(data + b"?")

    assert broken(echo(100, connections=1), twice).fault is Fault.WRONG


def test_a_connection_that_is_closed_is_told_of() -> None:
    def hang_up(client: socket.socket, _: bytes) -> None:
        client.shutdown(socket.SHUT_RDWR)

    found = broken(echo(100, connections=4), hang_up)

    assert found == Broken(Fault.CLOSED, "closed a connection instead of answering")


def test_a_service_that_falls_silent_is_given_up_after_its_patience() -> None:
    def say_nothing(_: socket.socket, __: bytes) -> None:
        return None

    found = broken(echo(100, connections=4), say_nothing, patience=0.1)

    assert found == Broken(Fault.SILENT, "answered 0 of 8 requests, then gave no answer for 0.1 s")


def test_a_service_whose_answers_differ_from_request_to_request_is_refused() -> None:
    numbers = iter(range(100, 10**6))

    def numbered(client: socket.socket, _: bytes) -> None:
        client.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{next(numbers)}".encode())

    found = broken(get("/"), numbered)

    assert found.fault is Fault.WRONG
    assert found.how.startswith("answers one request in several ways")


def numbering(numbers: Iterator[int], body: str) -> Reply:
    """Answer with a body in which a number counts up."""

    def reply(client: socket.socket, _: bytes) -> None:
        content = body.format(next(numbers))
        client.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode())

    return reply


def test_where_answers_may_vary_a_number_that_grows_longer_is_not_compared() -> None:
    reply = numbering(iter(range(85, 10**6)), '{{"number": {}, "name": "x"}}')

    with in_thread(reply) as port, client_of(get("/", varies=True), port) as client:
        assert client.batch_of(Batch("", 50, PATIENCE))().requests == 50


def test_where_answers_may_vary_another_word_is_still_wrong() -> None:
    numbers = iter(range(10**6))

    def reply(client: socket.socket, data: bytes) -> None:
        count = next(numbers)
        numbering(iter([count]), '{{"number": {}, "name": "' + ("x" if count < 100 else "y") + '"}}')(
            client, data
        )

    found = broken(get("/", varies=True), reply)

    assert found.fault is Fault.WRONG
    assert 'name": "y"' in found.how
    assert "which no answer before had there" in found.how


def test_where_answers_may_vary_by_more_than_words_they_are_refused() -> None:
    numbers = iter(range(10**6))

    def reply(client: socket.socket, data: bytes) -> None:
        numbering(iter([0]), "x " * (1 + next(numbers) % 3) + "{}")(client, data)

    found = broken(get("/", varies=True), reply)

    assert found.how.startswith("answers one request in several ways")


def test_answers_that_may_vary_and_do_not_are_compared_byte_for_byte() -> None:
    template = template_of_varying([DATED, DATED.replace(b"19:00:00", b"19:00:01")])

    assert isinstance(template, Template)


@pytest.mark.parametrize(
    ("texts", "hidden"),
    [
        ([b"took 0.5 ms", b"took 12.25 ms"], b"took <changes> ms"),
        ([b'{"at": "2026-11-27T08:00:00Z"}'], b'{"at": "<changes>"}'),
        ([b"since 2026-11-27 08:00:00.123 and on"], b"since 2026-11-27 <changes> and on"),
        ([b'{"id": "a-1"}', b'{"id": "b-2"}'], b'{"id": "<changes>"}'),
        ([b"1.2.0 of 2026-11-27", b"1.2.0 of 2026-11-27"], b"1.2.0 of 2026-11-27"),
    ],
)
def test_words_that_change_and_times_of_day_are_gaps(texts: list[bytes], hidden: bytes) -> None:
    pattern = pattern_of(texts)

    assert pattern is not None
    assert pattern.hidden() == hidden
    assert all(map(pattern.matches, texts))


def test_a_status_that_is_no_success_is_told_with_where_it_sends_to() -> None:
    moved = parse(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /docs/\r\nContent-Length: 0\r\n\r\n")

    assert moved is not None
    assert no_success(moved) == "answered with status 307 and sends to /docs/"


def test_another_body_or_status_than_promised_is_wrong() -> None:
    def reply(client: socket.socket, _: bytes) -> None:
        client.sendall(DATED)

    def fail(client: socket.socket, _: bytes) -> None:
        client.sendall(DATED.replace(b"200 OK", b"500 No"))

    assert broken(get("/", b"ho"), reply).how == "answered with the body b'hi'"
    assert broken(get("/", b"hi"), fail).how == "answered with status 500"


def test_waiting_counts_where_a_service_falls_behind_its_rate() -> None:
    """A service that stalls once makes every request late that was due meanwhile, not one alone."""
    stalled = threading.Event()

    def stall_once(client: socket.socket, data: bytes) -> None:
        if data[:1] == b"!" and not stalled.is_set():
            stalled.set()
            threading.Event().wait(0.2)
        client.sendall(data)

    with in_thread(stall_once) as port, client_of(Traffic(b"!", b"!", connections=1), port) as client:
        stalled.clear()
        client.batch_of(Batch("", 100, PATIENCE, rate=1000.0))()
        sketch = client.latency_sketch()

    assert sketch is not None
    assert sketch.operations == 100
    assert time_at(sketch, 0.5) > 0.1e9  # half of the requests were due while it stalled


def test_a_websocket_frame_of_a_client_is_masked_and_that_of_a_server_is_not() -> None:
    traffic = messages(b"x" * 200)

    assert traffic.request[:4] == bytes([0x81, 0xFE, 0, 200])
    assert traffic.answer is not None
    assert traffic.answer[:4] == bytes([0x81, 126, 0, 200])


def test_a_service_listens_on_a_socket_that_says_it_is_tcps() -> None:
    """Otherwise asyncio leaves TCP_NODELAY unset on what it accepts."""
    with opened() as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_lists_of_cpus_are_read_as_linux_writes_them() -> None:
    assert cpus_of("0,4") == {0, 4}
    assert cpus_of("0-3,8") == {0, 1, 2, 3, 8}
    assert cpus_of("") == set()


SHORT = 3.0
"""Seconds that a service is given which will not answer in any time."""

SETTINGS = RoundSettings(loops=200, turns=3, warmups=1, untimed=8)


def measured(
    folder: Path, text: str, *backends: str, timeout: float = PATIENCE
) -> tuple[ArmRound, ...] | ArmFailure:
    arms = arms_on(service_of(folder, text), *backends)
    return run_round(arms, SETTINGS, context(timeout), "seed")


def failure(folder: Path, text: str, timeout: float = PATIENCE) -> ArmFailure:
    failed = measured(folder, text, "asyncio", timeout=timeout)
    assert isinstance(failed, ArmFailure), failed
    return failed


GOOD = """
@service(traffic=echo(100, connections=4))
async def probe(listener: socket, stopped: Stopped) -> None:
    await serve(listener, stopped, echo_back)
"""


@pytest.mark.workers
def test_services_of_all_arms_take_turns_and_give_the_time_of_their_own_cpu(tmp_path: Path) -> None:
    parts = measured(tmp_path, GOOD, "asyncio", "uvloop", "trio")

    assert not isinstance(parts, ArmFailure)
    assert [part.arm for part in parts] == ["asyncio", "uvloop", "trio"]
    for part in parts:
        assert len(part.values) == SETTINGS.turns
        for value in part.values:
            assert value.loops == SETTINGS.loops
            assert value.cpu > 0
            assert 0 < value.driver_cpu <= value.wall


@pytest.mark.workers
def test_requests_that_were_planted_are_made_and_not_reported(tmp_path: Path) -> None:
    row = service_of(tmp_path, GOOD)
    planted = [Arm("planted", case_spec(row, find_backend("asyncio")), planted=100)]

    parts = run_round(planted, SETTINGS, context(PATIENCE), "seed")

    assert not isinstance(parts, ArmFailure)
    assert {value.loops for part in parts for value in part.values} == {SETTINGS.loops}


ACT = """
async def act(chunk):
    {what}

@service(traffic=echo(100, connections=4))
async def probe(listener: socket, stopped: Stopped) -> None:
    await serve(listener, stopped, after(500, act))
"""


@pytest.mark.workers
def test_a_service_that_dies_has_crashed(tmp_path: Path) -> None:
    failed = failure(tmp_path, ACT.format(what="os.abort()"))

    assert "was killed by SIGABRT" in failed.reason
    assert "in act" in failed.output


@pytest.mark.workers
def test_a_service_that_answers_wrongly_after_a_while_is_found_out(tmp_path: Path) -> None:
    failed = failure(tmp_path, ACT.format(what="return chunk[:-1] + b'!'"))

    assert failed.wrong
    assert "byte 99 of 100" in failed.reason


@pytest.mark.workers
def test_a_service_that_hangs_is_timed_out_with_the_line_where_it_hangs(tmp_path: Path) -> None:
    failed = failure(tmp_path, ACT.format(what="await sleep_forever()"), timeout=SHORT)

    assert failed.timed_out
    assert "requests, then gave no answer for 3 s" in failed.reason
    assert "in act" in failed.output


@pytest.mark.workers
def test_a_service_that_answers_too_late_is_timed_out(tmp_path: Path) -> None:
    failed = failure(tmp_path, ACT.format(what="await sleep(30); return chunk"), timeout=SHORT)

    assert failed.timed_out


@pytest.mark.workers
def test_a_service_that_hangs_up_is_said_to(tmp_path: Path) -> None:
    failed = failure(tmp_path, ACT.format(what="raise BrokenResourceError"))

    assert failed.reason == "closed a connection instead of answering"


@pytest.mark.workers
def test_a_service_that_ends_of_itself_is_said_to(tmp_path: Path) -> None:
    failed = failure(
        tmp_path,
        """
        @service(traffic=echo(100, connections=4))
        async def probe(listener: socket, stopped: Stopped) -> None:
            with_nobody = listener
        """,
    )

    assert not failed.unmeasured


@pytest.mark.workers
def test_after_a_service_that_died_the_next_is_unaffected_and_nothing_is_left(tmp_path: Path) -> None:
    failure(tmp_path, ACT.format(what="os.abort()"))
    parts = measured(tmp_path, GOOD, "asyncio")

    assert not isinstance(parts, ArmFailure)


def observed(folder: Path, text: str, backend: str = "asyncio") -> ProcessObservations:
    return observe_in_process(service_of(folder, text), find_backend(backend), PATIENCE)


@pytest.mark.workers
def test_a_client_sees_the_same_of_one_service_on_every_loop(tmp_path: Path) -> None:
    seen = [observed(tmp_path, GOOD, backend) for backend in ("asyncio", "uvloop", "trio")]

    outcomes = {str(counted.observation.outcome) for process in seen for counted in process.observations}
    assert len(outcomes) == 1
    assert "'the answer': 'as expected'" in outcomes.pop()


@pytest.mark.workers
def test_a_service_that_keeps_connections_is_seen_to_leave_descriptors(tmp_path: Path) -> None:
    process = observed(
        tmp_path,
        """
        import socket as plain

        @service(traffic=echo(100, connections=4))
        async def probe(listener: socket, stopped: Stopped) -> None:
            kept.append(plain.socket(fileno=os.dup(listener.fileno())))
            await serve(listener, stopped, echo_back)
        """,
    )

    assert {counted.observation.leaks.descriptors for counted in process.observations} == {1}


@pytest.mark.workers
@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_a_service_that_cannot_start_is_told_of_at_once(backend: str, tmp_path: Path) -> None:
    process = observed(
        tmp_path,
        """
        @service(traffic=echo(100, connections=4))
        async def probe(listener: socket, stopped: Stopped) -> None:
            import no_such_module
        """,
        backend,
    )

    assert process.ended is None
    assert {str(seen.observation.outcome) for seen in process.observations} == {
        "raised ModuleNotFoundError(\"No module named 'no_such_module'\")"
    }


@pytest.mark.workers
def test_an_answer_that_is_wrong_when_checked_is_part_of_what_was_observed(tmp_path: Path) -> None:
    process = observed(tmp_path, ACT.replace("after(500", "after(0").format(what="return b'?' * 100"))

    assert "'the answer': 'other bytes'" in str(process.observations[0].observation.outcome)
