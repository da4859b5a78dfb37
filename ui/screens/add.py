"""Bring pictures and videos in, dropped here or from a folder; results appear as files finish."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from ui import intake, rows, session, uploads
from ui.intake import Job
from ui.parts import size
from verify import Progress, QueueFilter, printable

BATCH: Final = "batch"
"""What this page has asked for goes by this key."""

SHOWN: Final = 50
"""Results and failures in sight; the queue shows all."""

POLL_SECONDS: Final = 1.0

FILES: Final = Path(__file__).parent.parent / "components"

_uploader = st.components.v2.component(
    "upload",
    html=(FILES / "upload.html").read_text(),
    css=(FILES / "upload.css").read_text(),
    js=(FILES / "upload.js").read_text(),
)


def show() -> None:
    """Draw the screen."""
    batch = st.session_state.setdefault(BATCH, secrets.token_hex(8))
    _uploader(
        key="upload",
        data={
            "url": "/api/upload",
            "ticket": uploads.ticket(batch),
            "most_bytes": uploads.MOST_BYTES,
            "most_files": uploads.MOST_FILES,
            "too_large": f"Larger than {size(uploads.MOST_BYTES)}: use verify scan.",
            "limits": f"Up to {uploads.MOST_FILES:,} files at once, each up to {size(uploads.MOST_BYTES)}. "
            "Originals are kept untouched.",
        },
        on_arrived_change=_nothing,
    )
    if not (session.is_named_by_server() or session.sign_in_needed()):
        _folder(batch)
    is_busy = any(not job.has_ended for job in intake.current().jobs(batch))
    st.fragment(_results, run_every=POLL_SECONDS if is_busy else None)(batch, was_busy=is_busy)


def _nothing() -> None:
    """Let a finished upload draw the page anew."""


def _folder(batch: str) -> None:
    """Let a folder be named: by whoever sits at this machine, not by people who signed in from afar."""
    with st.form("folder", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Or a folder on this machine", placeholder="/home/desk/inbox")
        is_asked = st.form_submit_button("Scan", icon=":material/folder_open:")
    if not is_asked or not text.strip():
        return
    folder = Path(text.strip()).expanduser()
    if folder.is_dir():
        intake.current().add_folder(batch, folder.resolve())
    else:
        st.error("There is no folder of that name on this machine.", icon=":material/folder_off:")


def _results(batch: str, *, was_busy: bool) -> None:
    """Show how far the scans are and what they found; drawn again every second while one runs."""
    jobs = intake.current().jobs(batch)
    is_busy = any(not job.has_ended for job in jobs)
    if was_busy and not is_busy:
        st.rerun()
    for error in dict.fromkeys(job.error for job in jobs if job.error):
        st.error(printable(error), icon=":material/error:")
    if is_busy:
        _progress(next(job for job in jobs if not job.has_ended))
    _uploaded([job for job in jobs if not job.is_folder])
    for number, job in enumerate(job for job in jobs if job.is_folder):
        _scanned(job, number)


def _progress(job: Job) -> None:
    found = job.progress
    if found is None:
        st.progress(0.0, "Waiting for its turn")
    elif found.to_compare:
        share = found.compared / found.to_compare
        st.progress(share, f"Compared with what was here before: {found.compared:,} of {found.to_compare:,}")
    else:
        share = min(1.0, found.done / found.files) if found.files else 0.0
        st.progress(share, f"Examined: {found.done:,} of {found.files:,}")


def _uploaded(jobs: Sequence[Job]) -> None:
    """Show what became of uploaded files, the latest first."""
    latest = list({job.sha256: job for job in reversed(jobs)}.values())[:SHOWN]
    if not latest:
        return
    notes = {job.sha256: "already in the archive" for job in latest if job.is_known}
    wanted = QueueFilter(items=tuple(job.sha256 for job in latest))
    found = session.archive().queue(wanted, limit=SHOWN).rows
    order = [job.sha256 for job in latest]
    rows.draw(sorted(found, key=lambda row: order.index(row.item.sha256)), key="added-rows", notes=notes)
    shown = {row.item.sha256 for row in found}
    for job in latest:
        if job.sha256 not in shown and job.has_ended and not job.error:
            st.text(f"{printable(job.path.name)}: neither a picture nor a video that can be read here.")


def _scanned(job: Job, number: int) -> None:
    """Show what a scan of a folder found."""
    if job.progress is None:
        return
    st.subheader(printable(str(job.path)), anchor=False)
    st.text(_summary(job.progress))
    found = session.archive().queue(QueueFilter(since=job.asked_at), limit=SHOWN).rows
    rows.draw(found, key=f"scanned-rows-{number}")
    failures = [*job.progress.failures, *job.progress.passed_over]
    for failure in failures[:SHOWN]:
        st.text(f"{printable(failure.path.rsplit(b'/', 1)[-1])}: {failure.message}")
    if len(failures) > SHOWN:
        st.text(f"and {len(failures) - SHOWN:,} more that could not be read")


def _summary(progress: Progress) -> str:
    """Return the numbers of a scan in one line."""
    counts = {
        "new": progress.examined,
        "seen before": len(progress.seen_before),
        "unchanged": progress.unchanged,
        "same bytes as another": progress.copied,
        "moved": progress.moved,
        "no media": progress.other,
        "unreadable": len(progress.failures),
    }
    said = [f"{number:,} {word}" for word, number in counts.items() if number]
    return f"{progress.files:,} files: {', '.join(said) or 'nothing yet'}"
