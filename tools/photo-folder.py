#!/usr/bin/env python3
"""photo-folder.py DIR N: N image files as DIR/{train,val}/CLASS/000000.jpg, from real photographs: pieces
of those in Debian's package palapeli-data, a class for each, cut by jpegtran (libjpeg-turbo-progs)
without being coded anew. The same N gives the same files.

One file in ten is damaged; DIR/damaged.txt has their paths, in bytewise order. The damage is in turn: cut,
bytes flipped, empty, text, an image of another kind, a link to nothing, to itself, to an endless device, a
pipe, an image larger than memory as JPEG and as PNG, a cut PNG, a PNG with a wrong checksum. Flipped bytes
may leave a file that decodes: it counts as damaged if djpeg complains. Another one in ten is odd but
whole: CMYK, grey, 16 bits, alpha, a palette, two colors, a PNG called .jpg, a name in capitals."""

import os
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

PHOTOS = sorted(Path("/usr/share/palapeli/collection").glob("*.jpg"))
GOLDEN = Path(__file__).resolve().parent.parent / "tests/golden/images"
ODD = [GOLDEN / n for n in ("cmyk.jpg", "grey.jpg", "wide.png", "grey-alpha.png", "rgba.png", "palette.png",
                            "bits.png", "progressive.jpg")]
COMPLAINTS = ("Corrupt", "Premature", "Inconsistent", "Invalid", "Unsupported", "Bogus")
W, H = 320, 240
SIDE = 65500  # of an image that nobody has memory for


def size_of(path):
    text = path.read_bytes()
    at = sof(text)
    return struct.unpack(">HH", text[at + 5:at + 9])[::-1]


def sof(text):
    """Where a JPEG's frame header begins; its height and width follow after 5 bytes."""
    at = 2
    while text[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack(">H", text[at + 2:at + 4])[0]
    return at


def piece(photo, size, rng):
    x, y = rng.randrange(size[0] - W), rng.randrange(size[1] - H)
    kind = rng.choice([["-progressive"], ["-optimize"], ["-restart", "4"]])
    return subprocess.run(["jpegtran", "-crop", f"{W}x{H}+{x}+{y}", *kind, photo], check=True,
                          stdout=subprocess.PIPE).stdout


def flipped(text, rng):
    text = bytearray(text)
    for _ in range(4):  # behind the headers
        text[rng.randrange(text.find(b"\xff\xda") + 16, len(text) - 2)] ^= 1 << rng.randrange(8)
    return bytes(text)


def huge_jpeg(text):
    at = sof(text) + 5
    return text[:at] + struct.pack(">HH", SIDE, SIDE) + text[at + 4:]


def huge_png():
    head = b"IHDR" + struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(1 << 20))
    return b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
                                           for c in (head, data, b"IEND"))


def damage(kind, path, text, rng):
    """Writes what is wrong with it; whether it is."""
    png = (GOLDEN / "rgb.png").read_bytes()
    wrong = bytearray(png)
    wrong[-20] ^= 1
    links = {5: "nothing.jpg", 6: path.name, 7: "/dev/zero"}
    files = {0: text[:rng.randrange(1, len(text) - 2)], 1: flipped(text, rng), 2: b"", 3: b"a text, no image\n",
             4: b"GIF89a" + text, 9: huge_jpeg(text), 10: huge_png(), 11: png[:rng.randrange(9, len(png) - 12)],
             12: bytes(wrong)}
    if kind in links:
        path.symlink_to(links[kind])
    elif kind == 8:
        os.mkfifo(path)
    else:
        path.write_bytes(files[kind])
    return kind != 1 or djpeg_complains(path)


def djpeg_complains(path):
    """Not about bytes that belong to nothing, which cameras leave and everybody passes over."""
    told = subprocess.run(["djpeg", "-memsrc", *3 * ["-verbose"], "-outfile", os.devnull, path], stderr=subprocess.PIPE,
                          text=True).stderr.splitlines()
    return any(line.startswith(COMPLAINTS) and "extraneous bytes" not in line for line in told)


def write(i, to, sizes, rng):
    """One file; its path if it is damaged."""
    k = rng.randrange(len(PHOTOS))
    part = "val" if i // 10 % 5 == 4 else "train"
    path = to / part / PHOTOS[k].stem / f"{i:06}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    if i % 10 == 6:
        path = path.with_suffix(".JPEG" if i // 10 % 2 else ".jpg")
        path.write_bytes(ODD[i // 10 % len(ODD)].read_bytes())
        return None
    text = piece(PHOTOS[k], sizes[k], rng)
    if i % 10 == 3:
        return path if damage(i // 10 % 13, path, text, rng) else None
    path.write_bytes(text)
    return None


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if not PHOTOS:
        sys.exit("photo-folder.py: no photographs; apt-get install palapeli-data")
    to, rng = Path(sys.argv[1]), random.Random(1)
    sizes = [size_of(photo) for photo in PHOTOS]
    bad = [path for path in (write(i, to, sizes, rng) for i in range(int(sys.argv[2]))) if path]
    (to / "damaged.txt").write_text("".join(f"{path}\n" for path in sorted(bad)))


if __name__ == "__main__":
    main()
