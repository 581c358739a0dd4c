"""The chart of the report: breaks per day. It is a PNG, because mail programs show no SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL import Image

WIDTH, HEIGHT = 1104, 300  # shown at half of it, so that it is sharp on fine screens
TOP, BASE = 44, 250  # the tallest bar, and where bars stand
STUB = 6  # a day without breaks is seen too
PAPER, INK, QUIET = "#ffffff", "#1f2933", "#52606d"
GREEN, RED, GREY = "#2f8f4e", "#c0392b", "#9aa5b1"
SHADES = 6  # of a letter's edge, from paper to ink


class Bar(NamedTuple):
    """A day. `breaks` None: the day was not compared."""

    day: date
    breaks: int | None


def draw_chart(bars: Sequence[Bar]) -> bytes:
    """Return the chart as PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only reports draw, and it is large

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    step, highest = WIDTH / max(len(bars), 1), max((bar.breaks or 0 for bar in bars), default=0)
    pen.line((0, BASE, WIDTH, BASE), fill=GREY, width=2)
    for number, bar in enumerate(bars):
        left, right = step * number + step * 0.2, step * (number + 1) - step * 0.2
        top = BASE - max(STUB, (BASE - TOP) * (bar.breaks or 0) / max(highest, 1))
        colour = GREY if bar.breaks is None else RED if bar.breaks else GREEN
        pen.rectangle((left, top, right, BASE), fill=colour)
        middle = (left + right) / 2
        pen.text((middle, top - 6), _said(bar), fill=INK, font=font, anchor="mb")
        pen.text((middle, BASE + 10), f"{bar.day:%d}", fill=QUIET, font=font, anchor="mt")
    kept = BytesIO()
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(kept, "PNG")
    return kept.getvalue()


def chart_text(bars: Sequence[Bar]) -> str:
    """Return the numbers of the chart as text, for mail programs that show no picture."""
    return ", ".join(f"{bar.day:%-d %b}: {'–' if bar.breaks is None else f'{bar.breaks:,}'}" for bar in bars)


def _palette() -> Image.Image:
    """Known beforehand: to look for the best colours of a picture takes longer than all else that a mail needs."""
    from PIL import Image, ImageColor  # noqa: PLC0415 - as above

    paper = ImageColor.getrgb(PAPER)
    edges = [
        white + (dark - white) * shade // SHADES
        for ink in (INK, QUIET)
        for shade in range(1, SHADES + 1)
        for white, dark in zip(paper, ImageColor.getrgb(ink), strict=True)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([*paper, *(part for colour in (GREEN, RED, GREY) for part in ImageColor.getrgb(colour)), *edges])
    return palette


def _said(bar: Bar) -> str:
    if bar.breaks is None:
        return "-"
    return f"{bar.breaks / 1000:.0f}k" if bar.breaks >= 10_000 else str(bar.breaks)  # noqa: PLR2004 - five signs fit no bar
