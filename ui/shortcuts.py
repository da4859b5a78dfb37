"""Every key of the page: buttons take theirs from here, and the help overlay lists them.

Streamlit's shortcuts do not fire while someone types, but for those with Ctrl: so none here has it. It takes
no punctuation, so help is H and not a question mark; C and R are its own.
"""

from __future__ import annotations

from html import escape

import streamlit as st

HELP = "H"
QUEUE, ADD, LOG, INSIGHTS = "Q", "A", "L", "I"
VERIFIED, UNVERIFIED, MISATTRIBUTED = "V", "U", "M"
UNDO = "Z"
PREVIOUS, NEXT = "Left", "Right"
BLUR = "B"

KEYS = {
    "Decide": (
        (VERIFIED, "verified"),
        (UNVERIFIED, "unverified"),
        (MISATTRIBUTED, "misattributed"),
        (UNDO, "undo: withdraw your last verdict"),
    ),
    "Move": (
        (PREVIOUS, "previous item, no verdict"),
        (NEXT, "next item, no verdict"),
        (BLUR, "blur pictures, or show them"),
        ("Tab", "next button or field"),
        ("Enter", "press the button in focus"),
    ),
    "In the picture or player": (
        ("+ −", "nearer, further"),
        ("0 1", "all of it, pixel by pixel"),
        ("Space", "play or pause"),
        (", .", "one frame back or on"),
        ("[ ]", "a stretch begins, it ends"),
    ),
    "Go to": (
        (QUEUE, "queue"),
        (ADD, "add files"),
        (LOG, "log"),
        (INSIGHTS, "insights"),
        (HELP, "this help"),
        ("Esc", "close this help"),
    ),
}
"""What each key does, in groups."""

ARROWS = {PREVIOUS: "←", NEXT: "→"}

STYLE = """
<style>
.keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.5rem 2rem; }
.keys b { display: block; padding-bottom: 0.5rem; font-size: 0.8125rem; opacity: 0.75; }
.keys p { display: grid; grid-template-columns: 3.25rem 1fr; align-items: baseline; margin: 0 0 0.4rem;
  font-size: 0.875rem; }
.keys kbd { justify-self: start; min-width: 1.75rem; padding: 0.1rem 0.4rem; text-align: center;
  font: inherit; font-size: 0.8125rem; color: inherit; background: transparent;
  border: 1px solid currentColor; border-bottom-width: 2px; border-radius: 0.3rem; }
</style>
"""


def help_button() -> None:
    """Draw the button that opens the overlay; its key is `HELP`."""
    if st.button("Keys", icon=":material/keyboard:", shortcut=HELP, type="tertiary", key="open_help"):
        overlay()


@st.dialog("Keys", icon=":material/keyboard:", width="medium")
def overlay() -> None:
    """List all keys."""
    groups = "".join(f"<section><b>{name}</b>{_lines(keys)}</section>" for name, keys in KEYS.items())
    st.html(f'{STYLE}<div class="keys">{groups}</div>')
    st.caption("Keys rest while you type in a field.")


def _lines(keys: tuple[tuple[str, str], ...]) -> str:
    return "".join(
        f"<p><kbd>{escape(ARROWS.get(key, key))}</kbd><span>{escape(does)}</span></p>" for key, does in keys
    )
