"""A real Chromium for tests of pages, and what it saw: complaints, requests, findings of axe-core.

Screenshots are kept where LOOPCMP_SCREENSHOTS points. axe-core is the file that LOOPCMP_AXE names, or what
npm brings; where neither can be had, the tests that need it are skipped and say so.
"""

import json
import os
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip

PHONE, DESK = (390, 844), (1440, 900)

Found = dict[str, Any]


class Browser:
    """One Chromium; `open` shows a page as a phone or a desk would, in light or in dark."""

    def __init__(self, folder: Path) -> None:
        from selenium.webdriver import Chrome, ChromeOptions
        from selenium.webdriver.chrome.service import Service

        options = ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*FLAGS, f"--user-data-dir={folder}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = Chrome(options=options, service=Service(str(DRIVER)))
        self.requests()

    def open(self, page: str, size: tuple[int, int] = DESK, *, dark: bool = False) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get("about:blank")
        self.requests()
        self.driver.get(page)
        # What follows must not look at a page that a slow machine is still parsing.
        self.wait("location.href !== 'about:blank' && document.readyState === 'complete'")

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition: str) -> None:
        """Wait until this JavaScript expression is true."""
        from selenium.webdriver.support.wait import WebDriverWait

        WebDriverWait(self.driver, 20, poll_frequency=0.02).until(
            lambda _: self.run(f"return Boolean({condition})"), condition
        )

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def point_at(self, selector: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.by import By

        target = self.driver.find_elements(By.CSS_SELECTOR, selector)[0]
        ActionChains(self.driver).move_to_element(target).perform()

    def complaints(self) -> list[str]:
        """What the console said since it was last asked."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """The addresses asked for since it was last asked, without the browser's own."""
        log = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        messages = [json.loads(entry["message"])["message"] for entry in log]
        sent = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        addresses = [str(one["request"]["url"]) for one in sent]
        return [one for one in addresses if not one.startswith(("chrome", "data:", "about:"))]

    def photograph(self, name: str) -> None:
        folder = os.environ.get("LOOPCMP_SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))

    def load_milliseconds(self) -> float:
        return float(self.run("return performance.getEntriesByType('navigation')[0].loadEventEnd"))

    def findings(self) -> list[Found]:
        """What axe-core finds in the page as it stands, of any grade."""
        self.run(axe())
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
            ".then(r => done(r.violations), e => done([{id: String(e), impact: 'critical', nodes: []}]))"
        )
        return [
            {"id": one["id"], "nodes": [node["html"][:200] for node in one["nodes"][:3]]} for one in found
        ]

    def close(self) -> None:
        self.driver.quit()


@cache
def axe() -> str:
    """The text of axe-core; skips the test where it cannot be had."""
    named = os.environ.get("LOOPCMP_AXE")
    if named:
        return Path(named).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no axe-core: set LOOPCMP_AXE to an axe.min.js, or install npm")
    with TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", "axe-core@4"]
        try:
            packed = subprocess.check_output(command, cwd=folder, text=True, timeout=120)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"no axe-core: npm could not bring it ({error})")
        with tarfile.open(Path(folder) / packed.strip().splitlines()[-1]) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member is not None
            return member.read().decode()
