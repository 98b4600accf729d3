"""Pictures of the page on what a net sees: maps, a moving letter, occlusion, excited units."""

import tempfile
from pathlib import Path

import harmonium as hm
from harmonium.apply import visualize

HERE = Path(__file__).parent

RECIPE = {
    "version": 1,
    "name": "letters",
    "threads": 1,
    "data": {"source": "letters"},
    "model": {
        "type": "net",
        "shape": [1, 29, 29],
        "layers": [
            {"type": "conv2d", "name": "conv1", "out_channels": 12, "kernel_size": 5},
            {"type": "relu", "name": "relu1"},
            {"type": "max_pool2d", "name": "pool1", "kernel_size": 2},
            {"type": "conv2d", "name": "conv2", "out_channels": 24, "kernel_size": 5},
            {"type": "relu", "name": "relu2"},
            {"type": "max_pool2d", "name": "pool2", "kernel_size": 2},
            "flatten",
            {"type": "linear", "name": "fc", "out_features": 26},
        ],
    },
    "train": {
        "type": "supervised",
        "objective": "cross_entropy",
        "epochs": 12,
        "batch_size": 25,
        "optimiser": {"type": "adamw", "lr": 2e-3},
        "schedules": ["linear_decay"],
    },
    "judge": ["accuracy"],
}

with tempfile.TemporaryDirectory() as folder:
    run = hm.train(RECIPE, output=folder)
    print(run.results["summary"])
    made = {section.title: section.parts for section in visualize(run).page.sections}
    made["A moving picture"][0].figure.savefig(HERE / "seeing-moving.png", dpi=90)
    made["Maps"][1].figure.savefig(HERE / "seeing-maps.png", dpi=110)
    made["Occlusion"][0].figure.savefig(HERE / "seeing-occlusion.png", dpi=110)
    made["Saliency"][0].figure.savefig(HERE / "seeing-saliency.png", dpi=110)
    made["What excites units"][1].figure.savefig(HERE / "seeing-excited.png", dpi=110)
    made["Deconvolution view"][0].figure.savefig(HERE / "seeing.png", dpi=110)
