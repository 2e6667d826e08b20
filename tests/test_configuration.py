"""`[tool.loopcmp]` in pyproject.toml is read from the nearest project, and refused where it is wrong."""

from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.runner.configuration import Configuration, read_configuration


def written(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_a_project_without_a_table_configures_nothing(tmp_path: Path) -> None:
    assert read_configuration(written(tmp_path, "[project]\nname = 'x'\n")) == Configuration()


def test_the_nearest_project_counts_from_a_folder_inside_it(tmp_path: Path) -> None:
    inside = written(tmp_path, "[tool.loopcmp]\nsuch = 1\n") / "a" / "b"
    inside.mkdir(parents=True)
    with pytest.raises(BadInput, match="such"):
        read_configuration(inside)


def test_limits_are_read_in_the_order_in_which_they_are_written(tmp_path: Path) -> None:
    text = '[tool.loopcmp.limits]\n"order:n=100" = "5%"\n"*" = "none"\n'
    limits = read_configuration(written(tmp_path, text)).limits
    assert list(limits.items()) == [("order:n=100", "5%"), ("*", "none")]


@pytest.mark.parametrize("text", ["tool.loopcmp.limits.order = 5", "[tool", "tool = 3", "tool.loopcmp = 3"])
def test_a_table_of_another_shape_is_refused_with_the_files_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"pyproject\.toml"):
        read_configuration(written(tmp_path, text))
