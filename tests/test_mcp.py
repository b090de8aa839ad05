"""Assistants read the built site with a real client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kb_builder.index.ranking import search
from kb_builder.index.reader import open_search
from kb_builder.issues import KbError
from kb_builder.site_reader import SiteReader

mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")

ROOT = Path(__file__).parents[1]


def with_client(site: Path, talk: Callable[[Any], Awaitable[Any]]) -> Any:
    """Start ``kb mcp`` as an assistant does, and talk to it."""

    async def run() -> Any:
        command = ["-m", "kb_builder", "--config", str(ROOT / "mkdocs.yml"), "mcp", "--site-dir", str(site)]
        server = mcp.StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ), cwd=str(ROOT))
        async with mcp.Client(server) as client:
            return await talk(client)

    return asyncio.run(run())


def text_of(result: Any) -> str:
    return "".join(block.text for block in result.content)


def test_an_assistant_finds_the_answer_and_reads_it(demo_site: Path) -> None:
    async def talk(client: Any) -> tuple[Any, ...]:
        tools = await client.list_tools()
        found = await client.call_tool("search", {"query": "how do I cancel my order", "limit": 3})
        address = json.loads(text_of(found))["hits"][0]["address"]
        return tools.tools, found, await client.call_tool("read", {"address": address}), address

    tools, found, page, address = with_client(demo_site, talk)

    assert {tool.name for tool in tools} == {"search", "read"}
    hits = json.loads(text_of(found))["hits"]
    expected = search(open_search(demo_site / "search"), "how do I cancel my order", limit=3).hits
    assert [hit["title"] for hit in hits] == [hit.title for hit in expected]
    assert address.startswith("https://help.larkfell.example/faq/orders/cancel-my-order/")
    path = address.partition("#")[0].removeprefix("https://help.larkfell.example/")
    assert text_of(page) == (demo_site / path / "index.md").read_text("utf-8")


def test_what_cannot_be_answered_is_said_and_the_next_question_is_answered(demo_site: Path) -> None:
    async def talk(client: Any) -> list[Any]:
        return [
            await client.call_tool("read", {"address": "../../etc/passwd"}),
            await client.call_tool("search", {"query": "x", "language": "../.."}),
            await client.call_tool("search", {"query": 7 * ["x"]}),
            await client.call_tool("search", {"query": "</script>\u202e\x00" + "a" * 1_000_000, "limit": -3}),
            await client.call_tool("search", {"query": "refund", "limit": 10**9}),
        ]

    no_page, no_language, wrong_type, long, many = with_client(demo_site, talk)

    assert no_page.is_error and "there is no such page" in text_of(no_page)
    assert no_language.is_error and "no search in this language" in text_of(no_language)
    assert wrong_type.is_error
    assert not long.is_error and len(json.loads(text_of(long))["hits"]) <= 1
    assert len(json.loads(text_of(many))["hits"]) == 10


@pytest.mark.parametrize(
    "address",
    [
        "../secret.md",
        "..%2fsecret",
        "%2e%2e/",
        "/../",
        "..\\secret\\",
        "contact/../../",
        "file:///etc/passwd",
        "https://evil.example/contact/",
        "//evil.example/contact/",
        "C:/windows",
        "a\0b",
        "[::1",
        "x" * 5000,
        "linked/",
        "no/such/page/",
        "search/manifest.json",
    ],
)
def test_an_address_leads_to_a_page_of_the_site_or_nowhere(demo_site: Path, tmp_path: Path, address: str) -> None:
    site = tmp_path / "site"
    shutil.copytree(demo_site, site)
    (tmp_path / "index.md").write_text("SECRET")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "index.md").write_text("SECRET")
    (site / "linked").symlink_to(tmp_path / "secret")
    reader = SiteReader(site, site_url="https://help.larkfell.example/")

    with pytest.raises(KbError, match="there is no such page"):
        reader.read(address)


@pytest.mark.parametrize(
    "address",
    ["contact/", "/contact", "contact/index.md", "contact/index.html?x=1#y", "https://help.larkfell.example/contact/"],
)
def test_one_page_has_several_addresses(demo_site: Path, address: str) -> None:
    reader = SiteReader(demo_site, site_url="https://help.larkfell.example")

    assert reader.read(address) == (demo_site / "contact" / "index.md").read_text("utf-8")
    assert reader.read("") == (demo_site / "index.md").read_text("utf-8")


def test_a_site_that_is_built_anew_is_read_anew(demo_site: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(demo_site, site)
    reader = SiteReader(site)
    assert reader.search("refund")["hits"]
    manifest = site / "search" / "manifest.json"
    manifest.write_text("{}")
    os.utime(manifest, ns=(1, 1))

    with pytest.raises(KbError, match="format None"):
        reader.search("refund")


def run(*arguments: str, code: str = "from kb_builder.cli import main; main()") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, "mcp", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_a_missing_site_is_one_clear_line(tmp_path: Path) -> None:
    done = run("--site-dir", str(tmp_path))

    assert done.returncode == 1
    assert "no built site here" in done.stderr and "kb build" in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout


def test_a_missing_extra_is_one_clear_line(demo_site: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from kb_builder.cli import main; main()"
    done = run("--site-dir", str(demo_site), code=code)

    assert done.returncode == 1
    assert "pip install 'kb_builder[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr and not done.stdout
