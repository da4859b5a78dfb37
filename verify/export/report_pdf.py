"""A report as PDF, by fpdf2: it falls back from font to font and sets Arabic as it is read.

The fonts are Noto Sans and Noto Sans Arabic, out of wheels, so that a PDF looks the same on every machine. A
character that they lack is given by its number (U+6587): nothing is dropped.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from verify.errors import VerifyError
from verify.export.report_blocks import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Standing,
    Table,
    TimeLine,
)

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS: Final = {"sans": "Noto Sans", "arabic": "Noto Sans Arabic"}

MARGIN: Final = 18.0
"""Millimetres, as all lengths here."""
LINE: Final = 5.2
ACROSS: Final = 174.0
"""A4 without its margins."""
LABEL: Final = 40.0
"""Width of the names of facts."""
IN_A_ROW: Final = 3
GAP: Final = 4.0
TALLEST: Final = 105.0
"""Of one picture."""
TALLEST_WIDE: Final = 120.0
"""Of one across the page."""
BAR: Final = 4.0
BETWEEN: Final = 14.0
"""From the upper bar of a time line to the lower one."""

BODY, SMALL, SECTION, STANDING, TITLE = 10.0, 8.5, 12.5, 14.0, 17.0
"""Points."""

STROKE: Final = 0.011
"""Millimetres of outline for each point of size make letters bold: to cut a bold font out of a variable one
takes fontTools 5 s."""

Colour = tuple[int, int, int]
INK: Final[Colour] = (29, 36, 48)
SOFT: Final[Colour] = (90, 100, 114)
RULE: Final[Colour] = (217, 222, 229)
PALE: Final[Colour] = (223, 229, 238)
PAPER: Final[Colour] = (255, 255, 255)
BLUE: Final[Colour] = (43, 95, 184)
PALE_BLUE: Final[Colour] = (213, 223, 241)
VERDICTS: Final[Mapping[str, Colour]] = {"verified": (26, 127, 75), "misattributed": (180, 84, 10)}


def render(document: Document) -> bytes:
    """Return the PDF. Raises `VerifyError` with code `missing-extra` if fpdf2 or the fonts are not there."""
    pdf = _paper(document)
    for number, block in enumerate(document.blocks):
        begins = isinstance(block, Heading) and block.level == 1
        if number and (begins or pdf.will_page_break(_together(document.blocks[number : number + 4]))):
            pdf.add_page()
        DRAWN[type(block)](pdf, block)
    return bytes(pdf.output())


def _together(blocks: Sequence[Block]) -> float:
    """Return the height of a sentence, its small print and the drawing below, which share a page; else 0."""
    match blocks:
        case [Heading(), *rest] if below := _together(rest):
            return below + 3 * LINE
        case [Paragraph(), Paragraph(quiet=True), Pictures(wide=True, pictures=(drawing, *_)), *_]:
            return 8 * LINE + _fitted(drawing, ACROSS, TALLEST_WIDE)[1]
    return 0


def _paper(document: Document) -> FPDF:
    """Return the first page, with fonts."""
    try:
        import fontpkg
        import uharfbuzz  # noqa: F401 - fpdf2 looks for it only when it sets the first line
        from fpdf import FPDF
    except ImportError as error:
        raise VerifyError(
            "A PDF needs what is not installed.",
            code="missing-extra",
            hint="Install it with: pip install 'verify-media[pdf]', or write the report as .html.",
        ) from error

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("sans", "", 8)
            self.set_text_color(*SOFT)
            self.cell(ACROSS, 5, f"{self.page_no()} / {{nb}}", align="R")

    pdf = Paper(format="A4")
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.c_margin = 0
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    for family, name in FONTS.items():
        pdf.add_font(family, "", fontpkg.path(name))
    pdf.set_fallback_fonts([family for family in FONTS if family != "sans"], exact_match=False)
    pdf.set_text_shaping(use_shaping_engine=True)
    pdf.set_title(_known(pdf, document.title))
    pdf.set_creator("verify-media")
    pdf.add_page()
    _text(pdf, document.made, size=SMALL, colour=SOFT)
    return pdf


def _known(pdf: FPDF, text: str) -> str:
    """Name the characters that no font has by their numbers."""
    known = _characters(pdf)
    return "".join(char if char in "\n " or ord(char) in known else f"[U+{ord(char):04X}]" for char in text)


@cache
def _characters(pdf: FPDF) -> frozenset[int]:
    return frozenset(code for font in pdf.fonts.values() for code in getattr(font, "cmap", ()))


def _text(
    pdf: FPDF,
    text: str,
    *,
    size: float = BODY,
    bold: bool = False,
    colour: Colour = INK,
    width: float = ACROSS,
) -> None:
    """Write lines where the pen is, and put the pen below them."""
    pdf.set_font("sans", "", size)
    pdf.set_text_color(*colour)
    pdf.set_draw_color(*colour)
    mode = "FILL_STROKE" if bold else "FILL"
    with pdf.local_context(text_mode=mode, line_width=STROKE * size):
        height = LINE * size / BODY
        pdf.multi_cell(width, height, _known(pdf, text), align="L", new_x="LMARGIN", new_y="NEXT")


def _heading(pdf: FPDF, block: Heading) -> None:
    room = 40 if block.level == 1 else 25
    if pdf.will_page_break(room):
        pdf.add_page()
    pdf.ln(2 if block.level == 1 else 4)
    _text(pdf, block.text, size=TITLE if block.level == 1 else SECTION, bold=True)
    pdf.ln(1)


def _paragraph(pdf: FPDF, block: Paragraph) -> None:
    _text(pdf, block.text, size=SMALL if block.quiet else BODY, colour=SOFT if block.quiet else INK)
    pdf.ln(1.2)


def _standing(pdf: FPDF, block: Standing) -> None:
    pdf.ln(2)
    top, colour = pdf.y, VERDICTS.get(block.word, SOFT)
    pdf.set_fill_color(*colour)
    pdf.rect(MARGIN, top, 1.6, 14, style="F")
    pdf.set_x(MARGIN + 5)
    _text(pdf, block.word.capitalize(), size=STANDING, bold=True, colour=colour, width=ACROSS - 5)
    pdf.set_x(MARGIN + 5)
    _text(pdf, block.text, width=ACROSS - 5)
    pdf.ln(3)


def _facts(pdf: FPDF, block: Facts) -> None:
    for label, value in block.pairs:
        size = SMALL if block.exact else BODY
        if pdf.will_page_break(2 * LINE):
            pdf.add_page()
        top, page = pdf.y, pdf.page
        _text(pdf, label, size=size, colour=SOFT, width=LABEL - 3)
        below = pdf.y
        pdf.set_xy(MARGIN + LABEL, top)
        _text(pdf, value, size=size, width=ACROSS - LABEL)
        if pdf.page == page:
            pdf.set_y(max(below, pdf.y))
        pdf.ln(0.8)


def _table(pdf: FPDF, block: Table) -> None:
    from fpdf import FontFace

    pdf.set_font("sans", "", SMALL)
    pdf.set_text_color(*INK)
    pdf.set_draw_color(*RULE)
    pdf.set_fill_color(*PAPER)
    with pdf.table(
        headings_style=FontFace(emphasis="", color=SOFT, fill_color=PAPER),
        width=ACROSS,
        col_widths=block.widths,
        borders_layout="HORIZONTAL_LINES",
        line_height=LINE * SMALL / BODY,
        padding=(0.8, 2, 0.8, 0),
        text_align="LEFT",
        wrapmode="CHAR" if len(block.head) == 2 else "WORD",
    ) as table:
        for row in (block.head, *block.rows):
            drawn = table.row()
            for cell in row:
                drawn.cell(_known(pdf, cell))
    pdf.ln(2)


def _pictures(pdf: FPDF, block: Pictures) -> None:
    columns = IN_A_ROW if len(block.pictures) > 1 else 1
    width = (ACROSS - GAP * (columns - 1)) / columns
    if columns == 1 and not block.wide:
        width = ACROSS * 0.6
    for start in range(0, len(block.pictures), columns):
        row = block.pictures[start : start + columns]
        sizes = [_fitted(picture, width, TALLEST_WIDE if block.wide else TALLEST) for picture in row]
        height = max(tall for _, tall in sizes)
        if pdf.will_page_break(height + 2 * LINE):
            pdf.add_page()
        top = pdf.y
        for column, (picture, (wide, tall)) in enumerate(zip(row, sizes, strict=True)):
            left = MARGIN + column * (width + GAP)
            pdf.image(io.BytesIO(picture.content), x=left, y=top, w=wide, h=tall, alt_text=picture.caption)
            pdf.set_xy(left, top + height + 0.5)
            _text(pdf, picture.caption, size=SMALL, colour=SOFT, width=width)
        pdf.ln(2)


def _fitted(picture: Picture, width: float, tallest: float) -> tuple[float, float]:
    """Return width and height on paper of a picture that may be so wide and tall."""
    scale = min(width / picture.width, tallest / picture.height)
    return picture.width * scale, picture.height * scale


def _time_line(pdf: FPDF, block: TimeLine) -> None:
    if pdf.will_page_break(BETWEEN + BAR + 4 * LINE):
        pdf.add_page()
    unit = ACROSS / max(block.here_seconds, block.there_seconds)
    _text(pdf, f"{block.here} ({block.here_seconds:.1f} s)", size=SMALL, colour=SOFT)
    upper = pdf.y + 0.5
    lower = upper + BETWEEN
    for top, seconds in ((upper, block.here_seconds), (lower, block.there_seconds)):
        pdf.set_fill_color(*PALE)
        pdf.rect(MARGIN, top, seconds * unit, BAR, style="F")
    for start, end, other, last in block.spans:
        corners = [(start, upper + BAR), (end, upper + BAR), (last, lower), (other, lower)]
        pdf.set_fill_color(*PALE_BLUE)
        pdf.polygon([(MARGIN + seconds * unit, y) for seconds, y in corners], style="F")
        pdf.set_fill_color(*BLUE)
        pdf.rect(MARGIN + start * unit, upper, max((end - start) * unit, 0.4), BAR, style="F")
        pdf.rect(MARGIN + other * unit, lower, max((last - other) * unit, 0.4), BAR, style="F")
    pdf.set_y(lower + BAR + 0.5)
    _text(pdf, f"{block.there} ({block.there_seconds:.1f} s)", size=SMALL, colour=SOFT)
    pdf.ln(3)


DRAWN: Final[Mapping[type[Block], Callable[[FPDF, Any], None]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Standing: _standing,
    Facts: _facts,
    Table: _table,
    Pictures: _pictures,
    TimeLine: _time_line,
}
"""How each kind of block is drawn."""
