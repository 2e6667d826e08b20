"""The machine and the software that a run is measured on."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class BackendEnvironment:
    """What a backend in a virtual environment runs on, as a worker there reports it, or why it cannot run."""

    backend: str
    python: str = ""
    build: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    unavailable: str | None = None


def kind_of_python(build: str) -> str:
    """Return a build of Python without its patch version and compiler: "CPython free-threaded 3.13"."""
    implementation, _, version = build.partition(", ")[0].rpartition(" ")
    minor = ".".join(version.split(".")[:2])
    return f"{implementation} {minor}".strip()


class DriverPlace(StrEnum):
    """Where the driver of a service runs, seen from the CPU that the service is pinned to."""

    OWN_CORE = "a core of its own"
    SAME_CORE = "another thread of the same core"
    SAME_CPU = "the same CPU"


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and the software of a run; `load` is the one-minute average at its start.

    `versions` are (distribution, version) pairs. Fields that the system does not give are empty.
    """

    cpu: str
    cores: int
    governor: str
    system: str
    python: str
    build: str
    versions: tuple[tuple[str, str], ...]
    load: float | None
    pinned: tuple[int, ...]
    """The CPUs that workers are pinned to; empty where the system cannot pin."""
    environments: tuple[BackendEnvironment, ...] = ()
    """An entry for each backend that runs in a virtual environment of its own."""
    cpu_quota: float | None = None
    """The CPUs' time that a container may use per second; None without a limit."""
    cpu_stops: int | None = None
    """How often the system had stopped this container for its quota by then; None where it does not tell."""
    company_factor: float | None = None
    """How many times longer a worker takes while another CPU is at work; None where that is not recorded."""
    driver: DriverPlace | None = None
    """Where a service's driver runs beside the workers; None where nothing is pinned, or in old records."""

    @property
    def platform(self) -> str:
        """The system without its release, which every update changes: "Linux x86_64"."""
        words = self.system.split()
        return " ".join(dict.fromkeys((*words[:1], *words[-1:])))

    @property
    def identity(self) -> str:
        """What makes times comparable: the CPU's model, their number, the system, and the kind of Python.

        The system's release and Python's patch version are recorded, and warned of where they differ.
        """
        return f"{self.cpu}, {self.cores} CPUs, {self.platform}, {kind_of_python(self.build)}"

    @property
    def kind(self) -> str:
        """The kind of the machine, of which figures of several hosts may be put together.

        It is the identity, and the builds of its environments.
        """
        builds = dict.fromkeys(environment.build for environment in self.environments)
        return ", ".join([self.identity, *filter(None, builds)])

    def of(self, backend: str) -> BackendEnvironment:
        """Return what this backend runs on: an environment of its own, or loopcmp's."""
        own = BackendEnvironment(backend, self.python, self.build, self.versions)
        return next((other for other in self.environments if other.backend == backend), own)

    def python_of(self, backend: str) -> str:
        """Return the version of Python that a backend runs on; loopcmp's where its own was not made."""
        return self.of(backend).python or self.python
