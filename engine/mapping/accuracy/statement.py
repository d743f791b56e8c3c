"""The accuracy statement that a reviewer of a map expects: design, sample, response, estimates, limits."""

from __future__ import annotations

from engine.domain import Estimate
from engine.mapping.accuracy.acceptance import Acceptance
from engine.mapping.accuracy.drawing import DrawnSample
from engine.mapping.accuracy.nouns import Accuracy

LEAST_RESPONSE = 0.8  # below which the missing parcels may matter more than the sampling error
ALLOCATION_TEXTS = {
    "proportional": "in proportion to the area of each stratum, with a floor for small strata",
    "neyman": "by Neyman's allocation, with a floor for small strata",
}


def without_sample(parcels: int) -> str:
    """What the accuracy of a map without a probability sample is called.

    Parameters
    ----------
    parcels
        That were visited.
    """
    return (
        f"Cross-validated accuracy from a non-random trip of {parcels} parcels: it says how well the "
        "model predicts parcels like those visited. It is no estimate of the map's accuracy and has "
        "no design-based interval; for that, draw an accuracy sample."
    )


def statement(
    accuracy: Accuracy, sample: DrawnSample | None = None, accepted: Acceptance | None = None
) -> dict[str, str]:
    """The statement, a paragraph by heading.

    Parameters
    ----------
    accuracy
        As assessed.
    sample
        As drawn, where its file is known.
    accepted
        The answer to a requirement, if there is any.
    """
    paragraphs = {
        "Design": _design(accuracy, sample),
        "Response": _response(accuracy),
        "Estimates": _estimates(accuracy),
        "Areas": _areas(accuracy),
    }
    if accepted is not None:
        paragraphs["Requirement"] = requirement(accepted)
    return paragraphs | {"Limits": _limits(accuracy)}


def requirement(accepted: Acceptance) -> str:
    """The answer to a requirement in words.

    Parameters
    ----------
    accepted
        The answer.
    """
    asked = f"an overall accuracy of {accepted.required:.0%} with {accepted.confidence:.0%} confidence"
    bound = f"The one-sided lower bound is {accepted.bound:.1%}."
    if accepted.verdict == "met":
        return f"The map meets the requirement of {asked}. {bound}"
    if accepted.verdict == "not met":
        return f"The map does not meet the requirement of {asked}. {bound}"
    more = (
        f"About {accepted.further} more parcels like these would decide it."
        if accepted.further
        else "The estimate is so close to it that only references for nearly all parcels would decide."
    )
    return (
        f"Undecided: the sample neither shows nor rules out {asked}. {bound} "
        f"The requirement is met with {accepted.probability:.1%} confidence. {more}"
    )


def _design(accuracy: Accuracy, sample: DrawnSample | None) -> str:
    unit = "hectare" if accuracy.weight == "area" else "parcel"
    kind = "A stratified probability sample of parcels"
    if sample is None:
        return f"{kind}, equal chances within each stratum. Every {unit} counts the same."
    frame = sum(each.parcels for each in sample.strata)
    whole = f"{frame} parcels of a first sample" if sample.first_phase else f"{frame} parcels"
    season = f" of season {sample.season}" if sample.season else ""
    several = f"{len(sample.strata)} strata" if len(sample.strata) > 1 else "1 stratum"
    left = (
        f" {len(sample.left_out)} parcels that trained the map are left out of accuracies."
        if sample.left_out
        else ""
    )
    return (
        f"{kind}{season}: {len(sample.parcels)} of {whole} in {several}, divided "
        f"{ALLOCATION_TEXTS[sample.allocation]}, spread in space within each stratum (local pivotal "
        f"method, seed {sample.seed}). Chances are equal within a stratum. Every {unit} counts the "
        f"same.{left}"
    )


def _response(accuracy: Accuracy) -> str:
    response = accuracy.response
    text = f"{response.responded} of {response.drawn} sampled parcels have a reference ({response.rate:.0%})."
    if response.reasons:
        reasons = ", ".join(f"{why} {many}" for why, many in response.reasons.items())
        text += (
            f" The others: {reasons}. They are taken to be missing at random within their stratum, "
            "and none was replaced."
        )
    return text


def _estimates(accuracy: Accuracy) -> str:
    level = f"{accuracy.overall.estimate.level:.0%}"
    texts = [
        f"Overall accuracy {accuracy.overall.estimate}, macro F1 {accuracy.macro_f1.estimate}; in "
        f"brackets the {level} interval."
    ]
    for each in accuracy.by_class:
        users = f"user's accuracy {each.users.estimate}" if each.users else "user's accuracy unknown"
        producers = (
            f"producer's accuracy {each.producers.estimate}"
            if each.producers
            else "producer's accuracy unknown"
        )
        texts.append(f"{each.name}: {users}, {producers}.")
    return " ".join(texts)


def _areas(accuracy: Accuracy) -> str:
    texts = [
        f"{each.name}: {_hectares(each.area.estimate)}; mapped in the frame {each.mapped_ha:,.0f} ha."
        for each in accuracy.by_class
    ]
    return " ".join(["Areas come from the sample, not from counting the map.", *texts])


def _hectares(area: Estimate) -> str:
    return f"{area.value:,.0f} ha ({area.low:,.0f} to {area.high:,.0f})"


def _limits(accuracy: Accuracy) -> str:
    texts = [
        "The intervals hold the sampling error only: references that are wrong and parcels that are "
        "missing from the map are not in them.",
        *accuracy.notes,
    ]
    if accuracy.response.rate < LEAST_RESPONSE:
        texts.append(
            f"Only {accuracy.response.rate:.0%} of the sampled parcels have a reference. If the "
            "others differ, the figures are off by more than the intervals say."
        )
    if accuracy.assisted:
        texts.append(
            "The map's probabilities helped with areas; the estimates do not depend on their being right."
        )
    return " ".join(texts)
