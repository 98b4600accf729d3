"""The table of figures: one meaning each, and one direction for all who rank."""

import pytest

from harmonium.figures import Figure, better, direction, figure, figures


def test_every_name_stands_once_and_refers_to_others_of_the_table():
    names = [entry.name for entry in figures()]
    assert len(names) == len(set(names))
    referred = {other for f in figures() for other in (f.repeats, f.brackets) if other}
    assert referred <= set(names)


def test_what_repeats_another_figure_turns_with_its_direction():
    """A repeated figure may be worth less where the other is worth more; a bracket never."""
    for entry in figures():
        if entry.brackets:
            assert entry.better == figure(entry.brackets).better
        if entry.repeats:
            assert {entry.better, figure(entry.repeats).better} == {"min", "max"}


def test_the_group_of_rows_does_not_change_the_meaning():
    assert figure("val/accuracy") is figure("train/accuracy") is figure("accuracy")


def test_final_figures_can_all_be_ranked():
    assert [entry.name for entry in figures(final=True)] == [
        "accuracy",
        "log_likelihood",
        "log_likelihood_optimistic",
        "elbo",
        "importance_weighted",
        "error",
        "shifted_accuracy",
        "rotated_accuracy",
        "scaled_accuracy",
        "node_accuracy",
        "binary_accuracy",
        "binary_node_accuracy",
        "negation_accuracy",
        "negated_positive",
        "negated_negative",
        "mase",
        "mae",
        "coverage",
        "interval_width",
        "rmse",
        "r2",
        "step_error",
        "frame_log_likelihood",
        "frame_log_likelihood_optimistic",
        "frame_accuracy",
        "token_nats",
        "token_bits",
        "return",
        "exact_output",
        "symbol_error",
        "true_captions",
        "span_f1",
        "tag_accuracy",
        "new_word_accuracy",
        "hamming",
        "exact_match",
        "f1",
        "perplexity",
        "perplexity_optimistic",
        "precision_at_k",
        "average_precision",
        "contact_precision",
        "search_recall_1",
        "search_precision",
        "annotation_recall_1",
        "annotation_precision",
        "swap_accuracy",
        "look_up_top_1",
        "look_up_top_5",
        "detection_precision",
        "detection_recall",
        "outcome_error",
        "winner_share",
        "joint_map",
        "generated_map",
        "generated_precision",
        "modes",
        "confidence_score",
        "parzen",
        "reconstruction_error",
        "factor_correlation",
        "hole_error",
        "psnr",
        "quantisation_error",
        "knn_error",
        "svm_error",
        "svm_error_few",
    ]
    assert all(entry.better for entry in figures(final=True))
    without = {entry.name for entry in figures(final=True) if not entry.unit}
    own = {
        "factor_correlation",
        "hole_error",
        "interval_width",
        "mae",
        "mase",
        "modes",
        "outcome_error",
        "confidence_score",
        "return",
        "rmse",
        "r2",
        "f1",
        "step_error",
        "reconstruction_error",
        "quantisation_error",
    }
    assert without == own  # the data's own unit, or none


def test_an_unknown_name_loses_its_underscores_and_has_no_direction():
    assert figure("val/some_figure") == Figure("some_figure", "some figure")
    with pytest.raises(ValueError, match="'val/some_figure' is better is not known.*accuracy"):
        direction("val/some_figure")


@pytest.mark.parametrize("name", ["free_energy_gap", "chains/flip_rate", "weights/norm"])
def test_figures_without_a_direction_are_not_ranked(name):
    assert figure(name).better is None
    with pytest.raises(ValueError, match="give the mode"):
        direction(name)


def test_axes_have_the_unit_and_shares_per_cent():
    assert figure("free_energy").axis == "free energy, nats"
    assert figure("val/error").axis == "error, %"
    assert figure("flip_rate").axis == "flip rate of the chains"


def test_better():
    assert better(1, None, mode="min")
    assert not better(float("nan"), None, mode="min")
    assert better(1, 2, mode="min")
    assert not better(2, 1, mode="min")
    assert better(2, 1, mode="max")
    assert not better(1.2, 1, mode="max", min_delta=0.5)
    assert (direction("val/loss"), direction("val/accuracy")) == ("min", "max")
