"""How values at the bottom of the house show themselves in a notebook, which is a door at its top.

A record's `_repr_html_` asks here; what draws it is put in place by the package's face and imported when it
is first needed. Without it a notebook shows the plain text, as it does for any value.
"""

from __future__ import annotations

from collections.abc import Callable

Painter = Callable[[object], str]
"""Draws a value as HTML without script and without outside references."""

_painters: list[Painter] = []


def show_with(painter: Painter) -> None:
    """Let `painter` draw values from now on."""
    _painters[:] = [painter]


def shown(value: object) -> str | None:
    """Return a value as HTML; None, which notebooks take for "as plain text", if nothing draws."""
    return _painters[0](value) if _painters else None
