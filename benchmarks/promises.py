"""What the rows of ``benchmarks/methods.py`` say of what Groundplan's method promises."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import mean

import numpy as np

from engine.decisions.backtest import paired, regrets
from engine.decisions.forecast import Gain, forecast
from engine.learning.methods import DEFAULT
from engine.learning.methods.groundplan import GroundplanHome

Rows = list[dict]
LEVEL = 0.8  # of the forecast's interval: the share that was promised
WORTH = (100, 500, 1000, 2000, 5000)  # money that a point of macro F1 may be worth
OPPONENTS = ("zero-shot", "transfer", "scratch", "joint")


def promises(rows: Rows) -> list[str]:
    """Markdown: the gain over the free baseline first, then promise by promise, then the forecast."""
    methods = [row for row in rows if row["part"] == "methods"]
    if not [row for row in methods if row["method"] == DEFAULT]:
        return ["No answer of Groundplan's method yet.", ""]
    return [*_gains(methods), *_promised(methods, rows), *_forecasts(rows)]


def _gains(rows: Rows) -> list[str]:
    """What a trip gains over staying at home with the same method, which is free."""
    parts = [
        "**What a trip gains over the free baseline** (`groundplan` less `groundplan-home`, points of macro "
        "F1; mean over targets and seeds, and the lowest and highest of them)",
        "",
        "| data | design | " + " | ".join(f"{km:g} km" for km in (20, 25, 30)) + " |",
        "|---|---|--:|--:|--:|",
    ]
    for data in dict.fromkeys(row["data"] for row in rows):
        for design in ("radius", "random"):
            cells = []
            for km in (20.0, 25.0, 30.0):
                gains = [
                    100 * (row["macro_f1"]["value"] - row["free"])
                    for row in rows
                    if (row["data"], row["design"], row["radius_km"], row["method"])
                    == (data, design, km, DEFAULT)
                    and row["free"] is not None
                ]
                cells.append(f"{mean(gains):+.1f} ({min(gains):+.1f} to {max(gains):+.1f})" if gains else "")
            if any(cells):
                parts.append(f"| {data} | {design} | " + " | ".join(cells) + " |")
    return [*parts, ""]


def _promised(rows: Rows, everything: Rows) -> list[str]:
    parts = ["| promised | found | kept |", "|---|---|---|"]

    def line(promised: str, found: str, kept: bool) -> None:
        parts.append(f"| {promised} | {found} | {'yes' if kept else '**no**'} |")

    circles = [row for row in rows if row["design"] in ("radius", "none")]
    cells = _cells(circles)
    compared = [cell for cell in cells if _has(cell, DEFAULT, "zero-shot")]
    if compared:
        worst = min(compared, key=lambda cell: _gap(cell, "zero-shot"))
        below = [cell for cell in compared if _below(cell)]
        line(
            "never more than 1 point below zero-shot in any cell (Fergana 2015: its interval reaches it)",
            f"worst {_gap(worst, 'zero-shot'):+.1f} in {_place(worst)}; below in {len(below)} of "
            f"{len(compared)} cells",
            not below,
        )
    for data, least in (("landscape", 2.0), ("fergana", 5.0)):
        gaps = [
            _gap(cell, "transfer") for cell in cells if _of(cell, data) and _has(cell, DEFAULT, "transfer")
        ]
        if gaps:
            found = f"{mean(gaps):+.1f} over {len(gaps)} cells"
            line(f"{data}: at least {least:g} above transfer", found, mean(gaps) >= least)
    chained = []
    for name, group in _targets(cells).items():
        means = {
            method: mean(cell[method]["macro_f1"]["value"] for cell in group if method in cell)
            for method in (*OPPONENTS, DEFAULT)
            if any(method in cell for cell in group)
        }
        if DEFAULT in means and len(means) == len(OPPONENTS) + 1:
            best = max((one for one in means if one != DEFAULT), key=means.__getitem__)
            chained.append((100 * (means[DEFAULT] - means[best]), name, best))
    if chained:
        least, name, best = min(chained)
        line(
            "at most 1 point below the best of zero-shot, transfer, scratch, joint, by target",
            f"worst {least:+.1f} ({name}, beside {best}) of {len(chained)} targets",
            least >= -1,
        )
    spread = {method: _spread(rows, method) for method in ("transfer", DEFAULT)}
    if all(spread.values()):
        ours, theirs = mean(spread[DEFAULT]), mean(spread["transfer"])
        line(
            "landscape: radius to random at most a third of transfer's gap",
            f"{ours:.1f} beside {theirs:.1f}",
            ours <= theirs / 3,
        )
    level = [
        100 * row["macro_f1"]["value"]
        for row in circles
        if row["data"] == "fergana" and row["target"] in ("2016", "2017", "2018") and row["method"] == DEFAULT
    ]
    if level:
        line("Fergana 2016 to 2018: macro F1 of at least 56", f"{mean(level):.1f}", mean(level) >= 56)
    cells_of = list(_foretold(everything))
    if cells_of:
        covered = mean(low <= truth <= high for _, truth, _, low, high in cells_of)
        width = mean(high - low for *_, low, high in cells_of)
        rival = _constant([truth for _, truth, *_ in cells_of], covered)
        line(
            "the forecast's interval holds the gain in at least 80 % of cells, narrower than a constant one",
            f"{covered:.0%} of {len(cells_of)}, {width:.1f} points wide; a constant one {rival:.1f}",
            covered >= 0.8 and width < rival,
        )
    return [*parts, ""]


def _forecasts(rows: Rows) -> list[str]:
    found = list(_foretold(rows))
    if not found:
        return []
    parts = [
        f"**The forecast** ({LEVEL:.0%} interval; each season foretold by the others of its study, each of "
        "which was taught by all others)",
        "",
        "| study | cells | covered | width | narrowest constant interval in hindsight | mean error |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for study in dict.fromkeys(name for name, *_ in found):
        mine = [one for name, *one in found if name == study]
        covered = mean(low <= truth <= high for truth, _, low, high in mine)
        error = mean(abs(truth - said) for truth, said, *_ in mine)
        width = mean(high - low for *_, low, high in mine)
        rival = _constant([truth for truth, *_ in mine], covered)
        parts.append(f"| {study} | {len(mine)} | {covered:.0%} | {width:.1f} | {rival:.1f} | {error:.1f} |")
    return [*parts, "", *_regrets(rows)]


def _regrets(rows: Rows) -> list[str]:
    """What following the forecast costs beside the best choice in hindsight, and beside two fixed habits."""
    parts = [
        "**Regret** (money lost beside the best choice in hindsight, mean over seasons and studies; default "
        "tariff)",
        "",
        "| a point is worth | by the forecast | never going | always the largest circle |",
        "|--:|--:|--:|--:|",
    ]
    for value in WORTH:
        followed, never, always = [], [], []
        for _, gains, money in _seasons(rows):
            followed += [regret for _, regret in regrets(gains, money, value).values()]
            for season in dict.fromkeys(one.season for one in gains):
                surplus = {one: value * one.points - money[one] for one in gains if one.season == season}
                best = max(0.0, *surplus.values())
                never.append(best)
                always.append(best - surplus[max(surplus, key=lambda one: one.parcels)])
        parts.append(f"| {value} | {mean(followed):,.0f} | {mean(never):,.0f} | {mean(always):,.0f} |")
    return [*parts, ""]


def _seasons(rows: Rows) -> Iterable[tuple[str, list[Gain], dict[Gain, float]]]:
    """Every study whose seasons played the target: its name, the gains of circles, and what they cost."""
    played = [
        row
        for row in rows
        if row["part"] == "seasons" or (row["part"], row["data"]) == ("methods", "fergana")
    ]
    for data, seed in dict.fromkeys((row["data"], row["seed"]) for row in played):
        mine = [row for row in played if (row["data"], row["seed"]) == (data, seed)]
        home = {row["target"]: row["repeats"] for row in mine if row["method"] == GroundplanHome.name}
        money: dict[Gain, float] = {}
        for row in mine:
            if row["method"] == DEFAULT and row["design"] == "radius" and row["target"] in home:
                points = paired(row["repeats"], home[row["target"]])
                money[Gain(row["target"], "radius", row["parcels"], *points)] = row["money"]
        if len({one.season for one in money}) > 2:
            yield data if seed is None else f"{data}, seed {seed}", list(money), money


def _foretold(rows: Rows) -> Iterable[tuple[str, float, float, float, float]]:
    """Study, true gain, forecast and the ends of its interval, of every season and radius, points."""
    for name, gains, _ in _seasons(rows):
        for one in gains:
            rest = [other for other in gains if other.season != one.season]
            said = forecast(rest, one.design, one.parcels).interval(LEVEL)
            yield name, one.points, said.value, said.low, said.high


def _constant(truth: list[float], share: float) -> float:
    """Width of the narrowest interval, the same everywhere, that holds that share of the gains."""
    ordered = sorted(truth)
    held = max(1, int(np.ceil(share * len(ordered) - 1e-9)))
    return min(ordered[first + held - 1] - ordered[first] for first in range(len(ordered) - held + 1))


def _cells(rows: Rows) -> list[dict[str, dict]]:
    """Rows by method of every data set, seed, target and radius; who stays at home is in each."""
    places = dict.fromkeys(
        (row["data"], row["seed"], row["target"], row["radius_km"]) for row in rows if row["radius_km"]
    )
    return [
        {
            row["method"]: row
            for row in rows
            if (row["data"], row["seed"], row["target"]) == place[:3] and row["radius_km"] in (None, place[3])
        }
        for place in places
    ]


def _targets(cells: list[dict[str, dict]]) -> dict[str, list[dict[str, dict]]]:
    groups: dict[str, list[dict[str, dict]]] = {}
    for cell in cells:
        if _has(cell, DEFAULT):
            row = cell[DEFAULT]
            seed = "" if row["seed"] is None else f" {row['seed']}"
            groups.setdefault(f"{row['data']}{seed} {row['target']}", []).append(cell)
    return groups


def _spread(rows: Rows, method: str) -> list[float]:
    """Equal-count random less the circle, points, in every landscape and radius."""
    value: Callable[[dict], float] = lambda row: 100 * row["macro_f1"]["value"]  # noqa: E731
    mine = [row for row in rows if row["data"] == "landscape" and row["method"] == method]
    circles = {(row["seed"], row["radius_km"]): value(row) for row in mine if row["design"] == "radius"}
    return [
        value(row) - circles[row["seed"], row["radius_km"]]
        for row in mine
        if row["design"] == "random" and (row["seed"], row["radius_km"]) in circles
    ]


def _has(cell: dict[str, dict], *methods: str) -> bool:
    return all(method in cell for method in methods)


def _of(cell: dict[str, dict], data: str) -> bool:
    return next(iter(cell.values()))["data"] == data


def _gap(cell: dict[str, dict], other: str) -> float:
    return 100 * (cell[DEFAULT]["macro_f1"]["value"] - cell[other]["macro_f1"]["value"])


def _below(cell: dict[str, dict]) -> bool:
    """More than a point below zero-shot; where few parcels test, its interval does not reach it."""
    ours, home = cell[DEFAULT]["macro_f1"], cell["zero-shot"]["macro_f1"]["value"]
    few = cell[DEFAULT]["data"].startswith("fergana") and cell[DEFAULT]["target"] == "2015"
    return bool(ours["high"] < home if few else ours["value"] < home - 0.01)


def _place(cell: dict[str, dict]) -> str:
    row = cell[DEFAULT]
    seed = "" if row["seed"] is None else f", seed {row['seed']}"
    return f"{row['data']}{seed}, {row['target']}, {row['radius_km']:g} km"
