"""How a command shows a record when it ends: what is asked for on the command line."""

import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from harness.report.answer.values import SortOrder

if TYPE_CHECKING:
    from harness.records.record import Record


@dataclass(frozen=True, slots=True)
class Display:
    """What is shown of a run: its progress, then its answer, its details, or its record as JSON."""

    progress: bool = True
    as_json: bool = False
    details: bool = False
    order: SortOrder = SortOrder.PLAN
    open_page: bool = False

    def show(self, record: "Record") -> None:
        """Print the record as it is asked for."""
        if self.as_json:
            from harness.report import Format, render

            typer.echo(render(record, Format.JSON), nl=False)
        else:
            from harness.report.formats.terminal import show

            show(record, self.order, details=self.details)

    def point_to(self, page: Path) -> None:
        """Say where the page of a record is, and open it where that is asked for."""
        from harness.report.formats.terminal import show_link

        show_link("Report", page, on_stderr=self.as_json)
        if self.open_page:
            webbrowser.open(page.resolve().as_uri())
