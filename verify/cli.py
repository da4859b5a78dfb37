"""The command line: arguments in, one verb each, one place that catches errors.

Results go to stdout, talk to stderr; `--json` on every command that reports. Heavy parts are imported
inside the commands, so that `verify --help` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from verify import backup_commands, doctor_commands, export_commands, hash_commands, review_commands
from verify.arguments import ArchiveOption, ExitCode, JsonOption, existing, print_json
from verify.errors import VerifyError
from verify.labels import printable

if TYPE_CHECKING:
    from verify.progress import Failure, Progress
    from verify.records import Match
    from verify.review.case import CaseState
    from verify.store.role import ItemSummary


app = typer.Typer(
    name="verify",
    help="Find out where viral pictures and videos came from, and keep a record that proves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ProfileOption = Annotated[Literal["full", "fast"], typer.Option(help="fast leaves out the local features.")]
ExactOption = Annotated[bool, typer.Option("--exact", help="Decode large pictures in full, however slow.")]
JobsOption = Annotated[int | None, typer.Option(min=1, help="Worker processes.  [default: all processors]")]
DrawOption = Annotated[
    Path | None,
    typer.Option("--draw", metavar="PNG", help="Draw the best match, side by side, into this file."),
]
PortOption = Annotated[int, typer.Option(help="Port of the page.")]


@app.command()
def examine(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    profile: ProfileOption = "full",
    exact: ExactOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show hashes, metadata, findings and frame samples of files; nothing is stored."""
    from verify import terminal
    from verify.errors import UnreadableMedia
    from verify.examination import examine as examine_file
    from verify.media.worker import shared

    unreadable = False
    with shared() as pool:
        futures = [pool.submit(examine_file, file, profile=profile, exact=exact) for file in files]
        for file, future in zip(files, futures, strict=True):
            error = future.exception()
            if isinstance(error, UnreadableMedia):
                terminal.print_failure(file, error)
            elif as_json:
                print_json(future.result().to_json())
            else:
                terminal.print_examination(future.result())
            unreadable = unreadable or error is not None or not future.result().views
    raise typer.Exit(ExitCode.SOME_UNREADABLE if unreadable else ExitCode.OK)


@app.command()
def scan(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...")],
    archive: ArchiveOption = None,
    jobs: JobsOption = None,
    profile: ProfileOption = "full",
    exact: ExactOption = False,
    as_json: JsonOption = False,
) -> None:
    """Examine every picture and video below PATH into the archive; resumable at any moment."""
    from verify import terminal
    from verify.archive import open_archive

    with open_archive(archive) as opened, terminal.scan_progress() as report:
        progress = opened.scan(paths, jobs=jobs, profile=profile, exact=exact, report=report)
        cases = opened.cases([match.item for seen in progress.seen_before for match in seen.matches])
    terminal.print_scan(progress, cases)
    if as_json:
        print_json(_scan_json(progress, cases))
    if progress.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    raise typer.Exit(ExitCode.SOME_UNREADABLE if progress.failures else ExitCode.OK)


@app.command()
def items(
    archive: ArchiveOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Files that are no media, and entries of hash lists, too.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what is in the archive, one line an item."""
    from verify import terminal

    with existing(archive) as opened:
        chosen = (item for item in opened if everything or item.kind in {"image", "video"})
        if as_json:
            for item in chosen:
                print_json(_item_json(item))
        else:
            terminal.print_items(chosen)


@app.command("find-copies")
def find_copies(
    query: Annotated[str, typer.Argument(metavar="FILE|SHA256")],
    archive: ArchiveOption = None,
    draw: DrawOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where else the pictures of a file, or of an item, are in the archive."""
    from verify import terminal

    with existing(archive) as opened:
        matches = opened.find_copies(query)
        cases = opened.cases([match.item for match in matches])
        shown = next((match for match in matches if match.region), None)  # an entry of a hash list shows none
        if draw and shown:
            _draw(draw, query if Path(query).exists() else opened.examination(query).path, shown)
    for match in matches if as_json else ():
        print_json(_match_json(match, cases))
    if not as_json:
        terminal.print_matches(matches, cases)
    raise typer.Exit(ExitCode.OK if matches else ExitCode.NONE_FOUND)


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(metavar="A")],
    b: Annotated[Path, typer.Argument(metavar="B")],
    draw: DrawOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether two files share pictures, and how; exit 0 for a match, 1 for none, 2 for an error."""
    from verify import terminal
    from verify.find_copies import compare as compare_files

    match = compare_files(a, b)
    if match and draw:
        _draw(draw, a, match)
    if match and as_json:
        print_json(match.to_json())
    elif match:
        terminal.print_matches([match])
    raise typer.Exit(ExitCode.OK if match else ExitCode.NONE_FOUND)


@app.command()
def review(
    archive: ArchiveOption = None,
    port: PortOption = 8501,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Answer to this name too: that of a proxy on this machine."),
    ] = None,
) -> None:
    """Open the review page in the browser, on this machine only."""
    with existing(archive) as opened:
        folder = opened.folder
    _open_page(folder, port, allow_host or [])


for command in review_commands.COMMANDS:
    app.command()(command)
app.command()(backup_commands.backup)
app.command()(doctor_commands.doctor)
app.command()(export_commands.export)
app.command("import-hashes")(hash_commands.import_hashes)


@app.command()
def demo(
    archive: Annotated[Path, typer.Option(help="Where to keep the demo's archive.")] = Path("verify-demo"),
    no_page: Annotated[bool, typer.Option("--no-page", help="Stop before the page opens.")] = False,
    port: PortOption = 8501,
) -> None:
    """Scan the sample story, show what was found, open the page."""
    from verify import terminal
    from verify.archive import open_archive

    samples = _samples()
    chapters = {
        "A small story with known truth. In the archive since 2021: a video and three photos.": _sources(
            samples
        ),
        "January 2026: more comes in. What is it really?": [samples],
    }
    with open_archive(archive) as opened:
        for words, files in chapters.items():
            terminal.talk.print(words, soft_wrap=True)
            with terminal.scan_progress() as report:
                progress = opened.scan(files, report=report)
            terminal.print_scan(progress, opened.cases())
        terminal.print_items(item for item in opened if item.kind != "other")
        folder = opened.folder
    if no_page:
        terminal.talk.print(f"The archive is in {terminal.marked(str(folder))}.", soft_wrap=True)
    else:
        _open_page(folder, port)


def main() -> None:
    """Run the command line; an error on purpose ends in one line, never in a traceback."""
    try:
        app()
    except VerifyError as error:
        sys.stderr.write(f"verify: {printable(str(error))}\n")
        sys.exit(ExitCode.ERROR)


def _draw(target: Path, query: str | Path, match: Match) -> None:
    from verify.draw_match import draw_match

    picture = draw_match(query, match)
    try:
        target.write_bytes(picture)
    except OSError as error:
        raise VerifyError(f"Cannot write {target}: {error.strerror}.", code="storage") from error


def _samples() -> Path:
    """Return the sample story: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    homes = (package / "samples" / "media", package.parent / "samples" / "media")
    for home in homes:
        if home.is_dir():
            return home
    raise VerifyError("The sample story is not installed.", code="missing")


def _sources(samples: Path) -> list[Path]:
    """Return what the others were made from: it comes first, as in the story."""
    story = tomllib.loads((samples.parent / "manifest.toml").read_text(encoding="utf-8"))
    return [samples / file["name"] for file in story["files"] if file["role"] == "source"]


def _open_page(folder: Path, port: int, host_names: Sequence[str] = ()) -> None:
    """Serve the page on this machine until Ctrl-C; the script is named, not imported."""
    spec = find_spec("ui")
    if spec is None or not spec.submodule_search_locations:
        raise VerifyError("The review page is not installed.", code="missing")
    script = Path(spec.submodule_search_locations[0]) / "server.py"
    options = {
        "server.address": ["127.0.0.1"],
        "server.port": [str(port)],
        "server.allowedHosts": ["127.0.0.1", "localhost", *host_names],
        "server.enableXsrfProtection": ["true"],
        "server.enableCORS": ["true"],
        "server.enableStaticServing": ["false"],
        "server.maxUploadSize": ["1"],
        "server.maxMessageSize": ["20"],
        "browser.gatherUsageStats": ["false"],
        "global.disableWidgetStateDuplicationWarning": ["true"],  # a page number from the address
        "client.toolbarMode": ["minimal"],
        "client.showErrorDetails": ["none"],
        "server.fileWatcherType": ["none"],
        "theme.light.primaryColor": ["#2b5fb8"],
        "theme.dark.primaryColor": ["#4a7fdb"],
    }
    words = [word for name, values in options.items() for value in values for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *words]
    environment = {**os.environ, "VERIFY_ARCHIVE": str(folder)}
    sys.stdout.flush()
    if sys.platform == "win32":  # its exec would give the terminal back while the page still runs
        with contextlib.suppress(KeyboardInterrupt):
            subprocess.run(command, env=environment, check=False)  # noqa: S603  # our own script, no shell
    else:
        os.execve(sys.executable, command, environment)  # noqa: S606  # our own script, no shell


def _item_json(item: ItemSummary) -> dict[str, Any]:
    return {
        "sha256": item.sha256,
        "kind": item.kind,
        "format": item.format,
        "size_bytes": item.size_bytes,
        "width": item.width,
        "height": item.height,
        "duration_seconds": None if item.duration_seconds is None else float(item.duration_seconds),
        "added_at": item.added_at.isoformat(),
        "partial": item.partial,
        "views": item.views,
        "paths": [os.fsencode(path).decode("utf-8", "replace") for path in item.paths],
        "findings": list(item.findings),
        "problems": [problem.to_json() for problem in item.problems],
    }


def _match_json(match: Match, cases: Mapping[str, CaseState]) -> dict[str, Any]:
    """Return the shape of a match, and the verdict on the found item."""
    return {**match.to_json(), "verdict": cases[match.item].verdict}


def _scan_json(progress: Progress, cases: Mapping[str, CaseState]) -> dict[str, Any]:
    def lines(failures: list[Failure]) -> list[dict[str, str]]:
        return [
            {
                "path": failure.path.decode("utf-8", "replace"),
                "code": failure.code,
                "message": failure.message,
            }
            for failure in failures
        ]

    return {
        "files": progress.files,
        "examined": progress.examined,
        "unchanged": progress.unchanged,
        "moved": progress.moved,
        "copied": progress.copied,
        "other": progress.other,
        "failures": lines(progress.failures),
        "passed_over": lines(progress.passed_over),
        "seen_before": [
            {
                "item": seen.sha256,
                "path": seen.path.decode("utf-8", "replace"),
                "matches": [_match_json(match, cases) for match in seen.matches],
            }
            for seen in progress.seen_before
        ],
        "interrupted": progress.interrupted,
    }


if __name__ == "__main__":
    main()
