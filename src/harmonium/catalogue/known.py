"""The known sets: what they are, what their files are, and where on this computer they lie."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harmonium.catalogue.find import find, nearest, places
from harmonium.errors import DataError

__all__ = ["KNOWN", "KnownSet", "check_sum", "info", "known_set", "known_sets", "locate"]

_DIGITS = tuple("0123456789")
_NEWSGROUPS = (
    "alt.atheism",
    "comp.graphics",
    "comp.os.ms-windows.misc",
    "comp.sys.ibm.pc.hardware",
    "comp.sys.mac.hardware",
    "comp.windows.x",
    "misc.forsale",
    "rec.autos",
    "rec.motorcycles",
    "rec.sport.baseball",
    "rec.sport.hockey",
    "sci.crypt",
    "sci.electronics",
    "sci.med",
    "sci.space",
    "soc.religion.christian",
    "talk.politics.guns",
    "talk.politics.mideast",
    "talk.politics.misc",
    "talk.religion.misc",
)
_NEWSGROUP_FILES = {
    "bow_tr_tokens.mat": "c69c0a33c7a81b7703963b39fea3d1b83bc024f6be6c5e8a8b2cb12d5b9ce8cc",
    "bow_tr_counts.mat": "6ecbfc30913821ebababed448c587d1322227f03f9a3db70fc1b9bbfc5fabdfb",
    "bow_ts_tokens.mat": "b33044ed16ec515f0e2935ac89421a044769f88f72c9934449b29b8534c6c34c",
    "bow_ts_counts.mat": "b877b6844b31f7239d1621a2da54e70a02301dd8d10717c76b025ed60d15f9cb",
    "vocab.txt": "22cdb81e447c2e5ae6c2a495ccb4905955df8654e7497d93a8b32181d193a41b",
}


@dataclass(frozen=True)
class KnownSet:
    """What is known of a set before it is read.

    `files` maps the name of each file to the checksum of what it holds (MD5 of the uncompressed
    IDX file, as the bytes of a .gz differ between mirrors, or SHA-256), empty if it has none; no
    files for a set inside a package. `url` is what comes before file name and ".gz" where they
    can be fetched.
    """

    title: str
    about: str
    where: str
    licence: str
    shape: tuple[int, ...]
    rows: Mapping[str, int]
    classes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    folder: str | None = None
    package: str | None = None
    subsets: tuple[str, ...] = ()
    """Files that hold a part of the set, of which a reader may ask for one instead."""


KNOWN: dict[str, KnownSet] = {
    "digits": KnownSet(
        title="Digits",
        about="handwritten digits, in the package scikit-learn",
        where="UCI Optical Recognition of Handwritten Digits, test part",
        licence="BSD-3-Clause, as in scikit-learn",
        shape=(8, 8),
        rows={"train": 1297, "test": 500},
        classes=_DIGITS,
        package="sklearn",
    ),
    "diabetes": KnownSet(
        title="Diabetes",
        about="progression of diabetes in 442 patients, in the package scikit-learn",
        where="Efron, Hastie, Johnstone and Tibshirani, 2004, Least angle regression",
        licence="BSD-3-Clause, as in scikit-learn",
        shape=(10,),
        rows={"train": 354, "test": 88},
        targets=("progression",),
        package="sklearn",
    ),
    "letters": KnownSet(
        title="Letters",
        about="capital letters, drawn from the fonts in the package matplotlib",
        where="DejaVu, STIX and Computer Modern, 17 fonts to train and 3 to test, in three sizes",
        licence="the fonts' own, free ones, as in matplotlib",
        shape=(29, 29),
        rows={"train": 1326, "test": 234},
        classes=tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        package="matplotlib",
    ),
    "mnist": KnownSet(
        title="MNIST",
        about="handwritten digits",
        where="https://ossci-datasets.s3.amazonaws.com/mnist/",
        licence="CC BY-SA 3.0, copyright Y. LeCun and C. Cortes",
        shape=(28, 28),
        rows={"train": 60000, "test": 10000},
        classes=_DIGITS,
        files={
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
        url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
    "fashion_mnist": KnownSet(
        title="Fashion-MNIST",
        about="articles of clothing",
        where="https://github.com/zalandoresearch/fashion-mnist "
        "(Debian and Ubuntu: apt-get install dataset-fashion-mnist)",
        licence="MIT, copyright 2017 Zalando SE",
        shape=(28, 28),
        rows={"train": 60000, "test": 10000},
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        files={
            "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
        url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    "frey_faces": KnownSet(
        title="Frey faces",
        about="frames of one face, in order of time",
        where="S. Roweis' Frey face data, saved with numpy.savez_compressed as the array `faces`, "
        "uint8 (1965, 28, 20), rows of each frame first",
        licence="none stated by the owner",
        shape=(28, 20),
        rows={"train": 1965},
        # Of the pixels: the bytes of the archive depend on who packed it.
        files={
            "freyfaces.npz": "2438ba4f0d2a6bd8bac43de756141eaa33c8d248dd613d464bdb1210d9b7af78"
        },
        folder="faces",
    ),
    "olivetti": KnownSet(
        title="Olivetti faces",
        about="ten pictures of each of forty people",
        where="AT&T Laboratories Cambridge, as olivettifaces.mat of S. Roweis",
        licence="none stated by the owner",
        shape=(64, 64),
        rows={"train": 400},
        files={
            "olivettifaces.mat": "b1988d02c72fe5b8ee82b5ef3bb7982eafc74f1e1ff0ae0ade35061ad0af534d"
        },
        folder="faces",
    ),
    "cifar10": KnownSet(
        title="CIFAR-10",
        about="colour pictures of ten classes",
        where="https://www.cs.toronto.edu/~kriz/cifar.html, binary version",
        licence="none stated by the owner, who asks for a citation of his report",
        shape=(3, 32, 32),
        rows={"train": 50000, "test": 10000},
        classes=(
            "airplane",
            "automobile",
            "bird",
            "cat",
            "deer",
            "dog",
            "frog",
            "horse",
            "ship",
            "truck",
        ),
        files={"cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530"},
        subsets=("cifar10_subset.npz",),
    ),
    "newsgroups": KnownSet(
        title="20 Newsgroups",
        about="mail of 20 newsgroups as counts of 3072 words, with labels of the test documents",
        where="https://github.com/MIND-Lab/OCTIS, folder octis/models/ETM_model/data/20ng; "
        "vocab.txt is its vocab.pkl, one word a line",
        licence="none stated by the owner of the mail; MIT, the collection of counts",
        shape=(3072,),
        rows={"train": 11214, "test": 7531},
        classes=_NEWSGROUPS,
        files=_NEWSGROUP_FILES,
        folder="20newsgroups",
    ),
    "reuters": KnownSet(
        title="Reuters-21578",
        about="news of 1987 with topics, split ModApte, as counts of words",
        where="D. Lewis' distribution 1.0, whose 22 files reut2-000.sgm to reut2-021.sgm may also "
        "lie unpacked in a folder that the recipe names",
        licence="free distribution for research purposes only, copyright Reuters",
        shape=(2000,),
        rows={"train": 9603, "test": 3299},
        files={"reuters21578.tar.xz": ""},
        folder="reuters21578",
    ),
    "emoji": KnownSet(
        title="Emoji",
        about="1906 colour pictures of 32 x 32 with 629 keywords",
        where="npm packages emoji-datasource-twitter@16.0.0 (pictures) and emojilib@4.0.3 "
        "(keywords), as arrays images (1906, 32, 32, 3), tags (1906, 629), vocab and names",
        licence="CC BY 4.0, the pictures of Twemoji; MIT, the keywords of emojilib",
        shape=(3701,),
        rows={"train": 1525, "test": 381},
        files={
            "emoji_tags.npz": "4ad1677fe90a19282c2ad973b6e62eb3ca87f7bcbefb89dcf91da0d54dbda158"
        },
        folder="emoji-tags",
    ),
    "corel5k": KnownSet(
        title="Corel5k",
        about="photographs as 499 binary visual words, with 374 keywords",
        where="https://github.com/tsoumakas/mulan, folder data/multi-label/corel5k, as it is "
        "or packed by xz",
        licence="none stated",
        shape=(873,),
        rows={"train": 4500, "test": 500},
        files={
            "Corel5k-train-sparse.arff.xz": "19eb253c447144bea74ffa86b4731a56022addae2ba7d0aab72ad"
            "07fdc02e9b3",
            "Corel5k-test-sparse.arff.xz": "e8f8e9cd052c43ba7bdfdf99d242f461fc8c2a03163466d921e57"
            "6887b51d8a7",
        },
        folder="corel5k",
    ),
    "go_games": KnownSet(
        title="Go games of professionals, 2004",
        about="3629 games of 9-dan players on the Tom server, one a line",
        where="https://github.com/yenw/computer-go-dataset (Tom/kifu, the months of 2004), "
        "saved as tom_9d_2004.txt.xz",
        licence="none stated",
        shape=(48, 19, 19),
        rows={"train": 26128, "test": 2904},
        classes=(),
        files={"tom_9d_2004.txt.xz": ""},
    ),
    "sst": KnownSet(
        title="Stanford Sentiment Treebank",
        about="sentences of film reviews as trees, with a sentiment at every node",
        where="https://nlp.stanford.edu/sentiment (trainDevTestTrees_PTB.zip)",
        licence="none stated",
        shape=(381,),
        rows={"train": 8544, "validation": 1101, "test": 2210},
        classes=tuple("01234"),
        files={"train.txt": "", "dev.txt": "", "test.txt": ""},
    ),
    "tiny_shakespeare": KnownSet(
        title="Tiny Shakespeare",
        about="a million characters of his plays, for models that continue texts",
        where="https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/"
        "input.txt, saved as tinyshakespeare.txt or packed by xz",
        licence="public domain",
        shape=(65,),
        rows={"train": 15686, "test": 1743},
        # Of the text: the bytes of the archive depend on who packed it.
        files={"tinyshakespeare.txt.xz": "6fb458f1232090904fb40fe944165e91"},
        folder="text",
        subsets=("tinyshakespeare.txt",),
    ),
}


def known_set(name: str) -> KnownSet:
    """Return what is known of the set of this name.

    Raises:
        ValueError: where there is no such set; it gives the nearest name.
    """
    if name not in KNOWN:
        raise DataError(f"no data set {name!r}{nearest(name, KNOWN)}")
    return KNOWN[name]


def known_sets() -> tuple[str, ...]:
    """Return the names of the known sets.

    >>> known_sets()[:4]
    ('digits', 'diabetes', 'letters', 'mnist')
    """
    return tuple(KNOWN)


def locate(name: str) -> str | None:
    """Return where a known set lies: its directory, "in <package>", or None where it is not here.

    The place of a subset counts where the whole set is not here.

    The files are not read; reading checks them.

    Raises:
        ValueError: where there is no such set.
    """
    known = known_set(name)
    if known.package is not None:
        return f"in {known.package}" if importlib.util.find_spec(known.package) else None
    for files in (tuple(known.files), *((subset,) for subset in known.subsets)):
        try:
            paths = find(files, places(known.folder or name), title="", origin="")
        except FileNotFoundError:
            continue
        return str(paths[0].parent)
    return None


def check_sum(path: Path, checksum: str, *, file: str, known: KnownSet) -> None:
    """Check that the sum found of what `path` holds is that of `file` of the known set.

    Raises:
        ValueError: with both sums, and what the file is where it is of another known set.
    """
    if checksum == known.files[file]:
        return
    # Sets name their files alike, so the likeliest fault is the wrong folder.
    others = [
        f"that of {other.title}, {part}"
        for other in KNOWN.values()
        for part, its in other.files.items()
        if its == checksum
    ]
    kind = "MD5 of the uncompressed contents" if len(checksum) == 32 else "SHA-256"
    raise DataError(
        f"{path}: {kind} is {checksum} "
        f"({others[0] if others else 'an altered or unknown file'}); {known.title}, {file} "
        f"has {known.files[file]}: replace it by the file from {known.where}"
    )


def info(name: str) -> dict[str, Any]:
    """Return what is known of a set, in values that JSON can hold.

    Raises:
        ValueError: where there is no such set.

    >>> info("digits")["rows"]
    {'train': 1297, 'test': 500}
    """
    known = known_set(name)
    return {
        "name": name,
        "title": known.title,
        "about": known.about,
        "rows": dict(known.rows),
        "shape": list(known.shape),
        "classes": list(known.classes),
        "targets": list(known.targets),
        "licence": known.licence,
        "origin": known.where,
        "files": list(known.files),
        "place": locate(name),
    }
