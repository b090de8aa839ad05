"""The ``kb`` command: parse, call one function, print.

Exit status: 0 done; 1 the content or the data has errors; 2 the command was misused; 75 another build is running;
130 interrupted. What a command needs is imported when it runs, so that ``kb --help`` is quick.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click

from kb_builder import __version__
from kb_builder.clock import build_day
from kb_builder.commands.analytics import analytics, ingest, report, suggest
from kb_builder.commands.announce import announce
from kb_builder.commands.check import check
from kb_builder.commands.collect import collect
from kb_builder.commands.diff import diff
from kb_builder.commands.doctor import completion, doctor
from kb_builder.commands.explain import explain
from kb_builder.commands.import_ import import_articles
from kb_builder.commands.mcp import mcp
from kb_builder.commands.new import new
from kb_builder.commands.policies import policies
from kb_builder.commands.serve import serve
from kb_builder.commands.setup import Setup as _Setup
from kb_builder.commands.setup import pass_setup, short
from kb_builder.commands.translated import translated
from kb_builder.commands.widget import widget
from kb_builder.issues import ContentError, Issue, KbError
from kb_builder.terminal import count, print_error, print_issues, stages, stderr, stdout

FOLDER = click.Path(file_okay=False, path_type=Path)
EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
AUDIENCE = click.Choice(["b2c", "b2b", "agent"])
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="kb", message="%(prog)s %(version)s")
@click.option(
    "-f",
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("mkdocs.yml"),
    show_default=True,
    help="Settings of the help center.",
)
@click.option("--trust-config", is_flag=True, help="Accept settings that can run code (hooks, plugins, YAML tags).")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary; issues are still printed.")
@click.pass_context
def kb(context: click.Context, config_path: Path, trust_config: bool, quiet: bool) -> None:
    """Build a static, searchable help center from Markdown kept in git.

    \b
    Start here:
        kb init my-help-center
        cd my-help-center
        kb serve
    """
    context.obj = _Setup(config_path, trust_config=trust_config, quiet=quiet)


@kb.command()
@click.option("--site-dir", type=FOLDER, help="Where to put the site instead of the folder in the settings.")
@click.option("--audience", type=AUDIENCE, help="Build the site of these readers, in a folder of its own: site-agent.")
@click.option("--strict", is_flag=True, help="Warnings stop the build too.")
@click.option("--cache/--no-cache", default=True, show_default=True, help="Use what earlier builds made.")
@click.option("--verify", is_flag=True, help="Build once more, without the cache, and compare every byte.")
@click.option("--profile", is_flag=True, help="Say where the time went: stages and slowest pages.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@pass_setup
def build(
    setup: _Setup,
    site_dir: Path | None,
    audience: str | None,
    strict: bool,
    cache: bool,
    verify: bool,
    profile: bool,
    as_json: bool,
) -> None:
    """Build the site and its search index.

    The old site stays until the new one is whole, and stays for good when the content has errors. Without --audience it
    is the public site, which leaves out what only agents may read.

    \b
    Example:
        kb build --strict
        kb build --audience agent
    """
    from dataclasses import replace

    from kb_builder.build_profile import StageClock, format_profile, profile_as_data

    clock = StageClock()
    clock.begin("Starting")
    from kb_builder import pipeline

    config = setup.load(audience)
    if site_dir:
        config = replace(config, site_dir=site_dir.absolute())
    with stages(quiet=setup.quiet) as show:

        def progress(stage: str) -> None:
            clock.begin(stage)
            show(stage)

        result = pipeline.build(config, today=build_day(), strict=strict, cached=cache, progress=progress)
        if verify:
            progress("Building once more")
            _verify(result.site_dir)
    clock.begin("")
    print_issues(result.issues)
    if result.cache_note:
        stderr().print(f"What earlier builds made was not used: {result.cache_note}.")
    if as_json:
        _print_json(
            {
                "site_dir": str(result.site_dir),
                "articles": result.articles,
                "drafts": result.drafts,
                "search_bytes": result.search_bytes,
                "issues": _as_data(result.issues),
                **(profile_as_data(clock.stages, result.page_seconds) if profile else {}),
            }
        )
        return
    if profile:
        stdout().print(format_profile(clock.stages, result.page_seconds))
    if not setup.quiet:
        kilobytes = round(result.search_bytes / 1000)
        made = f"{count(result.articles, 'article')} and {kilobytes} kB of search files in {short(result.site_dir)}/"
        click.echo(f"{made}, {count(result.drafts, 'draft')} left out" if result.drafts else made)


@kb.command()
@click.argument("target", type=FOLDER)
@click.option("--rollback", is_flag=True, help="Go back to the generation before the current one.")
@click.option(
    "--keep-hours",
    default=24.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="Keep generations published so recently; two old ones are kept at least.",
)
@pass_setup
def publish(setup: _Setup, target: Path, rollback: bool, keep_hours: float) -> None:
    """Publish the built site into TARGET in one step; readers see the old site, then the new one.

    Let the web server's root be TARGET/current. TARGET/nginx.conf holds the rules for nginx.

    \b
    Example:
        kb build && kb publish /var/www/help
    """
    from kb_builder.clock import now
    from kb_builder.generations import publish_site, roll_back
    from kb_builder.publish import build_lock
    from kb_builder.reserved_names import is_reserved

    if rollback:
        click.echo(f"{short(target)}/current is generation {roll_back(target)} again")
        return
    config = setup.load()
    with build_lock(config.root, wait_seconds=60):
        done = publish_site(config.site_dir, target, now=now(), keep_hours=keep_hours)
    if not setup.quiet:
        removed = f", {len(done.removed)} old generations removed" if done.removed else ""
        click.echo(
            f"{short(target)}/current is generation {done.name}: {done.files} files, {done.written} new{removed}"
        )
        if is_reserved(config.site_url):
            click.echo(f"Pages say that they are at {config.site_url}: set site_url in {config.path.name}", err=True)


@kb.command()
@click.argument("query")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 10), help="Hits to print.")
@click.option("--json", "as_json", is_flag=True, help="Print hits as JSON.")
@click.option("--explain", is_flag=True, help="Say why each hit is where it is.")
@click.option("--language", default="", help="Search the pages of this further language, such as de.")
@click.option("--kind", multiple=True, help="Only this kind of article, such as faq; may be repeated.")
@click.option("--category", multiple=True, help="Only articles in this folder, such as faq/orders; may be repeated.")
@click.option(
    "--audience",
    type=AUDIENCE,
    help="Search the site of these readers; or if they have none of their own, what is for them on the public one.",
)
@click.option("--site-dir", type=EXISTING_FOLDER, help="A built site elsewhere.")
@pass_setup
def search(
    setup: _Setup,
    query: str,
    limit: int,
    as_json: bool,
    explain: bool,
    language: str,
    kind: tuple[str, ...],
    category: tuple[str, ...],
    audience: str | None,
    site_dir: Path | None,
) -> None:
    """Search the built site from the terminal, exactly as a browser does.

    \b
    Example:
        kb search "cancel my order" --limit 3
        kb search "Bestellung stornieren" --language de
        kb search "send it back" --kind policy
    """
    from kb_builder.index.facets import PUBLIC, check_filters
    from kb_builder.index.ranking import search as rank
    from kb_builder.index.reader import open_search
    from kb_builder.search_report import format_results, results_as_data

    filters: dict[str, tuple[str, ...]] = {"kind": kind, "category": category}
    if site_dir is None:
        site_dir = setup.load(audience).site_dir
        if audience in PUBLIC and not site_dir.is_dir():
            site_dir = setup.load(None).site_dir
            filters["audience"] = (str(audience),)
    folder = site_dir / language / "search"
    if not folder.is_dir():
        again = f"kb build --audience {audience}" if audience else "kb build"
        raise KbError(f"{short(folder)}: no built site here", hint=f"Build it first: {again}")
    index = open_search(folder)
    check_filters(index.facets(), {"kind": kind, "category": category})
    results = rank(index, query, limit=limit, with_fields=explain, filters=filters if any(filters.values()) else None)
    if as_json:
        _print_json(results_as_data(results, explain=explain))
    else:
        stdout().print(format_results(results, explain=explain), end="")


@kb.command()
@click.argument("folder", type=FOLDER)
@click.option("--from", "source", type=EXISTING_FOLDER, help="A folder of Markdown to start from.")
@click.option("--name", default="", help="Name of the help center.")
@click.option(
    "--ci/--no-ci", default=True, help="Add recipes for GitHub, GitLab, pre-commit and a container.", show_default=True
)
def init(folder: Path, source: Path | None, name: str, ci: bool) -> None:
    """Make a new help center in FOLDER, ready to build.

    \b
    Example:
        kb init my-help-center --from ../old-docs
    """
    from kb_builder.init import RECIPES, init_project

    files = init_project(folder, source=source, name=name, ci=RECIPES if ci else ())
    click.echo(f"{len(files)} files in {folder}/. Next:\n    cd {folder}\n    kb serve")


@kb.command()
@click.argument("folder", type=FOLDER, default=Path("schemas"))
def schema(folder: Path) -> None:
    """Write JSON Schema files of front matter, contact.yml, the search folder and settings, and snippets for editors.

    \b
    Example:
        kb schema .vscode/schemas
    """
    from kb_builder.files import write_files
    from kb_builder.schemas import schema_files, snippets_file

    files = (*schema_files(), snippets_file())
    write_files(folder, files)
    for file in files:
        click.echo(f"{folder}/{file.path}")


@kb.command()
@click.option("--corpus", required=True, type=EXISTING_FILE, help="Articles, JSON lines: _id, title, text.")
@click.option("--queries", required=True, type=EXISTING_FILE, help="Queries, JSON lines: _id, text.")
@click.option(
    "--qrels", required=True, type=EXISTING_FILE, help="Judgments, TSV with header: query-id, corpus-id, score."
)
@click.option(
    "--engine",
    type=click.Choice(["python", "browser", "whoosh"]),
    default="python",
    show_default=True,
    help="Who ranks.",
)
@click.option("--encoder", default="", help="Fit search by meaning to it: a folder with weights, or a package.")
@click.option(
    "--run", "run_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the ranking as TREC run lines."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@pass_setup
def evaluate(
    setup: _Setup,
    corpus: Path,
    queries: Path,
    qrels: Path,
    engine: str,
    encoder: str,
    run_file: Path | None,
    as_json: bool,
) -> None:
    """Measure search on a judged set (BEIR layout): how often the right article is found, and what it costs.

    \b
    Example:
        kb evaluate --corpus corpus.jsonl --queries queries.jsonl --qrels qrels.tsv --engine browser
    """
    from kb_builder.index.encoder import Encoder, encoder_folder
    from kb_builder.index.evaluate import evaluate as run_evaluation
    from kb_builder.search_report import format_evaluation

    with stages(quiet=setup.quiet) as progress:
        progress("Indexing and running the queries")
        encode = Encoder(encoder_folder(encoder, root=Path())).encode if encoder else None
        evaluation = run_evaluation(corpus, queries, qrels, engine=engine, encode=encode, run_file=run_file)
    if as_json:
        _print_json(evaluation.as_json())
    else:
        stdout().print(format_evaluation(evaluation), end="")


_COMMANDS = (new, serve, check, explain, diff, announce, translated, import_articles, widget, doctor, completion)
_FIGURES = (collect, ingest, report, suggest, analytics)
for command in (*_COMMANDS, policies, mcp, *_FIGURES):
    kb.add_command(command)


def main() -> None:
    """Run ``kb``; turn every known failure into one clear line and the right exit status."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes its time, and they are code
    gc.set_threshold(2_000_000, 20, 20)  # a command makes many lasting objects and few circles among them
    try:
        status = kb.main(standalone_mode=False)
        sys.stdout.flush()
        if not status:
            _leave()
        sys.exit(status if isinstance(status, int) else 0)
    except ContentError as error:
        print_issues(error.issues)
        print_error(error)
        sys.exit(error.exit_code)
    except KbError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read what is printed has gone; a signal would also end a host left by a reader
        _print_no_more()
        sys.exit(141)
    except OSError as error:  # what no stage of its own has a word for
        what = f"{error.filename}: " if error.filename else ""
        print_error(
            KbError(f"{what}{error.strerror or error}", hint="Look at the permissions, and at the room on the disk.")
        )
        _print_no_more()
        sys.exit(1)


def _print_no_more() -> None:
    """Let what still waits to be printed go nowhere, where it would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave() -> NoReturn:
    """End at once: to free every object of a large help center takes a tenth of the time of a build."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(0)


def _verify(site_dir: Path) -> None:
    """Run this command once more without the cache, with other hash seeds and in another zone; compare the sites."""
    import subprocess
    import tempfile

    from kb_builder.files import differing_files

    with tempfile.TemporaryDirectory(prefix="kb-verify-") as folder:
        arguments = [argument for argument in sys.argv[1:] if argument != "--verify"]
        again = subprocess.run(  # noqa: S603  (the command that is running)
            [sys.executable, "-m", "kb_builder", *arguments, "--no-cache", "--site-dir", f"{folder}/site"],
            env={**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Kathmandu", "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
        if again.returncode:
            raise KbError("the second build failed", hint=again.stderr.decode("utf-8", "replace").strip())
        different = differing_files(site_dir, Path(folder, "site"))
    if different:
        shown = "\n    ".join(different[:10])
        raise KbError(
            f"{len(different)} files differ between two builds of the same content:\n    {shown}",
            hint="Please report this. Meanwhile: kb build --no-cache",
        )


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _as_data(issues: tuple[Issue, ...]) -> list[dict[str, Any]]:
    return [asdict(issue) for issue in issues]
