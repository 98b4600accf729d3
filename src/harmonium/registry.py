"""The closed list of the library's parts: everything that a recipe can name or a file can hold.

A new part takes one file, and one line here. The name of a kind is also the name in annotations: a
constructor with the argument ``units: Units`` takes any component of kind Units. Values are
"module:name"; a module is imported only when its part is built.
"""

import importlib
from typing import Any

from harmonium.judge_types import BASELINES, JUDGES
from harmonium.layer_types import INITIALISERS, LAYERS

__all__ = [
    "CONNECTIONS",
    "GIVEN",
    "INFERRED",
    "KINDS",
    "ROOT",
    "SECTIONS",
    "SHARED",
    "STAGES",
    "class_of",
    "classes",
    "target",
]

ROOT = "harmonium.describe.recipe:Recipe"

SECTIONS: dict[str, str] = {
    "Checkpoint": "harmonium.describe.recipe:Checkpoint",
    "Data": "harmonium.describe.recipe:Data",
    "EarlyStopping": "harmonium.describe.settings:EarlyStopping",
    "Labels": "harmonium.describe.recipe:Labels",
    "Report": "harmonium.describe.recipe:Report",
}
"""Mappings of a recipe without the key "type": annotation -> dataclass."""

KINDS: dict[str, dict[str, str]] = {
    "Reader": {
        "arrays": "harmonium.data.arrays:arrays",
        "characters": "harmonium.data.characters:characters",
        "chorale_notes": "harmonium.data.chorales:chorale_notes",
        "chorales": "harmonium.data.chorales:chorales",
        "copies": "harmonium.data.copies:copies",
        "cifar10": "harmonium.data.cifar:cifar10",
        "cluttered_scenes": "harmonium.data.cluttered_scenes:cluttered_scenes",
        "co2": "harmonium.data.windows:co2",
        "corel5k": "harmonium.data.corel5k:corel5k",
        "curve": "harmonium.data.curves:curve",
        "dates": "harmonium.data.dates:dates",
        "diabetes": "harmonium.data.known:diabetes_set",
        "digits": "harmonium.data.known:digits_set",
        "emoji": "harmonium.data.emoji:emoji",
        "fashion_mnist": "harmonium.data.known:fashion_mnist_set",
        "environment": "harmonium.data.environment:environment",
        "fasta": "harmonium.data.fasta:fasta",
        "frey_faces": "harmonium.data.known:frey_faces_set",
        "gate": "harmonium.data.gates:gate",
        "go_games": "harmonium.data.go.games:go_games",
        "image_folder": "harmonium.data.image_folder:image_folder",
        "letters": "harmonium.data.known:letters_set",
        "mnist": "harmonium.data.known:mnist_set",
        "motions": "harmonium.data.series:motions",
        "moved_digits": "harmonium.data.moved_digits:moved_digits",
        "olivetti": "harmonium.data.olivetti:olivetti",
        "newsgroups": "harmonium.data.newsgroups:newsgroups",
        "number_words": "harmonium.data.number_words:number_words",
        "pairs": "harmonium.data.pairs:pairs",
        "patches": "harmonium.data.patches:patches",
        "play_names": "harmonium.data.play_names:play_names",
        "potts_alignment": "harmonium.data.potts_alignment:potts_alignment",
        "reuters": "harmonium.data.reuters:reuters",
        "ring": "harmonium.data.curves:ring",
        "scenes": "harmonium.data.scenes:scenes",
        "series": "harmonium.data.series:series",
        "shapes": "harmonium.data.shapes:shapes",
        "sst": "harmonium.data.sst:sst",
        "sunspots": "harmonium.data.windows:sunspots",
        "tagged": "harmonium.data.tagged:tagged",
        "table": "harmonium.data.table:table",
        "text": "harmonium.data.text:text",
        "tiny_shakespeare": "harmonium.data.shakespeare:tiny_shakespeare",
        "trees": "harmonium.data.trees:trees",
        "vowels": "harmonium.data.series:vowels",
        "windows": "harmonium.data.windows:windows",
        "words": "harmonium.data.characters:words",
    },
    "Transform": {
        "binarise": "harmonium.data.transforms:Binarise",
        "crop": "harmonium.data.transforms:Crop",
        "drop_constant": "harmonium.data.constant:DropConstant",
        "reshape": "harmonium.data.transforms:Reshape",
        "scale": "harmonium.data.transforms:Scale",
        "squash": "harmonium.data.squash:Squash",
        "standardise": "harmonium.data.transforms:Standardise",
        "tf_idf": "harmonium.data.tf_idf:TfIdf",
        "whiten": "harmonium.data.whiten:Whiten",
    },
    "BatchTransform": {
        "corrupt": "harmonium.data.noise:Corrupt",
        "sampled": "harmonium.data.noise:Sampled",
    },
    "Noise": {
        "affine": "harmonium.data.affine:Affine",
        "corrupt": "harmonium.data.noise:Corrupt",
        "crop": "harmonium.data.crops:PaddedCrop",
        "cutout": "harmonium.data.crops:Cutout",
        "elastic": "harmonium.data.elastic:Elastic",
        "flip": "harmonium.data.crops:Flip",
        "thin": "harmonium.data.thin:Thin",
    },
    "Model": {
        "adversaries": "harmonium.nets.adversaries:Adversaries",
        "action_values": "harmonium.nets.action_values:ActionValues",
        "alexnet": "harmonium.nets.architectures.alexnet:alexnet",
        "alexnet2012": "harmonium.nets.architectures.alexnet:alexnet2012",
        "alphago_policy": "harmonium.nets.architectures.alphago:alphago_policy",
        "alphago_value": "harmonium.nets.architectures.alphago:alphago_value",
        "autoencoder": "harmonium.nets.autoencoder:Autoencoder",
        "belief_net": "harmonium.machines.belief_net:belief_net",
        "cifar_densenet": "harmonium.nets.architectures.densenet:cifar_densenet",
        "cifar_resnet": "harmonium.nets.architectures.resnet:cifar_resnet",
        "conditional_rbm": "harmonium.machines.conditional_rbm:ConditionalRBM",
        "classification_rbm": "harmonium.machines.classification_rbm:classification_rbm",
        "codec": "harmonium.nets.codec:Codec",
        "convolutional_belief_net": "harmonium.machines.convolutional:convolutional_belief_net",
        "convolutional_rbm": "harmonium.machines.convolutional:convolutional_rbm",
        "dbm": "harmonium.machines.dbm:dbm",
        "deconvolutional": "harmonium.nets.deconvolutional:DeconvolutionalNet",
        "deep": "harmonium.nets.deep:Deep",
        "densenet121": "harmonium.nets.architectures.densenet:densenet121",
        "densenet161": "harmonium.nets.architectures.densenet:densenet161",
        "densenet169": "harmonium.nets.architectures.densenet:densenet169",
        "densenet201": "harmonium.nets.architectures.densenet:densenet201",
        "dilated_net": "harmonium.nets.architectures.dilated:dilated_net",
        "dqn2013": "harmonium.nets.architectures.dqn:dqn2013",
        "dqn2015": "harmonium.nets.architectures.dqn:dqn2015",
        "efficientnet_lite0": "harmonium.nets.architectures.efficientnet:efficientnet_lite0",
        "elementary_perceptron": "harmonium.nets.elementary:ElementaryPerceptron",
        "embedding": "harmonium.nets.embedding:Embedding",
        "extreme_learning": "harmonium.nets.extreme_learning:ExtremeLearningMachine",
        "forecast": "harmonium.nets.forecast:ForecastNet",
        "go_policy": "harmonium.nets.go_policy:GoPolicy",
        "go_value": "harmonium.nets.go_value:GoValue",
        "googlenet": "harmonium.nets.architectures.googlenet:googlenet",
        "googlenet2014": "harmonium.nets.architectures.googlenet:googlenet2014",
        "joint_embedding": "harmonium.nets.joint_embedding:JointEmbedding",
        "kohonen": "harmonium.nets.kohonen:KohonenMap",
        "lenet1": "harmonium.nets.architectures.lenet1:lenet1",
        "lenet5": "harmonium.nets.architectures.lenet5:lenet5",
        "language": "harmonium.nets.language:LanguageNet",
        "linear_memory": "harmonium.nets.linear_memory:LinearMemory",
        "log_bilinear": "harmonium.nets.log_bilinear:LogBilinear",
        "markov_chain": "harmonium.nets.markov:MarkovChain",
        "maxout": "harmonium.nets.maxout:Maxout",
        "mlp": "harmonium.nets.mlp:MLP",
        "multimodal_dbm": "harmonium.machines.multimodal_dbm:multimodal_dbm",
        "net": "harmonium.nets.net:Net",
        "neocognitron": "harmonium.nets.neocognitron:Neocognitron",
        "neural_turing_machine": "harmonium.nets.ntm:NeuralTuringMachine",
        "over_replicated_softmax": "harmonium.machines.over_replicated_softmax:"
        "over_replicated_softmax",
        "perceptron": "harmonium.nets.perceptron:Perceptron",
        "radial_basis": "harmonium.nets.radial:RadialBasisNet",
        "rbm": "harmonium.machines.rbm:rbm",
        "recurrent_temporal_rbm": (
            "harmonium.machines.recurrent_temporal_rbm:RecurrentTemporalRBM"
        ),
        "recursive_net": "harmonium.nets.trees.recursive:RecursiveNet",
        "reservoir": "harmonium.nets.reservoir:ReservoirNet",
        "replicated_softmax": "harmonium.machines.replicated_softmax:replicated_softmax",
        "resnet101": "harmonium.nets.architectures.resnet:resnet101",
        "resnet152": "harmonium.nets.architectures.resnet:resnet152",
        "resnet18": "harmonium.nets.architectures.resnet:resnet18",
        "resnet34": "harmonium.nets.architectures.resnet:resnet34",
        "resnet50": "harmonium.nets.architectures.resnet:resnet50",
        "rntn": "harmonium.nets.trees.rntn:RNTN",
        "sigmoid_belief_net": "harmonium.nets.sigmoid_belief:SigmoidBeliefNet",
        "series": "harmonium.nets.series:SeriesNet",
        "seven_layer_net": "harmonium.nets.architectures.seven_layers:seven_layer_net",
        "sliding_window": "harmonium.nets.sliding_window:SlidingWindow",
        "tagger": "harmonium.nets.tagger:Tagger",
        "transducer": "harmonium.nets.transducer:Transducer",
        "tree_lstm": "harmonium.nets.trees.lstm:TreeLSTM",
        "two_stage_net": "harmonium.nets.architectures.two_stages:two_stage_net",
    },
    "Net": {
        "deep": "harmonium.nets.deep:Deep",
        "dqn2013": "harmonium.nets.architectures.dqn:dqn2013",
        "dqn2015": "harmonium.nets.architectures.dqn:dqn2015",
        "maxout": "harmonium.nets.maxout:Maxout",
        "mlp": "harmonium.nets.mlp:MLP",
        "net": "harmonium.nets.net:Net",
    },
    "Layer": LAYERS,
    "Initialiser": INITIALISERS,
    "Recurrent": {
        "gru": "harmonium.nets.recurrent.gru:GRU",
        "lstm": "harmonium.nets.recurrent.lstm:LSTM",
        "multiplicative": "harmonium.nets.recurrent.multiplicative:MultiplicativeRNN",
        "rnn": "harmonium.nets.recurrent.rnn:RNN",
    },
    "Reservoir": {
        "echo_state": "harmonium.nets.reservoirs.echo_state:EchoState",
        "liquid": "harmonium.nets.reservoirs.liquid:Liquid",
    },
    "Code": {
        "gaussian": "harmonium.nets.codes.gaussian:Gaussian",
        "k_sparse": "harmonium.nets.codes.k_sparse:KSparse",
        "noisy": "harmonium.nets.codes.noisy:Noisy",
        "point": "harmonium.nets.codes.code:Point",
    },
    "Units": {
        "bernoulli": "harmonium.units.bernoulli:Bernoulli",
        "binomial": "harmonium.units.binomial:Binomial",
        "categorical": "harmonium.units.categorical:Categorical",
        "drelu": "harmonium.units.drelu:DReLU",
        "gaussian": "harmonium.units.gaussian:Gaussian",
        "max_pooled": "harmonium.units.max_pooled:MaxPooled",
        "multinomial": "harmonium.units.multinomial:Multinomial",
        "poisson": "harmonium.units.poisson:Poisson",
        "rectified": "harmonium.units.rectified:Rectified",
        "spin": "harmonium.units.spin:Spin",
    },
    "Contrast": {
        "cd": "harmonium.learning.contrast:CD",
        "exact": "harmonium.learning.contrast:Exact",
        "fpcd": "harmonium.learning.fast:FPCD",
        "pcd": "harmonium.learning.contrast:PCD",
    },
    "Correction": {
        "each": "harmonium.learning.corrections:each",
        "winner": "harmonium.learning.corrections:winner",
    },
    "Inference": {
        "clamped": "harmonium.learning.inference:Clamped",
        "copied": "harmonium.learning.inference:Copied",
        "mean_field": "harmonium.learning.inference:MeanField",
    },
    "Rule": {
        "mean": "harmonium.sampling.rules:mean",
        "mode": "harmonium.sampling.rules:mode",
        "noisy_rectified": "harmonium.sampling.rules:noisy_rectified",
        "sample": "harmonium.sampling.rules:sample",
    },
    "Penalty": {
        "l1": "harmonium.learning.penalties:L1",
        "l2": "harmonium.learning.penalties:L2",
        "max_norm": "harmonium.learning.penalties:MaxNorm",
        "sparsity": "harmonium.learning.penalties:Sparsity",
    },
    "CodePenalty": {
        "absolute": "harmonium.learning.code_penalties.absolute:Absolute",
        "contractive": "harmonium.learning.code_penalties.contractive:Contractive",
        "rate": "harmonium.learning.code_penalties.rate:Rate",
        "weights": "harmonium.learning.code_penalties.weights:Weights",
    },
    "AdversarialLoss": {
        "hinge": "harmonium.learning.adversarial_losses.hinge:Hinge",
        "non_saturating": "harmonium.learning.adversarial_losses.non_saturating:NonSaturating",
        "wasserstein": "harmonium.learning.adversarial_losses.wasserstein:Wasserstein",
    },
    "Objective": {
        "bernoulli": "harmonium.learning.objectives.bernoulli:Bernoulli",
        "brier": "harmonium.learning.objectives.brier:Brier",
        "cross_entropy": "harmonium.learning.objectives.cross_entropy:CrossEntropy",
        "gaussian": "harmonium.learning.objectives.gaussian:Gaussian",
        "mixed": "harmonium.learning.objectives.mixed:Mixed",
        "multinomial": "harmonium.learning.objectives.multinomial:Multinomial",
        "nca": "harmonium.learning.objectives.nca:NCA",
        "next_token": "harmonium.learning.objectives.next_token:NextToken",
        "node_cross_entropy": "harmonium.learning.objectives.node_cross_entropy:NodeCrossEntropy",
        "pinball": "harmonium.learning.objectives.pinball:Pinball",
        "ranking": "harmonium.learning.objectives.ranking:Ranking",
        "squared_error": "harmonium.learning.objectives.squared_error:SquaredError",
        "symbols": "harmonium.learning.objectives.symbols:Symbols",
        "tags": "harmonium.learning.objectives.tags:Tags",
        "triplet": "harmonium.learning.objectives.triplet:Triplet",
    },
    "Optimiser": {
        "adam": "torch.optim.adam:Adam",
        "adamw": "torch.optim.adamw:AdamW",
        "sgd": "torch.optim.sgd:SGD",
    },
    "Schedule": {
        "cosine": "harmonium.learning.schedules:cosine",
        "linear_decay": "harmonium.learning.loop:linear_decay",
        "momentum": "harmonium.learning.loop:momentum",
        "one_cycle": "harmonium.learning.schedules:one_cycle",
        "step": "harmonium.learning.schedules:step_decay",
        "warm_up": "harmonium.learning.schedules:warm_up",
    },
    "Judge": JUDGES,
    "Baseline": BASELINES,
    "Tracker": {
        "csv": "harmonium.runs.trackers:CSV",
        "tensorboard": "harmonium.runs.trackers:TensorBoard",
    },
    "Stage": {
        "adversarial": "harmonium.stages.adversarial:Adversarial",
        "associate": "harmonium.stages.associate:Associate",
        "conformal": "harmonium.stages.conformal:ConformalStage",
        "count": "harmonium.stages.count:CountStage",
        "cross_modal": "harmonium.stages.cross_modal:CrossModal",
        "detection": "harmonium.stages.detection:Detection",
        "discriminative": "harmonium.stages.discriminative:Discriminative",
        "energy": "harmonium.stages.energy:Energy",
        "error_correction": "harmonium.stages.error_correction:ErrorCorrection",
        "greedy": "harmonium.stages.greedy:Greedy",
        "hebbian": "harmonium.stages.hebbian:Hebbian",
        "inverse_graphics": "harmonium.stages.inverse_graphics:InverseGraphicsStage",
        "kohonen": "harmonium.stages.kohonen:Kohonen",
        "language": "harmonium.stages.language:Language",
        "layerwise": "harmonium.stages.layerwise:Layerwise",
        "load": "harmonium.stages.load:Load",
        "q_learning": "harmonium.stages.q_learning:QLearning",
        "reconstruction": "harmonium.stages.reconstruction:Reconstruction",
        "ridge": "harmonium.stages.ridge:Ridge",
        "series": "harmonium.stages.series:SeriesStage",
        "similarity": "harmonium.stages.similarity:Similarity",
        "supervised": "harmonium.stages.supervised:Supervised",
        "unroll": "harmonium.stages.unroll:Unroll",
        "up_down": "harmonium.stages.up_down:UpDown",
        "wake_sleep": "harmonium.stages.wake_sleep:WakeSleep",
    },
    "Pretraining": {
        "greedy": "harmonium.stages.greedy:Greedy",
        "layerwise": "harmonium.stages.layerwise:Layerwise",
    },
    "FineTuning": {"classify": "harmonium.stages.supervised:Classify"},
}
"""Kind -> type in a recipe -> constructor."""

_NOT_ALONE = ("greedy", "layerwise", "load", "unroll")
"""Stages that prepare a model for another stage: all others may be the section ``train``."""

KINDS["Training"] = {n: place for n, place in KINDS["Stage"].items() if n not in _NOT_ALONE}

STAGES = ("FineTuning", "Pretraining", "Stage", "Training")
"""Kinds whose components are objects with their settings (``harmonium.stages``) from the start."""

GIVEN: dict[str, tuple[str, ...]] = {
    "Correction": ("scores", "y"),
    "Initialiser": ("tensor",),
    "Optimiser": ("params",),
    "Rule": ("units", "field"),
    "Schedule": ("optimiser", "updates", "per_epoch"),
}
"""Kind -> first arguments of its constructors, given by the program, not by the recipe."""

INFERRED: dict[str, tuple[str, ...]] = {
    "Layer": ("in_channels", "in_features", "num_channels", "num_features", "shape"),
}
"""Kind -> arguments of its constructors that the program finds where a recipe leaves them out."""

SHARED: dict[str, str] = {"Layer": "harmonium.nets.described.placed:Placed"}
"""Kind -> dataclass of the settings that its components have beside those of their constructors.

Components of these kinds stay descriptions: whoever holds them builds them.
"""

CONNECTIONS: dict[str, str] = {
    "chain": "harmonium.connections.chain:Chain",
    "convolution": "harmonium.connections.convolution:Convolution",
    "dense": "harmonium.connections.dense:Dense",
    "lateral": "harmonium.connections.lateral:Lateral",
    "masked": "harmonium.connections.masked:Masked",
    "replicated": "harmonium.connections.replicated:Replicated",
    "sum_pool": "harmonium.connections.sum_pool:SumPool",
}
"""Connections that a file of a machine can hold; recipes do not name them."""


def target(place: str) -> Any:  # noqa: ANN401
    """Imports and returns the object at "module:name"."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def classes(kind: str) -> dict[str, str]:
    """Class name -> "module:name" for the classes of a kind, including "Connection".

    >>> [*classes("Connection")]
    ['Chain', 'Convolution', 'Dense', 'Lateral', 'Masked', 'Replicated', 'SumPool']
    """
    places = (CONNECTIONS if kind == "Connection" else KINDS[kind]).values()
    named = {place.rpartition(":")[2]: place for place in places}
    return {name: place for name, place in named.items() if name[:1].isupper()}


def class_of(kind: str, name: str) -> Any:  # noqa: ANN401
    """Class of a kind by its name in a file of a machine; None if there is none."""
    place = classes(kind).get(name)
    return None if place is None else target(place)
