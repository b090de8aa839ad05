"""Pages are drawn by workers: the same bytes from any number of them, and a page that hangs is named."""

from contextlib import closing
from dataclasses import replace

import pytest
from tiny_site import TODAY

from kb_builder.cache import Cache
from kb_builder.config import load_config
from kb_builder.site import body, draw, pages_by_mkdocs, shared_parts
from kb_builder.site.remembered import KnownSite
from kb_builder.site.render import begin_site, render_site
from kb_builder.site.shared_parts import SharedParts
from kb_builder.stage import Stage
from kb_builder.workers import LONG, Limits, Work, can_fork


def fill(help_center):
    for number in range(12):
        help_center.write(
            f"faq/orders/question-{number}.md",
            f"---\ntitle: Question {number}\n---\n# One\n\n## Two\n\n"
            f"Text[^1] with [a link](question-{number // 2}.md).\n\n[^1]: A note.\n\n"
            "*[HTML]: Hypertext\n\nHTML and <b onclick=x>bold</b>.\n",
        )
    return help_center


def render(help_center, site_dir, **options):
    config = load_config(help_center.root / "mkdocs.yml")
    return render_site(config, help_center.content(), site_dir=help_center.root / site_dir, today=TODAY, **options)


def test_any_number_of_workers_gives_the_same_bytes(help_center):
    """H39"""
    fill(help_center)

    alone = render(help_center, "one", workers=1)
    many = render(help_center, "five", workers=5)

    assert help_center.files("one") == help_center.files("five")
    assert (alone.pages, alone.issues) == (many.pages, many.issues)
    assert alone.times.keys() == many.times.keys() >= {"faq/orders/question-3/", "contact/"}


def test_one_process_without_workers_gives_the_same_bytes(help_center, monkeypatch):
    fill(help_center)
    with_workers = render(help_center, "workers")
    monkeypatch.setattr("kb_builder.workers.can_fork", lambda: False)

    serial = render(help_center, "serial")

    assert help_center.files("serial") == help_center.files("workers")
    assert (serial.pages, serial.issues) == (with_workers.pages, with_workers.issues)


def test_a_very_large_page_is_given_the_time_it_needs(help_center, monkeypatch):
    """H28"""
    given = []

    class Noted(Work):
        def __init__(self, task, count, *, limits, **options):
            given.append(limits)
            super().__init__(task, count, limits=limits, **options)

    monkeypatch.setattr(draw, "Work", Noted)
    help_center.write("faq/small.md", "---\ntitle: Small\n---\nText.\n")
    render(help_center, "small")
    help_center.write("faq/large.md", "---\ntitle: Large\n---\n" + "## A heading\n\nText.\n\n" * 20_000)
    render(help_center, "large")

    seconds = [round(limits.cpu_seconds) for limits in given if limits is not LONG]
    assert seconds == [5, 5, 13, 13]  # the text, then the page


@pytest.mark.skipif(not can_fork(), reason="this system does not fork")
def test_a_page_that_hangs_is_named_and_all_others_are_drawn(help_center, monkeypatch):
    """H06"""
    fill(help_center)
    sanitize = body.sanitize

    def hang(rendered, *, path, **details):
        while path == "faq/orders/question-7.md":
            pass
        return sanitize(rendered, path=path, **details)

    monkeypatch.setattr(body, "sanitize", hang)

    rendered = render(help_center, "site", limits=Limits(cpu_seconds=1))

    stopped = [issue for issue in rendered.issues if issue.code == "KB612"]
    assert [(issue.path, issue.message) for issue in stopped] == [
        ("content/faq/orders/question-7.md", "rendering it was stopped: it was not done after 1 seconds")
    ]
    drawn = {url for url in help_center.files() if url.startswith("faq/orders/question-")}
    assert drawn == {f"faq/orders/question-{n}/index.{form}" for n in range(12) if n != 7 for form in ("html", "md")}


@pytest.mark.skipif(not can_fork(), reason="this system does not fork")
def test_an_edited_page_that_hangs_is_named_and_all_others_are_kept(help_center, monkeypatch):
    """H06: its text and then itself are made by one process."""
    fill(help_center)
    cache = Cache(help_center.root / "cache", maker=lambda: "test")
    first = Stage(help_center.root / "first")
    known = render_again(help_center, first, cache, KnownSite()).known
    cache.save()
    cache = Cache(help_center.root / "cache", maker=lambda: "test")
    with (help_center.root / "content/faq/orders/question-7.md").open("a") as file:
        file.write("\nEdited.\n")
    edited = "faq/orders/question-7/index.html"

    stage = Stage(help_center.root / "second", published=first.folder, made=first.made)
    render_again(help_center, stage, cache, replace(known, files=first.made))

    assert "Edited" in (stage.folder / edited).read_text("utf-8")
    assert {path for path in stage.made if stage.made[path] != first.made[path]} >= {edited, "llms-full.txt"}

    monkeypatch.setattr(body, "sanitize", lambda rendered, **details: hang())
    stage = Stage(help_center.root / "third", published=first.folder, made=first.made)

    stopped = render_again(help_center, stage, cache, replace(known, files=first.made), cpu_seconds=1).issues

    assert [issue.path for issue in stopped if issue.code == "KB612"] == ["content/faq/orders/question-7.md"]
    assert stage.made.keys() == first.made.keys() - {edited, edited.replace(".html", ".md")}


def hang():
    while True:
        pass


def render_again(help_center, stage, cache, last, **limits):
    config = load_config(help_center.root / "mkdocs.yml")
    rendering = begin_site(
        config,
        help_center.content(),
        stage=stage,
        today=TODAY,
        cache=cache,
        last=last,
        limits=Limits(**limits),
    )
    with closing(rendering):
        return rendering.finish()


class _Forgetful(dict):
    def __setitem__(self, key, value):
        pass


def test_parts_that_pages_share_are_forgotten_when_they_are_many(help_center, monkeypatch):
    fill(help_center)
    render(help_center, "all", workers=1)
    monkeypatch.setattr(shared_parts, "_MOST_KEPT", 3)

    render(help_center, "few", workers=1)

    assert help_center.files("few") == help_center.files("all")


def test_parts_that_pages_share_are_what_each_page_would_draw(help_center, monkeypatch):
    """Also where addresses lead to something below the page itself: there the same part has other addresses."""
    fill(help_center)
    help_center.write("a.md", "---\ntitle: Has nothing below it\n---\nText.\n")
    help_center.write("faq.md", "---\ntitle: Has the top level below it\n---\nText.\n")
    render(help_center, "shared", workers=1)
    make = SharedParts.__init__

    def make_forgetful(parts, *given):
        make(parts, *given)
        parts._drawn = _Forgetful()

    monkeypatch.setattr(SharedParts, "__init__", make_forgetful)

    render(help_center, "alone", workers=1)

    assert help_center.files("shared") == help_center.files("alone")


def test_templates_are_compiled_once_and_again_where_what_was_kept_is_damaged(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", str(tmp_path))
    compiled = []

    def load():
        environment = pages_by_mkdocs._environment.__wrapped__()
        make = environment.compile
        monkeypatch.setattr(environment, "compile", lambda *given: compiled.append(given[1]) or make(*given))
        return environment.get_template("main.html").root_render_func

    load()
    load()
    assert compiled == ["main.html"]

    for kept in tmp_path.rglob("*.pyc"):
        kept.write_bytes(kept.read_bytes()[:-20])
    assert callable(load())
    assert compiled == ["main.html", "main.html"]
