"""Trend and chance in a row of losses: smoothing, ratios, how far values scatter, how fast they fall.

Sources: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968; the smoothing and its
correction at the start as in TensorBoard.
"""

import math

import numpy as np

WEIGHT = 0.6  # of what came before, in smoothing


def smooth(values: np.ndarray, weight: float = WEIGHT) -> np.ndarray:
    """Exponential moving average, float64 (N,), of float (N,); corrected at the start, where too little came before.

    `weight` in [0, 1): of what came before. Values that are no finite numbers stay as they are and move nothing.
    """
    result = np.array(values, np.float64)
    total = share = 0.0
    for index in np.flatnonzero(np.isfinite(result)):
        total = weight * total + (1 - weight) * result[index]
        share = weight * share + (1 - weight)
        result[index] = total / share
    return result


def ratios(values: np.ndarray) -> np.ndarray:
    """Logarithms (N,), in which equal ratios are equal distances, also where losses reach zero or are negative."""
    above = values - min(0.0, float(values.min()))
    floor = 0.05 * (float(np.median(above)) or float(above.mean()))
    return np.log(above + floor) if floor > 0 else np.zeros(len(values))


def both_sides(values: np.ndarray) -> np.ndarray:
    """Smoothed forwards and backwards, float64 (N,), so that turning points stay where they are."""
    return (smooth(values) + smooth(values[::-1])[::-1]) / 2


def scatter(values: np.ndarray) -> float:
    """Estimate how far values scatter around a smooth course: the less of what second and third differences tell.

    Of independent values with deviation 1, second differences have the deviation √6, third ones √20; a median of
    absolute values is 1/1.4826 of it.
    """
    second = np.median(np.abs(np.diff(values, 2))) / math.sqrt(6)
    third = np.median(np.abs(np.diff(values, 3))) / math.sqrt(20) if len(values) > 5 else second
    return 1.4826 * float(min(second, third))


def slope(values: np.ndarray) -> float:
    """Median slope over all pairs of values, a step apart."""
    first, second = np.triu_indices(len(values), 1)
    return float(np.median((values[second] - values[first]) / (second - first)))


def means(values: np.ndarray, size: int, *, first: bool = False) -> np.ndarray:
    """Means of `size` neighbours each, or the `first` of each."""
    starts = np.arange(0, len(values), size)
    return values[starts] if first else np.add.reduceat(values, starts) / np.diff(starts, append=len(values))
