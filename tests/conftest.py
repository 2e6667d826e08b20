"""What all tests share: how many examples a property is tried on, and a real browser."""

import gc
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.browsing import CHROMIUM, DRIVER, Browser

settings.register_profile("loopcmp", max_examples=50)  # the unit suite is to stay within seconds
settings.load_profile("loopcmp")


def pytest_configure() -> None:
    """Let SIGINT interrupt tests and what they start, also in the background, where it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Keep what is loaded by now out of every garbage collection: tests of what is left behind do many."""
    gc.freeze()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium here: install chromium and chromedriver")
    opened = Browser(tmp_path_factory.mktemp("chromium"))
    try:
        yield opened
    finally:
        opened.close()
