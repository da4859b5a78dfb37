"""The command that says whether this installation is fit for strangers' files: doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from verify.arguments import ExitCode, JsonOption, print_json

if TYPE_CHECKING:
    from verify.doctor import Checkup


def doctor(as_json: JsonOption = False) -> None:
    """Show versions, the limits and the sandbox as it is; exit 1 if that lets something through."""
    from verify.doctor import check_up

    checkup = check_up()
    if as_json:
        print_json(checkup.to_json())
    else:
        _print(checkup)
    raise typer.Exit(ExitCode.OK if checkup.holds else ExitCode.FAULTS_FOUND)


def _print(checkup: Checkup) -> None:
    from verify.terminal import marked, results

    for name, version in checkup.versions.items():
        results.print(f"{name:<24} {marked(version)}", soft_wrap=True)
    results.print(f"\nFiles are decoded in processes of their own. Sandbox: [bold]{checkup.sandbox}[/]")
    for attempt in checkup.attempts:
        results.print(f"  {attempt.what:<28} {'refused' if attempt.refused else '[yellow]possible[/]'}")
    results.print("\nLimits for one file, or one process")
    for name, most in checkup.limits.items():
        results.print(f"  {name.replace('_', ' '):<28} {most:,}")
    results.print()
    for warning in checkup.warnings:
        results.print(f"[yellow]warning[/] {marked(warning)}", soft_wrap=True)
    if not checkup.warnings:
        results.print("All is well.")
