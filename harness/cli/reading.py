"""Options that are not plain numbers or names."""

from harness.errors import BadInput


def fraction(option: str, text: str) -> float:
    """A share such as "2%" or "0.02". Raises BadInput unless it lies between 0 and 1."""
    number = text.strip().removesuffix("%")
    try:
        value = float(number) / (100 if number != text.strip() else 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise BadInput(f"{option} {text!r} is no share between 0 and 1: write 2% or 0.02")
    return value
