"""A hint for a scenario that opens a file beside it: workers run in an empty folder."""

import os.path


def where_to_find_it(error: BaseException) -> str:
    """Say how a scenario names a file beside it, if `error` says that one was not there; "" otherwise."""
    if not isinstance(error, FileNotFoundError) or not isinstance(error.filename, str):
        return ""
    if os.path.isabs(error.filename):
        return ""
    return (
        f" (a worker starts in an empty folder: name a file beside the scenario "
        f"Path(__file__).with_name({error.filename!r}))"
    )
