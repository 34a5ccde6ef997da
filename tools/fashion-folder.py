#!/usr/bin/env python3
"""fashion-folder.py DIR [N [M]]: Fashion-MNIST as a folder of images, DIR/train/CLASS/000000.png and
DIR/test/..., the first N of 60,000 and M of 10,000: what `regnet search` is tried on. From Debian's
package dataset-fashion-mnist; no library."""

import gzip
import os
import struct
import sys
import zlib

HERE = "/usr/share/datasets/fashion-mnist/"
CLASSES = "t-shirt trouser pullover dress coat sandal shirt sneaker bag ankle-boot".split()
SIDE = 28


def idx(name, head):
    with gzip.open(HERE + name) as f:
        return f.read()[head:]


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(pixels):
    rows = b"".join(b"\0" + pixels[y * SIDE:(y + 1) * SIDE] for y in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


def write(part, stem, n, to):
    images = idx(stem + "-images-idx3-ubyte.gz", 16)
    labels = idx(stem + "-labels-idx1-ubyte.gz", 8)
    for name in CLASSES:
        os.makedirs(os.path.join(to, part, name), exist_ok=True)
    for i in range(min(n, len(labels))):
        path = os.path.join(to, part, CLASSES[labels[i]], "%06d.png" % i)
        with open(path, "wb") as f:
            f.write(png(images[i * SIDE * SIDE:(i + 1) * SIDE * SIDE]))


def main():
    numbers = [int(a) for a in sys.argv[2:]]
    if len(sys.argv) < 2 or len(numbers) > 2:
        sys.exit(__doc__)
    write("train", "train", (numbers + [60000])[0], sys.argv[1])
    write("test", "t10k", (numbers[1:] + [10000])[0], sys.argv[1])


if __name__ == "__main__":
    main()
