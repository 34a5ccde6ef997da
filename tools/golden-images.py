#!/usr/bin/env python3
"""Makes tests/golden/images: small image files of every kind and, in one .npy, what Pillow makes of
each: turned by EXIF, RGB, the shorter side 20 by BILINEAR, the centre 16. Needs Pillow and NumPy.

Usage: golden-images.py OUT
"""

import sys
from pathlib import Path

import numpy
from PIL import Image, ImageOps

RESIZE, SIZE = 20, 16
out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(1)
y, x = numpy.mgrid[0:31, 0:47]
smooth = numpy.stack([x * 5, y * 8, (x * 7 + y * 3) % 256], -1)
rgb = Image.fromarray(((smooth + random.integers(0, 256, smooth.shape)) // 2).astype("uint8"))
alpha = Image.fromarray(random.integers(0, 256, (31, 47), dtype="uint8"))
rgba = rgb.copy()
rgba.putalpha(alpha)
wide = Image.fromarray(random.integers(0, 600, (31, 47), dtype="uint16"))
files = {
    "rgb.png": (rgb, {}), "grey.png": (rgb.convert("L"), {}), "bits.png": (rgb.convert("1"), {}),
    "palette.png": (rgb.convert("P"), {"transparency": 3}), "rgba.png": (rgba, {}),
    "grey-alpha.png": (rgba.convert("LA"), {}), "wide.png": (wide, {}),
    "small.png": (rgb.resize((9, 7)), {}), "tall.png": (rgb.resize((3, 60)), {}),
    "rgb.jpg": (rgb, {}), "grey.jpg": (rgb.convert("L"), {}), "cmyk.jpg": (rgb.convert("CMYK"), {}),
    "progressive.jpg": (rgb, {"progressive": True}),
}
for turn in range(2, 9):
    exif = Image.Exif()
    exif[0x112] = turn
    files[f"turned-{turn}.{'jpg' if turn % 2 else 'png'}"] = (rgb, {"exif": exif})
expected = []
for name, (image, options) in sorted(files.items()):
    image.save(out / name, **options)
    image = ImageOps.exif_transpose(Image.open(out / name)).convert("RGB")
    w, h = image.size
    side = min(w, h)
    image = image.resize((RESIZE * w // side, RESIZE * h // side), Image.BILINEAR)
    left, top = (round((n - SIZE) / 2) for n in image.size)
    expected.append(numpy.asarray(image.crop((left, top, left + SIZE, top + SIZE))))
numpy.save(out / "expected.npy", numpy.stack(expected))
