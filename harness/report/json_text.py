"""JSON as every format prints it: characters that a terminal or an editor may obey are written as escapes."""

import json

import msgspec


def json_text(document: object, *, indent: int = 1) -> str:
    """Return a value as JSON, indented unless that is 0."""
    data = msgspec.json.encode(document)
    return escape_json((msgspec.json.format(data, indent=indent) if indent else data).decode())


def escape_json(text: str) -> str:
    """Return JSON with control, invisible and direction-changing characters as escapes; it means the same."""
    if text.isascii() and "\x7f" not in text:  # what is below a space is an escape already
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
