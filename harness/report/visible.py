"""Text that others chose, with every character that would act on its reader made visible."""


def visible(text: str) -> str:
    """Control, invisible and direction-changing characters as escapes; line ends stay."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
