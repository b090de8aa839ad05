"""Make sure that a Chromium can be started: ``python tests/setup_browser.py``, which `make test` runs first.

Taken is the first of: one on PATH, one that Playwright has already; else Debian's package is installed (as root, where
apt is), else Playwright's own. Prints one line that says which; exits 1 when there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> Path | None:
    """Return a Chromium program that starts, or nothing when there is none."""
    for name in NAMES:
        if (found := shutil.which(name)) and _starts(Path(found)):
            return Path(found)
    own = _playwrights_own()
    return own if own.exists() and _starts(own) else None


def main() -> int:
    """Find or install a Chromium; return the exit status."""
    chromium = find_chromium()
    for install in (_install_with_apt, _install_with_playwright):
        if chromium is None:
            install()
            chromium = find_chromium()
    if chromium is None:
        print("No Chromium could be found or installed. Put one on PATH, then run this again.", file=sys.stderr)
        return 1
    print(f"Browser tests use {chromium}")
    return 0


def _starts(program: Path) -> bool:
    """Say whether the program and the libraries it needs are all there."""
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def _playwrights_own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _install_with_apt() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update", "-qq"], environment)
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], environment)


def _install_with_playwright() -> None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _try(command: Sequence[str], environment: dict[str, str]) -> None:
    """Run an installer; when it fails, its output is shown and the next way is tried."""
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        print(f"{' '.join(command)} failed:\n{done.stdout}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
