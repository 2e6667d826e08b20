"""`run --app` serves an application that is not ours, from the folder where it is typed."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.backends.registry import find_backend
from harness.cli.parsing import own_app
from harness.errors import BadInput
from harness.execution.observing import observe_in_process
from harness.runner.catalog import check_benchmarks
from harness.runner.own_app import AppRequest, app_benchmarks
from scenarios.services.own import application
from tests.arms import PATIENCE

APPLICATION = """
import os

print("imported, once in a process")

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = os.environ.get("GREETING", "none").encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
"""


FAILING = """
async def unstarted(scope, receive, send):
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.failed", "message": "no database"})

async def teapot(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 418, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
"""


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (AppRequest("main"), "write package.module:app"),
        (AppRequest("main.py:app"), "write package.module:app"),
        (AppRequest("folder/main:app"), "write package.module:app"),
        (AppRequest("main:make("), r"or package.module:make\(\) for what makes one"),
        (AppRequest("main:app", ["items"]), "begins with / and has no spaces"),
        (AppRequest("main:app", ["/a b"]), "begins with / and has no spaces"),
    ],
)
def test_words_that_name_no_application_path_or_variable_are_refused(
    request_: AppRequest, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        app_benchmarks(request_, {"asyncio"})


def test_paths_are_asked_for_once_each_and_the_root_where_there_is_none() -> None:
    assert own_app("main:app", ["/", "/b", "/"]) == AppRequest("main:app", ("/", "/b"))
    assert [row.id for row in app_benchmarks(AppRequest("main:app"), {"asyncio"})] == ["uvicorn_app:path=/"]


def test_hypercorn_is_added_where_trio_takes_part() -> None:
    rows = app_benchmarks(AppRequest("main:app", ["/", "/b"]), {"asyncio", "trio"})

    assert [row.id for row in rows] == [
        "uvicorn_app:path=/",
        "uvicorn_app:path=/b",
        "hypercorn_app:path=/",
        "hypercorn_app:path=/b",
    ]


def test_a_run_of_an_application_can_go_on() -> None:
    check_benchmarks(app_benchmarks(AppRequest("main:app", ["/b"]), {"asyncio", "trio"}))


MADE = """
class Maker:
    def __init__(self, name="none"):
        self.name = name

    def app(self, suffix=""):
        async def application(scope, receive, send):
            return self.name + suffix

        return application

async def takes_all(*_):
    return "all"

def factory():
    return Maker("made").app()
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that makes applications; its name."""
    (tmp_path / "made_here.py").write_text(MADE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "made_here"


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("factory()", "made"),
        ("factory", "made"),
        ("takes_all", "all"),
        ("Maker().app()", "none"),
        ("Maker('typed').app(suffix='!')", "typed!"),
    ],
)
def test_an_application_is_named_or_made_by_calls(expression: str, name: str, made: str) -> None:
    with pytest.raises(StopIteration, match=f"^{name}$"):
        application(f"{made}:{expression}")({}, None, None).send(None)


def test_what_is_no_application_is_named_by_its_type(made: str) -> None:
    with pytest.raises(ValueError, match="it is no ASGI application but of type Maker"):
        application(f"{made}:Maker")


@pytest.mark.workers
def test_an_application_that_does_not_start_or_has_no_success_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("uvicorn")
    (tmp_path / "failing.py").write_text(FAILING)
    monkeypatch.chdir(tmp_path)

    outcomes = {
        name: str(
            observe_in_process(row, find_backend("asyncio"), PATIENCE).observations[0].observation.outcome
        )
        for name in ("unstarted", "teapot")
        for row in app_benchmarks(AppRequest(f"failing:{name}"), {"asyncio"})
    }

    assert "the application did not start: no database" in outcomes["unstarted"]
    assert "it answered with status 418" in outcomes["teapot"]


@pytest.mark.workers
@pytest.mark.parametrize("backend", ["asyncio", "uvloop"])
def test_an_application_is_served_from_here_with_the_variables_that_it_is_given(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("uvicorn")
    (tmp_path / "mine.py").write_text(APPLICATION)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREETING", "hello there")
    [row] = app_benchmarks(AppRequest("mine:app"), {"asyncio"})

    given = replace(find_backend(backend), variables=(("GREETING", None),))

    process = observe_in_process(row, given, PATIENCE)

    [seen] = process.observations
    assert str(seen.observation.outcome).count("hello there") == 1
