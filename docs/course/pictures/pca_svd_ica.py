"""Pictures of the page on PCA, SVD and ICA: components of digits, and error by their number."""

from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD

from harmonium.baselines.ica import fitted
from harmonium.data.known import digits_set
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, above, blank, chart

HERE = Path(__file__).parent
COMPONENTS, SIZES = 8, (1, 2, 3, 5, 7, 10, 15, 20, 30, 40)

data = digits_set()
train, test = (split.flattened().x[:].double().numpy() for split in (data.train, data.test))


def components():
    """The first directions of each reduction, as pictures of 8 x 8."""
    ica = fitted(train, 10, seed=0)
    strongest = np.argsort(-np.linalg.norm(ica[1].mixing_, axis=0))
    return {
        "PCA": PCA(10).fit(train).components_,
        "SVD": TruncatedSVD(10, algorithm="arpack", random_state=0).fit(train).components_,
        "ICA": (ica[1].mixing_.T @ ica[0].components_)[strongest],
    }


def sheet():
    """Rows of pictures: white is 0, violet negative, orange positive."""
    figure = blank(6.4, 2.75)
    for row, (name, directions) in enumerate(components().items()):
        for column in range(COMPONENTS):
            axes = figure.add_axes((0.09 + 0.113 * column, 0.68 - 0.325 * row, 0.105, 0.245))
            picture = directions[column].reshape(8, 8)
            picture = picture if picture.sum() > 0 else -picture  # signs are free
            most = abs(picture).max()
            axes.imshow(picture, cmap="PuOr_r", vmin=-most, vmax=most, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set(color="#d8dde3")
            if not row:
                axes.set_title(str(column + 1), fontsize=7.5, color=MUTED, pad=2)
        figure.text(0.01, 0.8 - 0.325 * row, name, va="center", fontsize=9, color=INK,
                    fontweight="bold")  # fmt: skip
    return figure


def errors():
    """Error of test rows by the number of components, and the autoencoder of the recipe."""
    figure, axes = chart(WIDTH, 2.7, title="Digits given back from k numbers")
    for name, make, line in (
        ("PCA and ICA", lambda k: PCA(k), "o-"),
        (
            "SVD without a mean",
            lambda k: TruncatedSVD(k, algorithm="arpack", random_state=0),
            "s--",
        ),
    ):
        gaps = []
        for k in SIZES:
            model = make(k).fit(train)
            gaps.append(((model.inverse_transform(model.transform(test)) - test) ** 2).mean())
        colour = PALETTE[0 if line == "o-" else 1]
        axes.plot(SIZES, gaps, line, color=colour, ms=4, lw=1.3, label=name)
    axes.plot([10], [0.0118], "*", color=PALETTE[2], ms=11, label="autoencoder 64-100-10")
    axes.set(xlabel="k", ylabel="mean square error, test", ylim=(0, None))
    axes.legend(**above())
    return figure


sheet().savefig(HERE / "pca_svd_ica.png", dpi=150)
errors().savefig(HERE / "pca_svd_ica-errors.png", dpi=150)
