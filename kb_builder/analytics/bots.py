"""Tell programs from people by what they call themselves: they are counted apart, never dropped in silence."""

from __future__ import annotations

import re
from functools import lru_cache

EMPTY_AGENT = "empty-agent"

# A word that says bot, crawler or spider; or a program known by its name: HTTP libraries, browsers driven by programs,
# monitors, link previews, assistants. "Cubot" is a telephone.
_PROGRAM = re.compile(
    r"[a-z0-9.]*(?:(?<!\bcu)bot\b|crawler|spider)"
    r"|headlesschrome|phantomjs|selenium|puppeteer|playwright|webdriver|electron|chrome-lighthouse|pagespeed|gtmetrix"
    r"|python-requests|python-urllib|python-httpx|aiohttp|scrapy|curl|wget|libwww-perl|go-http-client|okhttp|java/"
    r"|axios|node-fetch|undici|apache-httpclient|guzzlehttp|postmanruntime|insomnia"
    r"|pingdom|site24x7|statuscake|datadog|newrelic|uptime|nagios|zabbix|elb-healthchecker|kube-probe"
    r"|facebookexternalhit|meta-externalagent|whatsapp|skypeuripreview|embedly|bitlybot|slack-imgproxy|preview"
    r"|chatgpt-user|oai-search|claude-user|claude-web|anthropic-ai|perplexity-user|google-extended|google-read-aloud"
    r"|mediapartners-google|adsbot-google|feedfetcher|slurp|yandex|ia_archiver|archive\.org|ahrefs|semrush|crawl"
)


@lru_cache(maxsize=4096)
def bot_name(agent: str) -> str:
    """Return a short name of the program behind a ``User-Agent``; empty for what looks like a person's browser.

    No agent at all gives ``empty-agent``. A name is lower case, of letters, digits, ``.`` and ``-``.
    """
    if agent.strip() in ("", "-"):
        return EMPTY_AGENT
    found = _PROGRAM.search(agent[:1000].lower())
    return re.sub(r"[^a-z0-9.-]", "", found.group())[:40] if found else ""
