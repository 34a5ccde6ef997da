#!/usr/bin/env python3
"""Our loader beside PyTorch's DataLoader with Pillow, in turn, on the same JPEG files.

    bench/loader.py BENCH_LOADER [FOLDER]

BENCH_LOADER is build/bench/bench_loader; FOLDER has train/CLASS/*.jpg, and without it two are made, of 256 JPEG files
that are 500 x 375 or 160 x 120. Run with a Python that has PyTorch, NumPy and Pillow. Rates are images a second of processor
time, so that the ratio is one per core: ours with one loader thread, the peer in its own process (num_workers=0), where
it is spared the way between processes. The peer does what torchvision's RandomResizedCrop, flip, ToTensor and Normalize
do, by the same calls of Pillow and PyTorch.
"""

import math
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

MEAN = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
SECONDS = 0.8
ROUNDS = 3


def make_folder(folder, size, n=256):
    """Smooth colour with texture and noise, which compress about as photographs do (70 kB at 500 x 375)."""
    rng = np.random.default_rng(0)
    (folder / "train" / "a").mkdir(parents=True)
    (folder / "train" / "b").mkdir()
    for i in range(n):
        small = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        smooth = np.asarray(Image.fromarray(small).resize(size, Image.BICUBIC), dtype=np.float32)
        texture = rng.normal(0, 30, (94, 125, 1)).repeat(4, 0).repeat(4, 1)[: size[1], : size[0]]
        image = np.clip(smooth + texture + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
        Image.fromarray(image).save(folder / "train" / "ab"[i % 2] / f"{i}.jpg", quality=88)


class Folder(torch.utils.data.Dataset):
    def __init__(self, folder, size, train):
        self.paths = sorted(folder.glob("train/*/*.jpg"))
        self.size, self.train = size, train

    def __len__(self):
        return len(self.paths)

    def crop_box(self, w, h):
        for _ in range(10):
            area = w * h * random.uniform(0.08, 1)
            aspect = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
            cw, ch = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < cw <= w and 0 < ch <= h:
                x, y = random.randint(0, w - cw), random.randint(0, h - ch)
                return x, y, x + cw, y + ch
        return 0, 0, w, h

    def __getitem__(self, i):
        with open(self.paths[i], "rb") as file:
            image = Image.open(file).convert("RGB")
        if self.train:
            image = image.crop(self.crop_box(*image.size)).resize((self.size, self.size), Image.BILINEAR)
            if random.random() < 0.5:
                image = image.transpose(Image.FLIP_LEFT_RIGHT)
        else:
            side, (w, h) = self.size * 8 // 7, image.size
            image = image.resize((side * w // min(w, h), side * h // min(w, h)), Image.BILINEAR)
            x, y = (image.width - self.size) // 2, (image.height - self.size) // 2
            image = image.crop((x, y, x + self.size, y + self.size))
        tensor = torch.from_numpy(np.array(image, copy=True)).permute(2, 0, 1).contiguous()
        return tensor.to(torch.float32).div(255).sub_(MEAN).div_(STD), i % 2


def peer_rate(folder, size, train):
    loader = torch.utils.data.DataLoader(Folder(folder, size, train), batch_size=64, shuffle=train)
    start, n = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        for images, _ in loader:
            n += len(images)
            if time.process_time() - start >= SECONDS:
                break
    return n / (time.process_time() - start)


def our_rate(program, folder, size, train):
    arguments = [program, folder, str(size), "1", str(SECONDS)] + ([] if train else ["test"])
    return float(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def measure(program, folder, name, sizes):
    for train in (True, False):
        for size in sizes:
            pairs = [(our_rate(program, folder, size, train), peer_rate(folder, size, train)) for _ in range(ROUNDS)]
            ours, peer = sorted(pairs, key=lambda p: p[0] / p[1])[ROUNDS // 2]
            kind = f"random crop to {size}" if train else f"middle {size}"
            print(f"| {name} | {kind} | {ours:.0f} | {peer:.0f} | {ours / peer:.2f} |", flush=True)


def main():
    torch.set_num_threads(1)
    print("| images | made | ours, images/s of a core | DataLoader and Pillow | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        if len(sys.argv) > 2:
            measure(sys.argv[1], Path(sys.argv[2]), "given", (224, 64))
        else:
            for size, made in (((500, 375), (224, 64)), ((160, 120), (96, 32))):
                folder = Path(temporary) / str(size[0])
                make_folder(folder, size)
                measure(sys.argv[1], folder, f"{size[0]} x {size[1]}", made)


main()
