"""Owns how many slips may be misread, judged by a sample: the exact binomial bound."""

from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95

_HALVINGS = 60
"""As far as the numbers of a computer can be told apart."""


def misread_at_most(checked: int, differing: int, confidence: float = CONFIDENCE) -> float:
    """Return the share (0-1) of slips that are misread at most, with `confidence` (0-1).

    `differing` of `checked` slips, drawn at random, differed. One-sided Clopper-Pearson bound
    (Clopper and Pearson, Biometrika 26, 1934): the share at which so few would differ only with
    probability 1 - `confidence`. Drawing without putting back makes it too large, never too small.
    """
    if not 0 <= differing <= checked:
        raise ValueError(f"{differing} of {checked} cannot differ")
    if differing == checked:
        return 1.0
    low, high = differing / checked, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _so_few(checked, differing, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def slips_needed(share: float, differing: int = 0, confidence: float = CONFIDENCE) -> int:
    """Return how many slips must be checked to say that at most `share` (0-1) are misread, if
    `differing` of them differ.
    """
    low, high = differing, max(1, 2 * differing)
    while misread_at_most(high, differing, confidence) > share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        enough = misread_at_most(middle, differing, confidence) <= share
        low, high = (low, middle) if enough else (middle, high)
    return high


def _so_few(checked: int, differing: int, share: float) -> float:
    """Return the probability that at most `differing` of `checked` differ where `share` do."""
    if not 0 < share < 1:
        return 1.0 if share <= 0 else 0.0
    return sum(exp(_log_exactly(checked, count, share)) for count in range(differing + 1))


def _log_exactly(checked: int, count: int, share: float) -> float:
    ways = lgamma(checked + 1) - lgamma(count + 1) - lgamma(checked - count + 1)
    return ways + count * log(share) + (checked - count) * log1p(-share)
