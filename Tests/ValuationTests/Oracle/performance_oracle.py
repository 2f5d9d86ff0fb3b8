"""Records what numpy and scipy make of random histories of values and flows.

Every figure is computed here from its definition in docs/performance.md, apart from Coffer's code: returns and their
spread by numpy, money-weighted rates by scipy's brentq over a fine grid. `performance.json` holds the histories and
the figures, with which the Swift tests compare ours; only whoever records them again needs Python:

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python performance_oracle.py > performance.json
"""

import json
import math
import random
import sys

import numpy
import scipy
from scipy.optimize import brentq

DAY = 86_400
START = 1_577_836_800 // DAY  # 2020-01-01


def text(number):
    """A plain decimal or scientific text with 15 significant digits, or None."""
    if number is None or not math.isfinite(number) or abs(number) >= 1e19:
        return None
    return f"{float(number):.15g}"


def day_of(time):
    """The day that an instant lies in, or closes at midnight."""
    return (time - 1) // DAY


# The histories.


def history(rng, kind):
    """Points as (time, value, inflow, outflow) with decimal texts of at most four decimals."""
    length = {"short": 12, "days": 45, "year": 60, "years": 70}.get(kind, 35)
    step = {"short": DAY // 3, "year": 7 * DAY, "years": 28 * DAY, "hours": DAY // 4}.get(kind, DAY)
    drift, spread = rng.uniform(-0.004, 0.006), rng.uniform(0.002, 0.08)
    if kind == "calm":
        drift, spread = 0.0, 0.0
    value = 0.0 if kind == "late" else round(rng.uniform(50, 90_000), rng.choice([0, 2, 4]))
    time = START * DAY + rng.randrange(0, 400) * DAY
    points = [(time, value, 0.0, 0.0)]
    for place in range(1, length):
        time += step
        inflow = outflow = 0.0
        if kind == "late" and place < 6:
            points.append((time, 0.0, 0.0, 0.0))
            continue
        if value > 0:
            value *= math.exp(rng.gauss(drift, spread))
        chance = rng.random()
        if kind == "late" and place == 6:
            inflow = round(rng.uniform(100, 10_000), 2)
            value = inflow * rng.choice([1.0, 0.985])
        elif kind == "emptied" and place == length // 3:
            outflow = round(value, 4)
            value = 0.0
        elif kind == "emptied" and length // 3 < place < length // 2:
            value = 0.0
        elif kind == "emptied" and place == length // 2:
            inflow = round(rng.uniform(10, 5_000), 2)
            value = inflow * 0.99
        elif kind == "lost" and place == length // 2:
            value = 0.0
        elif kind == "lost" and place == length // 2 + 3:
            inflow = 500.0
            value = 499.0
        elif kind == "broken" and place == length // 2:
            value = -0.25 * value
        elif kind == "gift" and place == 3:
            outflow = round(value, 4)
            value = 0.0
        elif kind == "gift" and place == 5:
            value = 42.0  # an income without capital: left out, and counted
        elif chance < 0.12 and value >= 0:
            inflow = round(rng.uniform(0.01, 0.8) * max(value, 100), rng.choice([0, 2, 4]))
            value += inflow * rng.choice([1.0, 1.0, 0.995])
        elif chance < 0.2 and value > 0:
            outflow = round(rng.uniform(0.01, 0.5) * value, 4)
            value -= outflow
        elif chance < 0.23 and value > 0:
            # The value just before, at the same time, then a deposit that costs a fee.
            points.append((time, round(value, 4), 0.0, 0.0))
            inflow = round(rng.uniform(0.5, 3) * max(value, 10), 2)
            value += inflow * 0.98
            if rng.random() < 0.3:
                outflow = round(0.1 * value, 2)
                value -= outflow
        value = round(value, 4)
        points.append((time, value, inflow, outflow))
    return points


# The figures.


def growths(points):
    """The growth of each sub-period, None where it is left out; and whether the chain broke, and how many count."""
    result, unlinked = [], 0
    for before, point in zip(points, points[1:]):
        base, value, flow = before[1], point[1], point[2] - point[3]
        same_instant = flow > 0 and before[0] == point[0] and base >= 0 and value >= 0
        if base > 0 and value - flow >= -1e-9 and not same_instant:
            result.append(max(0.0, value - flow) / base)
        elif flow > 0 and base + flow > 0 and value >= 0:
            result.append(value / (base + flow))
        elif base > 0:
            return result, True, unlinked
        else:
            unlinked += abs(value - flow - base) > 1e-9
            result.append(None)
    return result, False, unlinked


def days_of(points, factors):
    """The returns of the days: of the first one from its first point on, of others from the end of the day before."""
    growth, start = {}, {}
    for before, point, factor in zip(points, points[1:], factors):
        day = day_of(point[0])
        start.setdefault(day, day_of(before[0]))
        if factor is not None:
            growth[day] = growth.get(day, 1.0) * factor
    first = day_of(points[0][0])
    return {day: value - 1 for day, value in growth.items() if day == first or start[day] == day - 1}


def drawdown(points, factors):
    """The deepest fall of the index with its times; heights within 10⁻¹² count as equal."""
    index = numpy.cumprod([1.0] + [1.0 if factor is None else factor for factor in factors])
    heights = numpy.maximum.accumulate(index)
    falls = 1 - index / heights
    worst = falls.max()
    if worst < 1e-12:
        return 0.0, None, None, None
    trough = int(numpy.argmax(falls > worst - 1e-12))
    at_height = [place for place in range(trough + 1) if index[place] >= heights[trough] * (1 - 1e-12)]
    later = [place for place in range(trough, len(index)) if index[place] >= heights[trough] * (1 - 1e-12)]
    times = [point[0] for point in points]
    return worst, times[at_height[-1]], times[trough], times[later[0]] if later else None


def money_weighted(flows):
    """The yearly rate and that of the period, or None; flows as (day, amount to the investor)."""
    sums = {}
    for day, amount in flows:
        sums[day] = sums.get(day, 0.0) + amount
    sums = {day: amount for day, amount in sorted(sums.items()) if abs(amount) > 1e-9}
    amounts = numpy.array(list(sums.values()))
    if len(sums) < 2 or not (amounts > 0).any() or not (amounts < 0).any():
        return None, None
    days = numpy.array(list(sums), dtype=float)
    days -= days[0]
    span = min(days[-1], 365.0)

    def present_value(log_growth):
        exponent = -log_growth * days / span
        return float((amounts * numpy.exp(exponent - exponent.max())).sum())

    limit = 20 * math.log(2)
    grid = numpy.linspace(-limit, limit, 4_001)
    values = [present_value(place) for place in grid]
    roots = []
    for left, right, low, high in zip(grid, grid[1:], values, values[1:]):
        if low == 0:
            roots.append(left)
        elif low * high < 0:
            roots.append(brentq(present_value, left, right, xtol=1e-15, rtol=1e-15, maxiter=500))
    if not roots:
        return None, None
    root = min(roots, key=abs)
    annual = math.expm1(root * 365 / span) if root * 365 / span < 40 else None
    return annual, math.expm1(root * days[-1] / span)


def spread(returns, risk_free, acceptable, year):
    """The figures from daily returns."""
    figures = {}
    if len(returns) < 2:
        return figures
    sample = numpy.array(returns)
    volatility = numpy.std(sample, ddof=1) * math.sqrt(year)
    shortfall = numpy.minimum(0, sample - acceptable / year)
    downside = math.sqrt(numpy.mean(shortfall**2) * year)
    figures["volatility"] = volatility if volatility >= 1e-12 else 0.0
    figures["downsideDeviation"] = downside if downside >= 1e-12 else 0.0
    if volatility >= 1e-12:
        figures["sharpe"] = (sample.mean() * year - risk_free) / volatility
    if downside >= 1e-12:
        figures["sortino"] = (sample.mean() * year - acceptable) / downside
    for percent in (95, 99):
        quantile = numpy.quantile(sample, 1 - percent / 100, method="linear")
        figures[f"valueAtRisk{percent}"] = -quantile
        if percent == 95:
            figures["conditionalValueAtRisk95"] = -sample[sample <= quantile + 1e-15].mean()
    return figures


def figures_of(points, risk_free, acceptable, year):
    first, last = points[0], points[-1]
    inflows = math.fsum(point[2] for point in points[1:])
    outflows = math.fsum(point[3] for point in points[1:])
    gain = last[1] - first[1] - inflows + outflows
    duration = last[0] - first[0]
    capital = first[1] + math.fsum(
        (point[2] - point[3]) * (last[0] - point[0]) / duration for point in points[1:]
    )
    figures = {
        "inflows": inflows,
        "outflows": outflows,
        "absoluteChange": gain,
        "averageCapital": capital,
        "relativeChange": gain / capital if capital > 1e-9 else None,
    }
    factors, broken, unlinked = growths(points)
    figures["unlinkedCount"] = unlinked
    days = day_of(last[0]) - day_of(first[0])
    returns = []
    if not broken and any(factor is not None for factor in factors):
        growth = float(numpy.prod([factor for factor in factors if factor is not None]))
        figures["timeWeightedReturn"] = growth - 1
        if days >= 365:
            figures["annualizedTimeWeightedReturn"] = growth ** (365 / days) - 1
        fall, peak, trough, recovery = drawdown(points, factors)
        figures["maxDrawdown"] = fall
        figures["times"] = [peak, trough, recovery]
        by_day = days_of(points, factors)
        returns = list(by_day.values())
        if returns:
            figures["bestDay"], figures["worstDay"] = max(returns), min(returns)
    figures["dayCount"] = len(returns)
    if first[1] >= 0:
        flows = [(day_of(first[0]), -first[1])]
        flows += [(day_of(point[0]), point[3] - point[2]) for point in points[1:]]
        flows.append((day_of(last[0]), last[1]))
        figures["moneyWeightedReturn"], figures["periodMoneyWeightedReturn"] = money_weighted(flows)
    figures.update(spread(returns, risk_free, acceptable, year))
    return figures


def benchmark_of(points, weights, prices, risk_free, year):
    """A mix brought back to its weights at the end of each day, beside the portfolio."""
    weights = numpy.array(weights) / sum(weights)
    levels, level, base = [1.0], 1.0, 0
    for place in range(1, len(points)):
        if day_of(points[place][0]) != day_of(points[place - 1][0]):
            level, base = levels[-1], place - 1
        relatives = [column[place] / column[base] for column in prices]
        levels.append(level * float(numpy.dot(weights, relatives)))
    line = [(point[0], level, 0.0, 0.0) for point, level in zip(points, levels)]
    own = figures_of(line, risk_free, 0.0, year)
    keys = ("timeWeightedReturn", "annualizedTimeWeightedReturn", "volatility", "maxDrawdown", "sharpe")
    figures = {key: own.get(key) for key in keys}
    worth = points[0][1] * levels[-1]
    for point, level in zip(points[1:], levels[1:]):
        worth += (point[2] - point[3]) * levels[-1] / level
    figures["sameFlowsEndingValue"] = worth
    factors, broken, _ = growths(points)
    mine = {} if broken else days_of(points, factors)
    other = days_of(line, growths(line)[0])
    common = [day for day in mine if day in other]
    figures["commonDayCount"] = len(common)
    if len(common) < 2:
        return figures
    left = numpy.array([mine[day] for day in common])
    right = numpy.array([other[day] for day in common])
    error = numpy.std(left - right, ddof=1) * math.sqrt(year)
    if error >= 1e-12:
        figures["informationRatio"] = (left - right).mean() * year / error
    figures["trackingError"] = error if error >= 1e-12 else 0.0
    if numpy.std(right, ddof=1) * math.sqrt(year) >= 1e-12:
        figures["beta"] = numpy.cov(left, right)[0][1] / numpy.var(right, ddof=1)
        figures["alpha"] = (left.mean() * year - risk_free) - figures["beta"] * (right.mean() * year - risk_free)
        if numpy.std(left, ddof=1) * math.sqrt(year) >= 1e-12:
            figures["correlation"] = numpy.corrcoef(left, right)[0][1]
    return figures


def plain(number):
    """The shortest decimal text of an input."""
    return f"{number:.4f}".rstrip("0").rstrip(".")


def written(figures):
    return {
        key: value if key == "times" or isinstance(value, int) else text(value)
        for key, value in figures.items()
    }


def main():
    rng = random.Random(20261120)
    kinds = ["days", "short", "year", "years", "hours", "calm", "late", "emptied", "lost", "broken", "gift"]
    cases = []
    for number in range(242):
        kind = kinds[number % len(kinds)]
        points = history(rng, kind)
        risk_free, acceptable = rng.choice([(0.0, 0.0), (0.03, 0.0), (0.045, 0.02)])
        year = rng.choice([365, 365, 365, 252])
        case = {
            "name": f"{number} {kind}",
            "settings": [plain(risk_free), plain(acceptable), year],
            "points": " ".join(
                f"{time},{plain(value)},{plain(inflow)},{plain(outflow)}"
                for time, value, inflow, outflow in points
            ),
            "figures": written(figures_of(points, risk_free, acceptable, year)),
        }
        if number % 4 == 1:
            weights = rng.choice([[1.0], [0.6, 0.4], [0.333, 0.333, 0.333], [0.5, 0.3, 0.2]])
            prices = []
            for _ in weights:
                price, column = rng.uniform(0.5, 60_000), []
                for _ in points:
                    column.append(round(price, 4))
                    price *= math.exp(rng.gauss(0.001, 0.04))
                prices.append(column)
            case["weights"] = [plain(weight) for weight in weights]
            case["prices"] = [" ".join(plain(price) for price in column) for column in prices]
            case["benchmark"] = written(benchmark_of(points, weights, prices, risk_free, year))
        cases.append(case)
    # One case a line, so that a change can be read.
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    sys.stdout.write(f'{{"numpy":"{numpy.__version__}","scipy":"{scipy.__version__}","cases":[\n{lines}\n]}}\n')


main()
