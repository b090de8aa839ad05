"""``kb doctor`` and ``kb completion``: comfort at the terminal."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from click.shell_completion import get_completion_class

from kb_builder.commands.setup import Setup, pass_setup
from kb_builder.terminal import printable

_INSTALL = {
    "bash": 'eval "$(kb completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(kb completion zsh)" in ~/.zshrc',
    "fish": "kb completion fish > ~/.config/fish/completions/kb.fish",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@pass_setup
def doctor(setup: Setup, as_json: bool) -> None:
    """Say what is installed, set and built here, and what is wrong with it.

    \b
    Example:
        kb doctor
    """
    from kb_builder.doctor import examine

    findings = list(examine(setup.config_path))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            mark = " " if finding.is_sound else "!"
            click.echo(f"{mark} {finding.name:<{width}}  {printable(finding.value)}")
            if not finding.is_sound and finding.hint:
                click.echo(f"  {'':<{width}}  {printable(finding.hint)}")
    if not all(finding.is_sound for finding in findings):
        raise SystemExit(1)


@click.command()
@click.argument("shell", type=click.Choice(sorted(_INSTALL)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that completes commands and options in SHELL.

    For bash and zsh put  eval "$(kb completion bash)"  into the file that the shell starts with; for fish write it to
    ~/.config/fish/completions/kb.fish.

    \b
    Example:
        kb completion bash
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "kb", "_KB_COMPLETE").source())
