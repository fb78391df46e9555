"""Draws a small picture of the first page; a program of its own, since the file comes from strangers.

Usage: python first_page.py pdf|png|jpg < file > picture.png
A crash, a loop or a hunger for memory stays in this process: it may use 20 s of processor and 1.5 GB.
"""

from __future__ import annotations

import resource
import sys
from io import BytesIO

import pypdfium2
from PIL import Image

WIDTH = 360
HEIGHT = 510
MOST_PIXELS = 150_000_000


def picture_of(content: bytes, kind: str) -> Image.Image:
    if kind == "pdf":
        with pypdfium2.PdfDocument(content) as document:
            page = document[0]
            across, down = page.get_size()
            scale = min(WIDTH / max(across, 1), HEIGHT / max(down, 1))
            return page.render(scale=scale).to_pil().convert("RGB")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    opened = Image.open(BytesIO(content), formats=("PNG", "JPEG"))
    opened.draft("RGB", (WIDTH, HEIGHT))
    picture: Image.Image = opened
    if picture.mode in ("RGBA", "LA", "P", "PA"):
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        picture = ground
    picture = picture.convert("RGB")
    picture.thumbnail((WIDTH, HEIGHT))
    return picture


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
    target = BytesIO()
    picture_of(sys.stdin.buffer.read(), sys.argv[1]).save(target, "PNG", optimize=True)
    sys.stdout.buffer.write(target.getvalue())


if __name__ == "__main__":
    main()
