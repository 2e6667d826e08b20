"""`loopcmp fuzz`: random concurrent programs on backends, judged by what documentation promises."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options import Backends, Environments, Json, Loops, NoProgress
from harness.errors import BadInput
from harness.fuzz.generator import DEFAULT_SIZE
from harness.fuzz.kinds import Profile

if TYPE_CHECKING:
    from harness.fuzz.campaign import Part

_DEFAULT_SECONDS = 60.0


def fuzz(
    backend: Backends = None,
    loop: Loops = None,
    env: Environments = None,
    programs: Annotated[int | None, typer.Option(min=1, help="Programs that each backend is given.")] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0.1, help=f"Seconds after which no more are given [{_DEFAULT_SECONDS:g} without --programs]."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Which series of programs: the same on every machine.")] = 1,
    profile: Annotated[Profile, typer.Option(help="What the programs are made of.")] = Profile.ALL,
    max_size: Annotated[
        int, typer.Option(min=2, max=100, help="Statements that a program has at most.")
    ] = DEFAULT_SIZE,
    against: Annotated[
        str | None,
        typer.Option(
            help="Judge by the rules of another family, asyncio or trio: lists what differs between them."
        ),
    ] = None,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="asyncio and trio in real time too, as all other loops.")
    ] = False,
    without_law: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LOOP=LAW",
            help="Switch a law off for a loop that always breaks it, such as 'mine=descriptors left'; "
            "may be repeated.",
        ),
    ] = None,
    part: Annotated[
        str, typer.Option(metavar="K/N", help="Run the K-th of N parts of the series: machines can share it.")
    ] = "1/1",
    folder: Annotated[
        Path, typer.Option(help="Where campaigns and findings are kept; a campaign that is there goes on.")
    ] = Path("results/local/fuzz"),
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Run one program, in text form or a finding's, and show its traces."
        ),
    ] = None,
    as_json: Json = False,
    no_progress: NoProgress = False,
) -> None:
    """Run random concurrent programs, and judge what happens by what documentation promises."""
    from harness.cli.fuzzing import choose_subjects, replay_file, run, show
    from harness.fuzz.campaign import Limits
    from harness.fuzz.generator import Series
    from harness.fuzz.session import Session

    subjects = choose_subjects(
        backend or [],
        loop or [],
        env or [],
        against=against or "",
        real_time=real_time,
        without_law=without_law or [],
    )
    if replay is not None:
        raise typer.Exit(replay_file(replay, subjects))
    limits = Limits(
        float("inf") if programs is None else programs,
        _DEFAULT_SECONDS if programs is None and seconds is None else seconds or float("inf"),
    )
    session = Session(subjects, Series(seed, profile, max_size), _part(part), folder, against or "")
    summary = run(session, limits, progress=not no_progress)
    show(summary, as_json=as_json)
    raise typer.Exit(summary.exit_code)


def _part(words: str) -> "Part":
    from harness.fuzz.campaign import Part

    index, slash, count = words.partition("/")
    if slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count):
        return Part(int(index) - 1, int(count))
    raise BadInput(f"--part {words!r} has not the shape K/N with K from 1 to N, such as --part 2/3")
