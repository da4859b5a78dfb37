"""Run the notebooks beside this file from top to bottom and store what they show.

    python docs/notebooks/run_notebooks.py [--into FOLDER]

Needs nbclient and ipykernel. Execution times are not stored,
nor is the plain text of what shows itself as HTML: it names folders of the machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
CELL_SECONDS = 300


def executed(notebook: Path) -> nbformat.NotebookNode:
    """Return the notebook with the outputs of a new run; a cell that fails raises `CellExecutionError`."""
    book = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        book, timeout=CELL_SECONDS, record_timing=False, resources={"metadata": {"path": str(HERE)}}
    )
    client.execute()
    for output in (output for cell in book.cells for output in cell.get("outputs", [])):
        if "text/html" in output.get("data", {}):
            del output.data["text/plain"]
    book.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return book


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path, default=HERE, help="where to write them; default: in place")
    into = parser.parse_args().into
    for notebook in sorted(HERE.glob("*.ipynb")):
        nbformat.write(executed(notebook), into / notebook.name)


if __name__ == "__main__":
    main()
