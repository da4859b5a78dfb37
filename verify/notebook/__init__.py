"""How results look in a notebook: an examination, a match, a list of matches, a scan, an archive.

Static HTML with inline styles: no script and no outside reference, so it shows the same in JupyterLab, in
VS Code, in a file made from the notebook and without a network. All text is escaped, names above all.
What draws is imported when something is drawn.
"""

from __future__ import annotations

from verify.progress import Progress
from verify.records import Examination, Match, Matches


def html_of(value: object) -> str:
    """Return how a notebook shows a value. Raises `TypeError` for kinds that have no look of their own."""
    from verify.notebook import examinations, matches, scans

    if isinstance(value, Examination):
        return examinations.examination_html(value)
    if isinstance(value, Matches):
        return matches.matches_html(value)
    if isinstance(value, Match):
        return matches.match_html(value)
    if isinstance(value, Progress):
        return scans.progress_html(value)
    raise TypeError(f"{type(value).__name__} has no look of its own.")
