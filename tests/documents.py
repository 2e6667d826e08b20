"""The project's documents as tests read them: code blocks, inline code, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^(`{3,}|:{3,})([^\n]*)\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Document:
    """A Markdown file of the repository."""

    path: Path

    @property
    def name(self) -> str:
        """The file's path from the top of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """The file's whole text."""
        return self.path.read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[str]:
        """The contents of the code blocks in one language."""
        return [content for _, info, content in FENCE.findall(self.text) if info.strip() == language]

    @cached_property
    def prose(self) -> str:
        """The text without code blocks; what is inside other fences stays."""
        return re.sub(r"^```.*?^```[ ]*$", "", self.text, flags=re.MULTILINE | re.DOTALL)

    @cached_property
    def inline_code(self) -> list[str]:
        """What stands in single backticks, each on one line."""
        return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", self.prose)]

    @cached_property
    def links(self) -> list[str]:
        """The targets of links and images that lead to other files, or to headings, of the repository."""
        return [target for target in LINK.findall(self.prose) if "://" not in target]

    @cached_property
    def anchors(self) -> set[str]:
        """The names that links may give to this document's headings, as GitHub and MyST make them."""
        headings = re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)
        return {_slug(heading) for heading in headings}

    def shell_lines(self) -> Iterator[str]:
        """Every line of every shell block that is a command."""
        for block in self.blocks("sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if line.strip() and not line.startswith("#"):
                    yield line


def _slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


README = Document(ROOT / "README.md")
CHANGELOG = Document(ROOT / "CHANGELOG.md")
DOCUMENTS = (
    README,
    Document(ROOT / "CONTRIBUTING.md"),
    *(Document(path) for path in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in path.parts),
)
"""The documents that tests hold to the program; the changelog tells of what was."""
