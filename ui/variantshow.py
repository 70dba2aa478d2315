"""Pictures and variants as the page shows them: small inline pictures, words below, every value one click away.

What is shown is made smaller and compressed for the way to the browser; the pixels are computed at full size.
"""

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PIL import Image

from core.augment.film import Frame
from core.augment.preview import Variant
from core.augment.words import short_number, steps_in_words

SHOWN_PX = 320  # long side of a picture on its way to the browser
QUALITY = 92  # of JPEG
STYLE = """
.variants { display: grid; gap: 0.75rem; overflow-x: auto; padding: 2px; align-items: start; }
.variants figure { margin: 0; min-width: 0; }
.variants .frame {
  display: grid; place-items: center; overflow: hidden; border-radius: 4px;
  background: rgba(128, 134, 134, 0.12);
  box-shadow: 0 0 0 1px rgba(128, 134, 134, 0.2);
}
.variants .original .frame { box-shadow: 0 0 0 2px rgba(30, 128, 121, 0.75); }
.variants img { display: block; width: 100%; height: 100%; min-height: 0; object-fit: contain; }
.variants .failed { padding: 0.5rem; font-size: 0.75rem; overflow-wrap: anywhere; align-content: center; }
.variants figcaption { font-size: 0.8125rem; line-height: 1.35; margin-top: 0.3rem; overflow-wrap: anywhere; }
.variants figcaption small { display: block; opacity: 0.75; font-size: 0.75rem; }
.variants summary { cursor: pointer; opacity: 0.75; font-size: 0.75rem; width: fit-content; }
.variants pre { font-size: 0.6875rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.25rem 0 0; }
.variants .step { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.variants details p { margin: 0.25rem 0 0; font-size: 0.75rem; }
.variants .value { font-weight: 600; }
"""


@dataclass(frozen=True)
class Shown:
    """One picture, ready for the page."""

    address: str  # data URI; empty where there is no picture
    width: int  # of the real one, pixels
    height: int
    words: tuple[str, ...] = ()  # what was done, a step each
    values: str = ""  # everything that was drawn, JSON
    failure: str = ""

    @property
    def smaller(self) -> bool:
        """Whether the page shows less of it than there is."""
        return max(self.width, self.height) > SHOWN_PX


def shown_image(image: Image.Image) -> Shown:
    """A picture as it is."""
    small = image.copy() if max(image.size) <= SHOWN_PX else _smaller(image)
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return Shown("data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode(), *image.size)


def shown_variant(variant: Variant) -> Shown:
    """A variant with its words and values, or why there is none."""
    if variant.image is None:
        return Shown("", 0, 0, failure=variant.failure)
    made = shown_image(variant.image)
    values = json.dumps(variant.drawn, indent=1, ensure_ascii=False)
    return Shown(made.address, made.width, made.height, steps_in_words(variant.drawn), values)


def shown_frame(frame: Frame) -> tuple[str, Shown]:
    """A frame of a filmstrip with its value."""
    return short_number(frame.value), shown_variant(frame.variant)


def row_html(name: str, original: Shown, made: Sequence[Shown], shape: float) -> str:
    """One row: the original, then its variants; `shape` is the width over height of every box."""
    first = _figure(original, f"Original {name}", f"<b>{escape(name)}</b>{_size(original)}", shape, "original")
    others = [
        _figure(item, f"Variant {place} of {name}: {', '.join(item.words)}", _told(item), shape)
        for place, item in enumerate(made, 1)
    ]
    return _grid([first, *others], f"{name} and its variants", "5.5rem")


def film_html(what: str, frames: Sequence[tuple[str, Shown]], shape: float) -> str:
    """A filmstrip: the pictures with the value below each."""
    figures = [
        _figure(item, f"{what} {value}", f'<span class="value">{escape(value)}</span>{_size(item)}', shape)
        for value, item in frames
    ]
    return _grid(figures, f"Pictures for {what}", "4rem")


def trio_html(pictures: Sequence[tuple[str, Shown]], shape: float) -> str:
    """A few pictures with words below, three to a row whatever their number."""
    figures = [_figure(item, words, escape(words) + _told_steps(item), shape) for words, item in pictures]
    return _grid([*figures, *["<span></span>"] * (3 - len(figures))], pictures[0][0], "4.5rem")


def style_html() -> str:
    """What the page needs once."""
    return f"<style>{STYLE}</style>"


def _grid(figures: Sequence[str], label: str, least: str) -> str:
    columns = f"grid-template-columns:repeat({len(figures)},minmax({least},1fr))"
    # With a place in the order of the keyboard a row that is wider than a phone can be scrolled with it.
    return (
        f'<div class="variants" role="group" tabindex="0" aria-label="{escape(label)}" style="{columns}">'
        f"{''.join(figures)}</div>"
    )


def _figure(item: Shown, alt: str, caption: str, shape: float, kind: str = "") -> str:
    frame = f'style="aspect-ratio:{shape:.4f}"'
    if item.failure:
        return f'<figure class="{kind}"><div class="frame failed" {frame}>{escape(item.failure)}</div></figure>'
    picture = f'<img src="{escape(item.address)}" alt="{escape(alt)}" title="{escape(alt)}">'
    return (
        f'<figure class="{kind}"><div class="frame" {frame}>{picture}</div><figcaption>{caption}</figcaption></figure>'
    )


def _told_steps(item: Shown) -> str:
    return "".join(f"<small>{escape(words)}</small>" for words in item.words)


def _told(item: Shown) -> str:
    lines = "".join(f'<span class="step" title="{escape(words)}">{escape(words)}</span>' for words in item.words)
    whole = "".join(f"<p>{escape(words)}</p>" for words in item.words)
    values = f"<details><summary>All values</summary>{whole}<pre>{escape(item.values)}</pre></details>"
    return f"{lines}{_size(item)}{values if item.values else ''}"


def _size(item: Shown) -> str:
    return "" if item.failure else f"<small>{item.width:,} × {item.height:,}</small>"


def _smaller(image: Image.Image) -> Image.Image:
    scale = SHOWN_PX / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
