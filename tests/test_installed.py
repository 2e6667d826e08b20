"""Scenarios of an installed package: found by their entry point, imported by workers only."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import harness

pytestmark = pytest.mark.workers

ROOT = Path(harness.__file__).parents[1]

SCENARIOS = """\
import sys

if not sys.argv[0].endswith("worker/__main__.py"):
    raise SystemExit("imported by the parent")

from harness.scenario import scenario


@scenario(returns=7)
async def seven() -> int:
    return 7


@scenario(timed=False)
async def say_after_example() -> int:
    return 1
"""

METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "entry_points.txt": "[loopcmp.scenarios]\nraising = tiny.raises\nleaving = tiny.exits\n"
    "tiny_family = tiny.scenarios\n",
    "RECORD": "",
}


def wheel(folder: Path) -> Path:
    """A package of one module, as a build tool would write it."""
    path = folder / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/__init__.py", "")
        archive.writestr("tiny/raises.py", "raise ValueError('out of order')\n")
        archive.writestr("tiny/exits.py", "import os\nos._exit(7)\n")
        archive.writestr("tiny/scenarios.py", SCENARIOS)
        for name, text in METADATA.items():
            archive.writestr(f"tiny-1.dist-info/{name}", text)
    return path


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own, which sees ours, and in which the package is installed by pip."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    [target] = folder.glob("lib/python*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (target / "ours.pth").write_text("\n".join([str(ROOT), *ours]))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", target, wheel(folder)], check=True, timeout=120)
    return folder / "bin" / "python"


def loopcmp(python: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = "from harness.cli import main; main()"
    return subprocess.run(
        [python, "-P", "-c", program, *words], capture_output=True, text=True, timeout=120, check=False
    )


def test_its_family_is_chosen_by_the_name_of_the_entry_point(python: Path) -> None:
    listed = loopcmp(python, "list", "scenarios", "tiny_family")
    assert listed.returncode == 0, listed.stderr
    assert [listed.stdout.count(word) for word in ("seven", "say_after_example")] == [1, 1]


def test_broken_plugins_are_a_warning_and_a_line_and_block_nothing(python: Path) -> None:
    listed = loopcmp(python, "list", "scenarios")
    assert listed.returncode == 0, listed.stderr
    assert "tiny.raises of the family raising takes no part: does not import: ValueError" in listed.stderr
    assert "tiny.exits of the family leaving takes no part: while its scenarios were listed" in listed.stderr
    for name in ("tiny.raises", "tiny.exits", "seven", "order:n=1"):
        assert name in listed.stdout


def test_its_scenario_runs_on_every_default_backend(python: Path) -> None:
    checked = loopcmp(python, "check", "seven", "--no-progress")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count("✓ same result") == 3


def test_a_scenario_called_like_one_of_ours_is_told_which_to_rename(python: Path) -> None:
    refused = loopcmp(python, "check", "say_after_example", "--no-progress")
    assert refused.returncode == 2
    assert "two scenarios are called say_after_example: rename the one in " in refused.stderr
    assert "tiny/scenarios.py:" in refused.stderr
