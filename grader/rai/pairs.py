"""The two lists that a loop of the mini project compares, for the replay of that loop."""

from grader.widgets.loop import Pair

RESULTS = Pair("model_results", ("predictions", "true_labels"), ("prediction", "label"))
