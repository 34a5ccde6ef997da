#!/usr/bin/env python3
"""Makes tests/golden/augment: an image and what Pillow makes of it, for tests/unit/test_augment.c.

Run with a Python that has Pillow: tools/golden-augment.py [DIR]. The operations are those of
pycls' AutoAugment and RandAugment, as their authors define them by Pillow's functions; Pillow 9.4 made
the files that are kept.
"""

import random
import sys
from pathlib import Path

from PIL import Image, ImageEnhance, ImageOps

WARP = {"resample": Image.BILINEAR, "fillcolor": (128, 128, 128)}


def picture():
    """Slopes, edges and noise; no colour reaches 0 or 255, so that contrast can be stretched."""
    rng = random.Random(1)
    image = Image.new("RGB", (38, 27))
    for x in range(38):
        for y in range(27):
            disc = 60 * ((x - 15) ** 2 + (y - 12) ** 2 < 60)
            planes = (20 + 5 * x + y, 200 - 3 * x - 2 * y, 90 + disc)
            image.putpixel((x, y), tuple(int(min(243, max(7, p + rng.gauss(0, 12)))) for p in planes))
    return image


def affine(image, *matrix):
    return image.transform(image.size, Image.AFFINE, matrix, **WARP)


def outputs(im):
    w, h = im.size
    yield "auto_contrast", ImageOps.autocontrast(im)
    yield "equalize", ImageOps.equalize(im)
    yield "invert", ImageOps.invert(im)
    yield "rotate_13", im.rotate(13, **WARP)
    yield "rotate_-29.5", im.rotate(-29.5, **WARP)
    yield "posterize_3", ImageOps.posterize(im, 3)
    yield "posterize_1", ImageOps.posterize(im, 1)
    yield "solarize_102.4", im.point(lambda i: i if i < 102.4 else 255 - i)
    yield "solarize_add_71.5", im.point(lambda i: min(255, 71.5 + i) if i < 128 else i)
    for v in (0.1, 0.55, 1.81):
        yield f"color_{v}", ImageEnhance.Color(im).enhance(v)
        yield f"contrast_{v}", ImageEnhance.Contrast(im).enhance(v)
        yield f"brightness_{v}", ImageEnhance.Brightness(im).enhance(v)
        yield f"sharpness_{v}", ImageEnhance.Sharpness(im).enhance(v)
    yield "shear_x_0.27", affine(im, 1, 0.27, 0, 0, 1, 0)
    yield "shear_y_-0.3", affine(im, 1, 0, 0, -0.3, 1, 0)
    yield "trans_x_0.225", affine(im, 1, 0, 0.225 * w, 0, 1, 0)
    yield "trans_y_-0.45", affine(im, 1, 0, 0, 0, 1, -0.45 * h)
    yield "crop", im.crop((5, 3, 5 + 31, 3 + 17)).resize((14, 14), Image.BILINEAR)
    yield "crop_larger", im.crop((30, 20, 38, 27)).resize((14, 14), Image.BILINEAR)


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/augment")
    folder.mkdir(parents=True, exist_ok=True)
    image = picture()
    image.save(folder / "input.png", optimize=True)
    for name, out in outputs(image):
        out.save(folder / f"{name}.png", optimize=True)


main()
