"""`loopcmp fuzz`: random concurrent programs on backends, judged by what documentation promises."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.options.choice import Backends, Environments, Loops
from harness.cli.options.fields import takes
from harness.cli.options.output import Json, NoProgress, OutputFile
from harness.errors import BadInput
from harness.fuzz.generator import DEFAULT_SIZE
from harness.fuzz.kinds import Profile

if TYPE_CHECKING:
    from harness.fuzz.generator import Series
    from harness.fuzz.limits import Limits, Part
    from harness.fuzz.subject import Subject

_DEFAULT_SECONDS = 60.0


Programs = Annotated[
    int | None, typer.Option(metavar="NUMBER", min=1, help="How many programs each backend is given.")
]
Seconds = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        min=0.1,
        help=f"When no more programs are given: {_DEFAULT_SECONDS:g} s unless --programs says how many.",
    ),
]
Seed = Annotated[
    int, typer.Option(metavar="NUMBER", help="Seed for the programs: the same on every machine and Python.")
]
Kinds = Annotated[
    str,
    typer.Option("--profile", metavar="PROFILE", help=f"What programs are made of: {', '.join(Profile)}."),
]
MaxSize = Annotated[
    int, typer.Option(metavar="NUMBER", min=2, max=100, help="The most statements that a program has.")
]
Against = Annotated[
    str | None,
    typer.Option(
        metavar="FAMILY", help="Judge by the rules of asyncio or trio, and so list what differs between them."
    ),
]
RealTime = Annotated[
    bool, typer.Option("--real-time", help="Run asyncio and trio in real time, as all other loops are.")
]
WithoutLaw = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LOOP=LAW",
        help="Switch a law off for a loop that always breaks it, such as 'mine=descriptors left'; "
        "may be repeated.",
    ),
]
PartOfSeries = Annotated[
    str, typer.Option("--part", metavar="K/N", help="Run the K-th of N parts, so that machines can share it.")
]
Folder = Annotated[
    Path,
    typer.Option(metavar="FOLDER", help="Where campaigns and findings are kept; one that is there goes on."),
]
Replay = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Run one program, in text form or a finding's, and show its traces."),
]


@dataclass(frozen=True, slots=True)
class FuzzOptions:
    """What is typed after `loopcmp fuzz`."""

    backend: Backends = None
    loop: Loops = None
    env: Environments = None
    programs: Programs = None
    seconds: Seconds = None
    seed: Seed = 1
    profile: Kinds = Profile.ALL
    max_size: MaxSize = DEFAULT_SIZE
    against: Against = None
    real_time: RealTime = False
    without_law: WithoutLaw = None
    part: PartOfSeries = "1/1"
    folder: Folder = Path("results/local/fuzz")
    replay: Replay = None
    as_json: Json = False
    no_progress: NoProgress = False
    output: OutputFile = None

    def subjects(self) -> "list[Subject]":
        """Return the loops that are judged. Raises BadInput."""
        from harness.cli.fuzzing import choose_subjects

        return choose_subjects(
            self.backend or [],
            self.loop or [],
            self.env or [],
            against=self.against or "",
            real_time=self.real_time,
            without_law=self.without_law or [],
        )

    def series(self) -> "Series":
        """Return the programs that are made. Raises BadInput."""
        from harness.fuzz.generator import Series

        if self.profile not in set(Profile):
            raise BadInput(f"--profile {self.profile!r} is no profile: write one of {', '.join(Profile)}")
        return Series(self.seed, Profile(self.profile), self.max_size)

    def limits(self) -> "Limits":
        """Return when no more programs are given."""
        from harness.fuzz.limits import Limits

        unlimited = float("inf")
        if self.programs is None:
            return Limits(unlimited, _DEFAULT_SECONDS if self.seconds is None else self.seconds)
        return Limits(self.programs, self.seconds or unlimited)

    def parsed_part(self) -> "Part":
        """Return which part of the series is run. Raises BadInput."""
        from harness.fuzz.limits import Part

        index, slash, count = self.part.partition("/")
        if slash and index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count):
            return Part(int(index) - 1, int(count))
        raise BadInput(f"--part {self.part!r} has not the shape K/N with K from 1 to N, such as --part 2/3")


@takes(FuzzOptions)
def fuzz(options: FuzzOptions) -> None:
    """Judge random concurrent programs on any loop.

    What happens is judged by what documentation promises; findings are kept with a script each.
    """
    from harness.cli.fuzzing import replay_file, run, show, to_json
    from harness.fuzz.session import Session
    from harness.records.store.files import write_file

    subjects = options.subjects()
    if options.replay is not None:
        raise typer.Exit(replay_file(options.replay, subjects))
    limits = options.limits()
    session = Session(
        subjects, options.series(), options.parsed_part(), options.folder, options.against or ""
    )
    summary = run(session, limits, progress=not options.no_progress)
    if options.output is not None:
        write_file(options.output, to_json(summary))
    show(summary, as_json=options.as_json)
    raise typer.Exit(summary.exit_code)
