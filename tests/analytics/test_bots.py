"""Programs are told from people by their agent."""

from __future__ import annotations

import pytest

from kb_builder.analytics.bots import bot_name

PEOPLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Mobile Safari/537.36",
)


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_browser_is_a_person(agent):
    assert bot_name(agent) == ""


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("", "empty-agent"),
        ("-", "empty-agent"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "googlebot"),
        ("Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2; +https://openai.com/gptbot", "gptbot"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/130.0.0.0 Safari/537.36", "headlesschrome"),
        ("facebookexternalhit/1.1", "facebookexternalhit"),
        ("curl/8.5.0", "curl"),
        ("Java/17.0.2", "java"),
        ("SomethingNew-Crawler/1.0\r\nx\x1b[31m", "crawler"),
        ("x" * 100_000, ""),
    ],
)
def test_a_program_has_a_short_name(agent, name):
    assert bot_name(agent) == name
