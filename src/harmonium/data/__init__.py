"""Data sets, readers and transforms, as plain tensors and batches."""

from harmonium.catalogue import info, known_sets, locate
from harmonium.data.affine import Affine, transformed
from harmonium.data.arrays import arrays
from harmonium.data.batches import Batches, Passes
from harmonium.data.binarise import sampled, threshold
from harmonium.data.boxes import Boxes, overlaps
from harmonium.data.brackets import Tree, read_tree
from harmonium.data.chain import Chain, fit_all
from harmonium.data.characters import characters, stream_set, words
from harmonium.data.check import (
    check_array,
    check_range,
    constant_features,
    standardised_warning,
)
from harmonium.data.chorales import chorale_notes, chorales
from harmonium.data.cifar import cifar10
from harmonium.data.cluttered_scenes import cluttered_scenes
from harmonium.data.copies import copies
from harmonium.data.corel5k import corel5k
from harmonium.data.crops import Cutout, Flip, PaddedCrop
from harmonium.data.curves import curve, ring
from harmonium.data.dataset import DataSet
from harmonium.data.dates import dates
from harmonium.data.digits import digits
from harmonium.data.download import get
from harmonium.data.elastic import Elastic
from harmonium.data.emoji import emoji
from harmonium.data.environment import environment
from harmonium.data.examples import Examples, Split
from harmonium.data.faces import frey_faces
from harmonium.data.fasta import decoded, encoded, fasta, letters, read_fasta, write_fasta
from harmonium.data.fonts import font_letters
from harmonium.data.gates import gate
from harmonium.data.idx import read_idx
from harmonium.data.image_folder import image_folder
from harmonium.data.images import ImageSet
from harmonium.data.inspect import inspect, target_figures
from harmonium.data.kinds import (
    Classes,
    Counts,
    Joined,
    Kind,
    Numbers,
    Picture,
    Series,
    Tokens,
    of_shape,
)
from harmonium.data.known import (
    diabetes_set,
    digits_set,
    fashion_mnist_set,
    frey_faces_set,
    letters_set,
    mnist_set,
)
from harmonium.data.moved_digits import moved_digits
from harmonium.data.newsgroups import newsgroups
from harmonium.data.noise import BatchTransform, Corrupt, Sampled
from harmonium.data.number_words import number_words
from harmonium.data.olivetti import olivetti
from harmonium.data.pairs import pair_set, pairs
from harmonium.data.patches import patches
from harmonium.data.picture_noise import InTurn, PictureNoise
from harmonium.data.play_names import play_names
from harmonium.data.reuters import reuters
from harmonium.data.reweight import sequence_weights
from harmonium.data.scenes import Scenes, scenes
from harmonium.data.series import motions, series, vowels
from harmonium.data.sets import fashion_mnist, load, mnist
from harmonium.data.shakespeare import tiny_shakespeare
from harmonium.data.shapes import shapes
from harmonium.data.split import few_labels, held_out, keep_labels, validation, with_test
from harmonium.data.squash import Squash
from harmonium.data.sst import sst
from harmonium.data.standardise import Standardiser
from harmonium.data.streamed import Rows, Streamed, mapped, pieces
from harmonium.data.streams import StreamBatches
from harmonium.data.summary import Summary, extremes, summary
from harmonium.data.table import table
from harmonium.data.tagged import tag_set, tagged
from harmonium.data.text import text
from harmonium.data.tf_idf import TfIdf
from harmonium.data.times import Times
from harmonium.data.transforms import (
    Binarise,
    Crop,
    Fitted,
    Reshape,
    Scale,
    Standardise,
    Transform,
)
from harmonium.data.tree_kinds import NodeClasses, Trees, check_rows, longest_of
from harmonium.data.trees import read_trees, tree_rows, tree_set, trees, trees_of, vocabulary
from harmonium.data.vocabulary import Vocabulary
from harmonium.data.whiten import Whiten
from harmonium.data.windows import co2, sunspots, table_settings_of, tabled, windows
from harmonium.data.worlds import Actions, Player, World

__all__ = [
    "Boxes",
    "Times",
    "co2",
    "sunspots",
    "table_settings_of",
    "tabled",
    "vowels",
    "windows",
    "Actions",
    "Player",
    "World",
    "environment",
    "words",
    "tiny_shakespeare",
    "stream_set",
    "characters",
    "Vocabulary",
    "Tokens",
    "StreamBatches",
    "Affine",
    "BatchTransform",
    "Batches",
    "Binarise",
    "Chain",
    "Classes",
    "Counts",
    "Corrupt",
    "Crop",
    "Cutout",
    "DataSet",
    "Elastic",
    "Examples",
    "Fitted",
    "Flip",
    "ImageSet",
    "InTurn",
    "Joined",
    "Kind",
    "Numbers",
    "PaddedCrop",
    "Passes",
    "Picture",
    "Series",
    "motions",
    "moved_digits",
    "series",
    "PictureNoise",
    "Reshape",
    "Rows",
    "Sampled",
    "Scale",
    "Split",
    "Squash",
    "Standardise",
    "Standardiser",
    "Streamed",
    "Summary",
    "TfIdf",
    "Transform",
    "Whiten",
    "arrays",
    "check_array",
    "check_range",
    "chorale_notes",
    "chorales",
    "cifar10",
    "constant_features",
    "copies",
    "corel5k",
    "curve",
    "dates",
    "decoded",
    "diabetes_set",
    "digits",
    "digits_set",
    "emoji",
    "olivetti",
    "cluttered_scenes",
    "overlaps",
    "Scenes",
    "scenes",
    "shapes",
    "encoded",
    "extremes",
    "fashion_mnist",
    "fashion_mnist_set",
    "fasta",
    "few_labels",
    "fit_all",
    "font_letters",
    "frey_faces",
    "frey_faces_set",
    "gate",
    "get",
    "held_out",
    "image_folder",
    "info",
    "inspect",
    "keep_labels",
    "known_sets",
    "letters",
    "longest_of",
    "letters_set",
    "load",
    "locate",
    "mapped",
    "mnist",
    "mnist_set",
    "newsgroups",
    "number_words",
    "of_shape",
    "pair_set",
    "pairs",
    "patches",
    "play_names",
    "pieces",
    "read_fasta",
    "read_idx",
    "reuters",
    "ring",
    "sampled",
    "sequence_weights",
    "standardised_warning",
    "summary",
    "table",
    "tag_set",
    "tagged",
    "target_figures",
    "text",
    "threshold",
    "transformed",
    "validation",
    "with_test",
    "write_fasta",
    "Tree",
    "read_tree",
    "sst",
    "Trees",
    "NodeClasses",
    "trees",
    "read_trees",
    "tree_rows",
    "tree_set",
    "trees_of",
    "vocabulary",
    "check_rows",
]
