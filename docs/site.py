"""What the site adds to the pages as they stand: the README as its start, and the notebooks as pages.

Links are written so that they work where the files lie; `LINKS` says where they lead on the site.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent

SHOWN = ("text/html", "image/svg+xml", "image/webp", "image/png", "text/plain")
"""Of the forms in which an output is stored the first of these; the simpler ones repeat it."""


LINKS = {
    r"\]\(docs/": "](",
    r"\]\((\.\./)?samples/README\.md": "](samples.md",
    r"\]\(\.\./README\.md": "](index.md",
    r"\]\((notebooks/\w+)\.ipynb": r"](\1.md",
}
"""Pattern by pattern."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from files which live elsewhere, or in another form."""
    made = {
        "index.md": (ROOT / "README.md").read_text(),
        "samples.md": (ROOT / "samples" / "README.md").read_text(),
    }
    for notebook in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        made[f"notebooks/{notebook.stem}.md"] = as_page(json.loads(notebook.read_text()))
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Let links lead to where their pages are on the site."""
    for link, on_site in LINKS.items():
        markdown = re.sub(link, on_site, markdown)
    return markdown


def as_page(notebook: dict[str, Any]) -> str:
    """Return a notebook as Markdown, with its outputs as they were stored."""
    return "\n\n".join(_cell(cell) for cell in notebook["cells"])


def _cell(cell: dict[str, Any]) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return source
    return "\n\n".join([f"```python\n{source}\n```", *map(_output, cell["outputs"])])


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "error":
        return _as_text("\n".join(output["traceback"]))
    if output["output_type"] == "stream":
        return _as_text("".join(output["text"]))
    kind = next(kind for kind in SHOWN if kind in output["data"])
    value = output["data"][kind]
    text = value if isinstance(value, str) else "".join(value)
    if kind == "text/plain":
        return _as_text(text)
    if kind == "image/svg+xml":
        text = f'<img alt="chart" src="data:{kind};base64,{base64.b64encode(text.encode()).decode()}">'
    elif kind.startswith("image/"):
        text = f'<img alt="picture" src="data:{kind};base64,{text}">'
    return '<div style="overflow-x: auto">' + re.sub(r"\n\s*", " ", text) + "</div>"


def _as_text(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"
