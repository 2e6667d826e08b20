"""Where the project of a loop lives, which its page links to."""

from harness.backends.backend import LOOPS
from harness.backends.third_party import KNOWN_LOOPS
from harness.report.public_reports import REPOSITORIES

_ASYNCIO = "https://docs.python.org/3/library/asyncio.html"


def project_of(loop: str) -> str | None:
    """Return the address of a loop's project; None for a loop that only its record knows."""
    loops = (*LOOPS, *(notes.loop for notes in KNOWN_LOOPS.values()))
    known = next((each for each in loops if each.name == loop), None)
    if known is None:
        return None
    if not known.distribution:
        return _ASYNCIO
    if known.distribution in REPOSITORIES:
        return f"https://github.com/{REPOSITORIES[known.distribution]}"
    return f"https://pypi.org/project/{known.distribution}/"
