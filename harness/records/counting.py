"""Numbers with what they count, in words."""


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a number with what it counts: "1 case", "2 cases"; a plural in -s need not be given."""
    return f"{count} {singular if count == 1 else plural or f'{singular}s'}"
