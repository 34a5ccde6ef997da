"""ONNX Runtime and OpenVINO as contenders in inference: the network from PyTorch by ONNX."""

import tempfile
import warnings
from pathlib import Path

import onnxruntime
import openvino
import torch
from torch_modes import median_step
from torch_net import build


def export(network, batch, path):
    """PyTorch's network in evaluation mode; the runtimes fold the normalization themselves."""
    images = torch.rand(batch, 3, network.size, network.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # this exporter is the older of two, and says so
        torch.onnx.export(build(network).eval(), images, str(path), dynamo=False)
    return images.numpy()


class OnnxRuntime:
    mode = "ONNX Runtime"

    def __init__(self, path, images, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options)
        self.feed = {self.session.get_inputs()[0].name: images}
        self.seconds(0)

    def seconds(self, budget):
        return median_step(lambda: self.session.run(None, self.feed), budget)


class OpenVino:
    mode = "OpenVINO"

    def __init__(self, path, images, threads):
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(str(path)), "CPU", {
            "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32"})
        self.request = compiled.create_infer_request()
        self.images = images
        self.seconds(0)

    def seconds(self, budget):
        return median_step(lambda: self.request.infer([self.images]), budget)


def runtimes(network, batch, threads):
    """Both, each with the same network and images."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        images = export(network, batch, path)
        return [OnnxRuntime(path, images, threads), OpenVino(path, images, threads)]
