"""What a page complains about: errors in the console, scripts that fail, violations of the security policy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page


class Problems:
    """What a page complained about. A test that provokes complaints says which are expected."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Let complaints that match pass."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        """Return the others."""
        return [text for text in self.found if not any(re.search(pattern, text) for pattern in self._expected)]

    def watch(self, context: BrowserContext) -> None:
        """Note what the pages of a context complain about; violations of the policy are console errors."""

        def on_console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.found.append(f"{_address(message.page)}: {message.text} ({message.location['url']})")

        context.on("console", on_console)
        context.on("weberror", lambda error: self.found.append(f"{_address(error.page)}: {error.error}"))


def _address(page: Page | None) -> str:
    return page.url if page else "a closed page"
