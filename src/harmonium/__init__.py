"""harmonium: deep learning from the neuron to the Boltzmann machine, on one formalism.

An energy graph is named groups of *units* joined by *connections*; a *rule* turns fields into new
values, and a *sweep* updates each group once. Names are imported on first use, so that
``import harmonium`` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harmonium.bridge import unroll, unroll_autoencoder
    from harmonium.connections import (
        Chain,
        Connection,
        Convolution,
        Dense,
        Lateral,
        Masked,
        Replicated,
        SumPool,
    )
    from harmonium.errors import HarmoniumError
    from harmonium.estimators import (
        DBM,
        RBM,
        VAE,
        AssociativeMemory,
        Autoencoder,
        BoltzmannMachine,
        ClassificationRBM,
        ConvNetClassifier,
        ConvolutionalRBM,
        DBNClassifier,
        HopfieldMemory,
        MLPClassifier,
        MLPRegressor,
        ModernHopfieldMemory,
        NeighbourhoodComponents,
        Perceptron,
        SelfOrganisingMap,
        SemanticHash,
        SigmoidBeliefNet,
        SparseFeatures,
        TextGenerator,
        TreeClassifier,
    )
    from harmonium.export import export_onnx
    from harmonium.graph import EnergyGraph, View
    from harmonium.machines import (
        BeliefNet,
        belief_net,
        boltzmann,
        classification_rbm,
        convolutional_belief_net,
        convolutional_rbm,
        dbm,
        hopfield,
        modern_hopfield,
        rbm,
        replicated_softmax,
    )
    from harmonium.runs import Run
    from harmonium.sampling import ais, exact, reverse_ais, sweep
    from harmonium.storage import load, save
    from harmonium.training import train
    from harmonium.units import (
        Bernoulli,
        Binomial,
        Categorical,
        DReLU,
        Gaussian,
        MaxPooled,
        Multinomial,
        Poisson,
        Rectified,
        Spin,
        Units,
    )
    from harmonium.weights import load_weights

__version__ = "0.1.0"

_HOME = {
    "ais": "sampling",
    "AssociativeMemory": "estimators",
    "Autoencoder": "estimators",
    "belief_net": "machines",
    "BeliefNet": "machines",
    "Bernoulli": "units",
    "boltzmann": "machines",
    "BoltzmannMachine": "estimators",
    "Categorical": "units",
    "classification_rbm": "machines",
    "Connection": "connections",
    "dbm": "machines",
    "multimodal_dbm": "machines",
    "ClassificationRBM": "estimators",
    "ConvNetClassifier": "estimators",
    "ConvolutionalRBM": "estimators",
    "DBM": "estimators",
    "DBNClassifier": "estimators",
    "Dense": "connections",
    "EnergyGraph": "graph",
    "exact": "sampling.exact",
    "export_onnx": "export",
    "Gaussian": "units",
    "HarmoniumError": "errors",
    "hopfield": "machines",
    "HopfieldMemory": "estimators",
    "Lateral": "connections",
    "load": "storage",
    "load_weights": "weights",
    "MLPClassifier": "estimators",
    "MLPRegressor": "estimators",
    "modern_hopfield": "machines",
    "ModernHopfieldMemory": "estimators",
    "Multinomial": "units",
    "NeighbourhoodComponents": "estimators",
    "Perceptron": "estimators",
    "RBM": "estimators",
    "rbm": "machines",
    "Rectified": "units",
    "replicated_softmax": "machines",
    "Replicated": "connections",
    "reverse_ais": "sampling",
    "Run": "runs",
    "save": "storage",
    "SelfOrganisingMap": "estimators",
    "SemanticHash": "estimators",
    "SigmoidBeliefNet": "estimators",
    "SparseFeatures": "estimators",
    "TreeClassifier": "estimators",
    "TextGenerator": "estimators",
    "Spin": "units",
    "sweep": "sampling",
    "train": "training",
    "Units": "units",
    "unroll": "bridge",
    "unroll_autoencoder": "bridge",
    "Binomial": "units",
    "Chain": "connections",
    "Convolution": "connections",
    "DReLU": "units",
    "Masked": "connections",
    "MaxPooled": "units",
    "Poisson": "units",
    "SumPool": "connections",
    "convolutional_belief_net": "machines",
    "convolutional_rbm": "machines",
    "VAE": "estimators",
    "View": "graph",
}

__all__ = [  # noqa: PLE0604
    "ConvolutionalRBM",
    "ClassificationRBM",
    "ConvNetClassifier",
    "DBM",
    "RBM",
    "VAE",
    "Binomial",
    "Chain",
    "Convolution",
    "DReLU",
    "Masked",
    "MaxPooled",
    "Poisson",
    "SumPool",
    "convolutional_belief_net",
    "convolutional_rbm",
    "AssociativeMemory",
    "Autoencoder",
    "BeliefNet",
    "Bernoulli",
    "BoltzmannMachine",
    "Categorical",
    "Connection",
    "DBNClassifier",
    "Dense",
    "EnergyGraph",
    "Gaussian",
    "HarmoniumError",
    "HopfieldMemory",
    "Lateral",
    "MLPClassifier",
    "MLPRegressor",
    "ModernHopfieldMemory",
    "Multinomial",
    "NeighbourhoodComponents",
    "Perceptron",
    "Rectified",
    "Replicated",
    "Run",
    "SelfOrganisingMap",
    "SemanticHash",
    "SigmoidBeliefNet",
    "SparseFeatures",
    "TreeClassifier",
    "Spin",
    "TextGenerator",
    "Units",
    "View",
    "ais",
    "belief_net",
    "boltzmann",
    "classification_rbm",
    "dbm",
    "exact",
    "export_onnx",
    "hopfield",
    "load",
    "load_weights",
    "modern_hopfield",
    "multimodal_dbm",
    "rbm",
    "replicated_softmax",
    "reverse_ais",
    "save",
    "sweep",
    "train",
    "unroll",
    "unroll_autoencoder",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOME:
        raise AttributeError(f"module 'harmonium' has no attribute {name!r}")
    home = importlib.import_module(f"harmonium.{_HOME[name]}")
    return home if _HOME[name].endswith(f".{name}") else getattr(home, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
