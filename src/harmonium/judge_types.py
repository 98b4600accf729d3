"""Judges and baselines that recipes name: two tables of the registry."""

__all__ = ["BASELINES", "JUDGES"]

JUDGES: dict[str, str] = {
    "accuracy": "harmonium.judges.accuracy:Accuracy",
    "bound": "harmonium.judges.bound:Bound",
    "contacts": "harmonium.judges.contacts:Contacts",
    "cross_modal": "harmonium.judges.cross_modal:CrossModal",
    "error": "harmonium.judges.error:Error",
    "factors": "harmonium.judges.factors:Factors",
    "forecast": "harmonium.judges.forecast:Forecast",
    "frames": "harmonium.judges.frames:Frames",
    "horizon": "harmonium.judges.horizon:Horizon",
    "inpainting": "harmonium.judges.inpainting:Inpainting",
    "labels": "harmonium.judges.labels:Labels",
    "likelihood": "harmonium.judges.likelihood:Likelihood",
    "modalities": "harmonium.judges.modalities:Modalities",
    "modes": "harmonium.judges.modes:Modes",
    "linear_svm": "harmonium.judges.linear_svm:LinearSVM",
    "look_up": "harmonium.judges.look_up:LookUp",
    "map_errors": "harmonium.judges.map_errors:MapErrors",
    "neighbours": "harmonium.judges.neighbours:Neighbours",
    "next_token": "harmonium.judges.next_token:NextToken",
    "parzen": "harmonium.judges.parzen:Parzen",
    "perplexity": "harmonium.judges.perplexity:Perplexity",
    "play": "harmonium.judges.play:Play",
    "reconstruction": "harmonium.judges.reconstruction:Reconstruction",
    "psnr": "harmonium.judges.psnr:PSNR",
    "retrieval": "harmonium.judges.retrieval:Retrieval",
    "robustness": "harmonium.judges.robustness:Robustness",
    "sentiment": "harmonium.judges.sentiment:Sentiment",
    "swapped_words": "harmonium.judges.swapped_words:SwappedWords",
    "tagging": "harmonium.judges.tagging:Tagging",
    "transduction": "harmonium.judges.transduction:Transduction",
}
"""Type of a judge in a recipe -> constructor."""

BASELINES: dict[str, str] = {
    "eigenfaces": "harmonium.baselines.eigenfaces:Eigenfaces",
    "factor_analysis": "harmonium.baselines.factor_analysis:FactorAnalysis",
    "bicubic": "harmonium.baselines.bicubic:Bicubic",
    "gaussian_mixture": "harmonium.baselines.gaussian_mixture:GaussianMixture",
    "autoregression": "harmonium.baselines.autoregression:Autoregression",
    "cca": "harmonium.baselines.cca:CCA",
    "ica": "harmonium.baselines.ica:ICA",
    "independent_gaussians": "harmonium.baselines.independent_gaussians:IndependentGaussians",
    "label_spreading": "harmonium.baselines.label_spreading:LabelSpreading",
    "lda": "harmonium.baselines.lda:LDA",
    "linear_forecast": "harmonium.baselines.linear_forecast:LinearForecast",
    "logistic_autoregression": (
        "harmonium.baselines.logistic_autoregression:LogisticAutoregression"
    ),
    "logistic_regression": "harmonium.baselines.logistic_regression:LogisticRegression",
    "lsa": "harmonium.baselines.lsa:LSA",
    "most_frequent_tag": "harmonium.baselines.most_frequent_tag:MostFrequentTag",
    "nearest_neighbours": "harmonium.baselines.nearest_neighbours:NearestNeighbours",
    "ngram": "harmonium.baselines.ngram:Ngram",
    "nmf": "harmonium.baselines.nmf:NMF",
    "pca": "harmonium.baselines.pca:PCA",
    "random_move": "harmonium.baselines.random_move:RandomMove",
    "random_player": "harmonium.baselines.random_player:RandomPlayer",
    "random_start": "harmonium.baselines.random_start:RandomStart",
    "relu_net": "harmonium.baselines.relu_net:ReluNet",
    "seasonal_naive": "harmonium.baselines.seasonal_naive:SeasonalNaive",
    "svc": "harmonium.baselines.svc:SVC",
    "svd": "harmonium.baselines.svd:SVD",
}
"""Type of a baseline in a recipe -> constructor."""
