"""A mistake for every code, and what is found in it: those of `planted`, and what `kb check` alone cannot meet."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from kb_builder import pipeline
from kb_builder.config import Config, load_config
from kb_builder.issues import ContentError, Issue
from kb_builder.lint.check import check
from kb_builder.lint.external import Answer, answer_issues, external_links
from kb_builder.lint.pages import page_issues
from kb_builder.lint.read import read_lint_input
from kb_builder.site.render import render_site
from kb_builder.site.texts import PageText
from kb_builder.workers import Limits

from .planted import CANCEL, RETURN, Planted, faq, plant
from .planted import PLANTED as NEW
from .planted_before import BUILD_PLANTED

TODAY = dt.date(2026, 6, 1)
ANSWERS = {
    "KB320": Answer(404, "", "", "2026-06-01"),
    "KB321": Answer(0, "", "takes too long", "2026-06-01"),
    "KB322": Answer(200, "https://b.example/", "", "2026-06-01"),
}
LEAK = """from pathlib import Path
def on_post_page(output, page, config):
    return output + Path(config.docs_dir, "faq/orders/return.md").read_text()
"""
# Only a build looks for the first two: a page that takes too long, and a hook that publishes what is for agents alone.
# The others depend on answers of other sites, and on pages that lead nowhere near the contact page.
ELSEWHERE = {
    "KB612": Planted({CANCEL: faq("## A heading\n\nText.\n\n" * 45_000)}, CANCEL, 0),
    "KB850": Planted(
        {
            RETURN: faq("Ask Quxzabar.", title="The wombat ceiling", front="audience: agent\n"),
            "hooks.py": LEAK,
            "mkdocs.yml": "site_name: S\nsite_url: https://help.example/\ndocs_dir: content\nhooks: [hooks.py]\n"
            "theme: {name: help_center}\nplugins: [{kb: {}}]\n",
        },
        RETURN,
        0,
    ),
    "KB309": Planted({}, RETURN, 0),
    **{code: Planted({CANCEL: faq("Text.", "[a](https://larkfell.org/)")}, CANCEL, 5) for code in ANSWERS},
}
PLANTED = {**BUILD_PLANTED, **NEW, **ELSEWHERE}


@cache
def issues_of(code: str) -> tuple[Issue, ...]:
    """Plant the mistake of a code in a folder of its own, and look for everything there."""
    planted = PLANTED[code]
    with TemporaryDirectory() as folder:
        config = load_config(plant(Path(folder), planted), trust=code == "KB850")
        if code in ELSEWHERE:
            return _issues_elsewhere(code, config)
        return check(config, today=TODAY, with_search=planted.needs_pages).issues


def _issues_elsewhere(code: str, config: Config) -> tuple[Issue, ...]:
    if code == "KB850":
        try:
            pipeline.build(config, today=TODAY)
        except ContentError as error:
            return error.issues
        return ()
    content = pipeline.read_and_check(config, today=TODAY)
    if code == "KB612":
        limits = Limits(cpu_seconds=1)
        return render_site(config, content, site_dir=config.site_dir, today=TODAY, limits=limits).issues
    lint, _ = read_lint_input(config, content, today=TODAY)
    if code == "KB309":
        near, far = (article.url for article in content.articles.values())
        links = {"": [near], near: ["", far, "other/"], "other/": ["contact/"], far: [near], "contact/": []}
        return tuple(page_issues(lint, {url: PageText(frozenset(to), 1, 1) for url, to in links.items()}))
    return tuple(answer_issues(external_links(lint), {"https://larkfell.org/": ANSWERS[code]}))
