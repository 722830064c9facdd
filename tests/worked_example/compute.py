#!/usr/bin/env python3
"""Computes, from what the reports of the worked example state, every figure that follows from it.

Reads `reports.csv` and `plans.csv` beside this file and the lists of provinces in `templates/`; writes `figures.csv`,
the figures as reported, and `figures-34.csv`, which of them are others on the boundaries of the 34 provinces for the
whole series (`-` gone, `+` new). Nothing here is shared with the program: fractions instead of decimals, plain dictionaries
instead of frames, a search over all ways to make up a period instead of a graph.

    python3 compute.py
"""

import csv
import sys
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATES = HERE.parent.parent / "templates"

JOBS, ABROAD, BENEFIT = "employment.jobs_created", "employment.overseas_workers", "insurance.benefit_amount"
FOREIGN, STRIKES = "foreign.workers", "labour.strikes"
HOUSEHOLDS, POOR, RATE = "poverty.households", "poverty.poor_households", "poverty.poor_rate"
FLOWS, STOCKS = {JOBS, ABROAD, BENEFIT, STRIKES}, {FOREIGN, HOUSEHOLDS, POOR}


# Periods are (year, first month, last month); the shape of each is given by these bounds alone.

def name_of(period):
    year, first, last = period
    if first == last:
        return f"{year}-M{first:02d}"
    if (first, last) in ((1, 3), (4, 6), (7, 9), (10, 12)):
        return f"{year}-Q{last // 3}"
    if (first, last) in ((1, 6), (7, 12)):
        return f"{year}-S{last // 6}"
    if (first, last) == (1, 12):
        return f"{year}"
    assert first == 1
    return f"{year}-01-01/P{last}M"


def read_period(text):
    year, unit = int(text[:4]), text[5:]
    number = int(unit[1:])
    return (year, number, number) if unit[0] == "M" else (year, 3 * number - 2, 3 * number)


def length(period):
    return period[2] - period[1] + 1


def regular(year):
    """Months, quarters, halves, nine months, the year."""
    yield from ((year, m, m) for m in range(1, 13))
    yield from ((year, q, q + 2) for q in (1, 4, 7, 10))
    yield from ((year, 1, 6), (year, 7, 12), (year, 1, 9), (year, 1, 12))


def from_january(year):
    return ((year, 1, m) for m in range(1, 13))


def shape(period):
    """Order of shapes: month, quarter, half, first months, year."""
    return {1: 0, 3: 1, 6: 2, 12: 4}.get(length(period), 3)


class Figure:
    def __init__(self, value, status, basis, exact=True):
        self.value, self.status, self.basis, self.exact = Fraction(value), status, basis, exact
        self.as_of = self.compared = self.agrees = None

    @property
    def stated(self):
        return self.basis == "direct"


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def statements():
    """(report, system, province, period, indicator, breakdown, measure, value, status) of every fact."""
    for row in read(HERE / "reports.csv"):
        period = read_period(row["period"])
        to_date = (period[0], 1, period[2])
        status = "E" if row["jobs_estimate"] else "A"
        facts = [
            ("plan", period, JOBS, "", "plan", "A", 1),
            ("jobs", period, JOBS, "", "actual", status, 1),
            ("jobs_female", period, JOBS, "sex=female", "actual", status, 1),
            ("jobs_growth", period, JOBS, "", "yoy_pct", status, 1),
            ("jobs_cumulative", to_date, JOBS, "", "actual", "A", 1),
            ("jobs_percent", to_date, JOBS, "", "pct_of_plan", "A", 1),
            ("abroad_cumulative", to_date, ABROAD, "", "actual", "A", 1),
            ("benefit_million", period, BENEFIT, "", "actual", "A", 1_000_000),
            ("foreign_workers", period, FOREIGN, "", "actual", "A", 1),
            ("strikes", period, STRIKES, "", "actual", "A", 1),
            ("households", period, HOUSEHOLDS, "", "actual", "A", 1),
            ("poor", period, POOR, "", "actual", "A", 1),
            ("poor_rate", period, RATE, "", "actual", "A", 1),
        ]
        for column, of, indicator, breakdown, measure, status_of, scale in facts:
            if row[column]:
                yield row, row["system"], row["province"], of, indicator, breakdown, measure, \
                    Fraction(row[column]) * scale, status_of


def settle():
    """Per key, the value of the latest issue, then of the latest report, then of the first file by name."""
    issues = defaultdict(list)
    for row in read(HERE / "reports.csv"):
        issues[row["system"], row["province"], row["period"]].append((int(row["issue"]), row["date"], row["file"]))
    rank = {}
    for group in issues.values():
        for at, (_, _, file) in enumerate(sorted(group)):
            rank[file] = at
    told = defaultdict(list)
    for row, system, province, period, indicator, breakdown, measure, value, status in statements():
        key = (system, province, period, indicator, breakdown, measure, status)
        told[key].append((rank[row["file"]], row["date"], row["file"], value, row))
    figures, digits = {}, {}
    for key, claims in told.items():
        claims.sort(key=lambda claim: claim[2])
        best = max(claims, key=lambda claim: (claim[0], claim[1]))
        figures[key] = Figure(best[3], key[6], "direct")
        if key[5] == "pct_of_plan":
            digits[key] = best[4]
    return figures, digits


def decimals(value):
    """How many decimals a stated value is written with, no zeros at its end."""
    count = 0
    while (value * 10**count).denominator != 1:
        count += 1
    return count


def rounded(value, count):
    """Half away from zero."""
    scaled = abs(value) * 10**count
    whole = (2 * scaled + 1) // 2
    return Fraction(whole if value >= 0 else -whole, 10**count)


def cut(value, count):
    whole = abs(value) * 10**count // 1
    return Fraction(whole if value >= 0 else -whole, 10**count)


def written_as(computed, stated):
    count = decimals(stated)
    return stated in (rounded(computed, count), cut(computed, count))


def roundest(low, high):
    """The value between, both included, with the most zeros; of several the nearest to the middle."""
    middle = (low + high) / 2
    for zeros in range(15, -1, -1):
        step = 10**zeros
        multiples = [k * step for k in range(-(-low // step), high // step + 1) if k > 0] if (high - low) / step < 1000 else None
        if multiples:
            return min(multiples, key=lambda value: (abs(value - middle), value))
    return None


def add_plans(figures, digits):
    reported = {(s, p, row_period) for _, s, p, row_period in report_periods()}
    for plan in read(HERE / "plans.csv"):
        for system, province, period in reported:
            key = ("63", plan["province"], period, plan["indicator"], "", "plan", "A")
            if (system, province, period[0]) == ("63", plan["province"], int(plan["year"])) and key not in figures:
                figures[key] = Figure(plan["value"], "A", "direct")
    planned = {(s, p, i, b, period[0]) for s, p, period, i, b, m, _ in figures if m == "plan"}
    for key, row in digits.items():
        system, province, period, indicator, breakdown, _, status = key
        value = figures.get((system, province, period, indicator, breakdown, "actual", status))
        if value is None or (system, province, indicator, breakdown, period[0]) in planned:
            continue
        percent = figures[key].value
        unit = Fraction(1, 10 ** decimals(percent))
        low, high = 100 * value.value / (percent + unit), 100 * value.value / (percent - unit / 2)
        plan = roundest(low, high)
        if plan is not None:
            figure = Figure(plan, status, "implied", exact=False)
            figures[system, province, read_period(row["period"]), indicator, breakdown, "plan", status] = figure
    # Every plan holds in all periods of its year that anything is reported of.
    asked = {period for *_, period in report_periods()}
    plans = defaultdict(list)
    for (system, province, period, indicator, breakdown, measure, _), figure in figures.items():
        if measure == "plan":
            plans[system, province, indicator, breakdown, period[0]].append((period[2], shape(period), period, figure))
    for (system, province, indicator, breakdown, year), told in plans.items():
        told.sort(key=lambda plan: plan[:3])
        stated = {plan[2] for plan in told}
        for period in asked:
            if period[0] != year or period in stated:
                continue
            earlier = [plan for plan in told if plan[0] <= period[2]]
            _, _, of, source = earlier[-1] if earlier else told[0]
            figure = Figure(source.value, "A", "implied" if source.basis == "implied" else "carried", source.exact)
            figure.status, figure.as_of = source.status, of
            figures[system, province, period, indicator, breakdown, "plan", source.status] = figure


def report_periods():
    for row in read(HERE / "reports.csv"):
        yield row, row["system"], row["province"], read_period(row["period"])


def results(figures, kinds, system):
    """Per series and year, the figure of each period: the reported before the estimated."""
    found = defaultdict(dict)
    for (of, province, period, indicator, breakdown, measure, status), figure in figures.items():
        if of == system and measure == "actual" and indicator in kinds:
            series = found[province, indicator, breakdown, period[0]]
            if period not in series or status < series[period].status:
                series[period] = figure
    return found


def sums(known, first, last, without=None):
    """All ways to make up the months from `first` to `last` by adding known periods."""
    if first > last:
        return [()]
    ways = []
    for period in known:
        if period != without and period[1] == first and period[2] <= last:
            ways += [(period, *rest) for rest in sums(known, period[2] + 1, last, without)]
    return ways


def differences(known, year, first, last):
    """The cheapest ways to get from the beginning of `first` to the end of `last` over known periods, forward for an
    addition (cost 1) or backward for a subtraction (cost 100), as lists of (sign, period)."""
    best = {first - 1: (0, [()])}
    for _ in range(13):
        for period in known:
            for sign, start, end, cost in ((1, period[1] - 1, period[2], 1), (-1, period[2], period[1] - 1, 100)):
                if start not in best or end == first - 1:
                    continue
                price, ways = best[start][0] + cost, [(*way, (sign, period)) for way in best[start][1]]
                if end not in best or price < best[end][0]:
                    best[end] = (price, ways)
                elif price == best[end][0]:
                    both = best[end][1] + [way for way in ways if way not in best[end][1]]
                    best[end] = (price, both)
    return best.get(last, (0, []))[1]


def one_value(ways, value_of, what):
    """The value that all the cheapest ways give; they are to agree, or the example would test an accident."""
    values = {value_of(way) for way in ways}
    assert len(values) == 1, f"{what}: {sorted(map(float, values))}"
    return values.pop()


def worst(parts):
    return max(part.status for part in parts)


def flows(figures, system):
    for (province, indicator, breakdown, year), known in results(figures, FLOWS, system).items():
        # Of a first month, the month is the months from January.
        for period in sorted({*regular(year), *from_january(year)}):
            if period in known:
                continue
            ways = sums(known, period[1], period[2])
            if ways:
                fewest = min(map(len, ways))
                ways = [way for way in ways if len(way) == fewest]
                value = one_value(ways, lambda way: sum(known[p].value for p in way), (province, indicator, period))
                parts, basis = [known[p] for p in ways[0]], "periods"
            else:
                ways = differences(known, year, period[1], period[2])
                if not ways:
                    continue
                value = one_value(ways, lambda way: sum(s * known[p].value for s, p in way), (province, indicator, period))
                if value < 0:
                    continue
                parts, basis = [known[p] for _, p in ways[0]], "difference"
            figure = Figure(value, worst(parts), basis, all(p.exact for p in parts))
            figures[system, province, period, indicator, breakdown, "actual", figure.status] = figure
        for period, figure in known.items():
            ways = sums(known, period[1], period[2], without=period)
            if not figure.stated or not ways:
                continue
            fewest = min(map(len, ways))
            ways = [way for way in ways if len(way) == fewest]
            figure.compared = one_value(
                ways, lambda way: sum(known[p].value for p in way), (province, indicator, period, "compared")
            )
            parts = [figure, *(known[p] for p in ways[0])]
            slack = sum(half_step(part.value) for part in parts) if indicator == BENEFIT else 0
            figure.agrees = abs(figure.value - figure.compared) <= slack


def half_step(value):
    """Half of the last digit that money is written to: at most half a million."""
    if not value:
        return 0
    zeros = 0
    while zeros < 6 and value % 10 ** (zeros + 1) == 0:
        zeros += 1
    return Fraction(10**zeros, 2) if zeros else 0


def stocks(figures, system, asked):
    for (province, indicator, breakdown, year), known in results(figures, STOCKS, system).items():
        for period in regular(year):
            within = [p for p in known if period[1] <= p[2] <= period[2]]
            if period in known or not within:
                continue
            last = max(within, key=lambda p: (p[2], shape(p)))
            same = last[2] == period[2]
            if not same and period not in asked:
                continue
            source = known[last]
            figure = Figure(source.value, source.status, "same_date" if same else "last_value", source.exact)
            figure.as_of = last
            figures[system, province, period, indicator, breakdown, "actual", source.status] = figure


def rates(figures):
    for key in [k for k in figures if k[3] == POOR and k[5] == "actual" and figures[k].basis != "last_value"]:
        system, province, period, _, breakdown, _, status = key
        below = figures.get((system, province, period, HOUSEHOLDS, breakdown, "actual", status))
        if below is None or below.basis == "last_value":
            continue
        value = 100 * figures[key].value / below.value
        stated = figures.get((system, province, period, RATE, breakdown, "actual", status))
        if stated is None:
            figures[system, province, period, RATE, breakdown, "actual", status] = Figure(value, status, "ratio")
        else:
            stated.compared, stated.agrees = value, written_as(value, stated.value)


def adds(key, figure):
    return key[3] != RATE and key[5] in ("actual", "plan") and figure.basis != "last_value"


def merge(figures, places):
    """What all provinces that became one have together."""
    members = defaultdict(dict)
    for key, figure in figures.items():
        system, province, period, indicator, breakdown, measure, status = key
        if system == "63" and adds(key, figure):
            cell = members[places["63"][province]["new"], period, indicator, breakdown, measure]
            if province not in cell or status < cell[province].status:
                cell[province] = figure
    whole = defaultdict(set)
    for code, place in places["63"].items():
        whole[place["new"]].add(code)
    for (new, period, indicator, breakdown, measure), found in members.items():
        if set(found) != whole[new]:
            continue
        value, parts = sum(f.value for f in found.values()), list(found.values())
        own = [figures.get(("34", new, period, indicator, breakdown, measure, status)) for status in "AE"]
        own = next((f for f in own if f), None)
        if own:
            # Only what somebody states is set against what others give.
            if own.stated:
                own.compared, own.agrees = value, own.value == value
            continue
        basis = "implied" if any(p.basis == "implied" for p in parts) else "merged"
        figure = Figure(value, worst(parts), basis, all(p.exact for p in parts))
        figures["34", new, period, indicator, breakdown, measure, figure.status] = figure


def lists():
    regions = {"63": {}, "34": {}}
    places = {"63": {}, "34": {}}
    codes = {"63": "V", "34": "M"}
    for row in read(TEMPLATES / "provinces.csv"):
        places["63"][row["gso_code_63"]] = {"region": "V" + row["region_order"], "new": row["code_34"]}
    for row in read(TEMPLATES / "provinces-34.csv"):
        places["34"][row["code_34"]] = {"region": "M" + row["region_order"], "new": row["code_34"]}
    return places


def before_merger(period):
    return (period[0], period[2]) < (2025, 7)


def totals(figures, places, new_boundaries):
    """Totals of the country and its regions: value, how many provinces are in it, how many there are, who is missing."""
    best = {}
    for key, figure in figures.items():
        system, province, period, indicator, breakdown, measure, status = key
        if adds(key, figure):
            cell = (system, province, period, indicator, breakdown, measure)
            if cell not in best or (status, not figure.stated) < (best[cell].status, not best[cell].stated):
                best[cell] = figure
    members = defaultdict(dict)
    for (system, province, *cell), figure in best.items():
        period = cell[0]
        views = [(system, places[system][province]["region"])]
        if new_boundaries and before_merger(period):
            if system == "34":
                views = views if figure.stated else []
            else:
                new = places["63"][province]["new"]
                own = best.get(("34", new, *cell))
                if not (own and own.stated):
                    views.append(("34", places["34"][new]["region"]))
        for view, region in views:
            for area in ("VN", region):
                members[view, area, *cell][system, province] = figure
    found = {}
    for (view, area, *cell), parts in members.items():
        period = cell[0]
        if view == "34" and new_boundaries and before_merger(period):
            expected = [("63", c) for c, p in places["63"].items() if area in ("VN", places["34"][p["new"]]["region"])]
            missing = [(s, c) for s, c in expected
                       if (s, c) not in parts and ("34", places["63"][c]["new"]) not in parts]
            lacking = {f"63:{c}" for _, c in missing}
        else:
            expected = [(view, c) for c, p in places[view].items() if area in ("VN", p["region"])]
            missing = [e for e in expected if e not in parts]
            lacking = {c for _, c in missing}
        found[view, area, *cell] = {
            "value": sum(f.value for f in parts.values()), "parts": parts, "provinces": len(expected),
            "covered": len(expected) - len(missing), "missing": lacking,
            "status": max(f.status for f in parts.values()), "basis": "total",
        }
    for (view, area, period, indicator, breakdown, measure), total in list(found.items()):
        below = found.get((view, area, period, HOUSEHOLDS, breakdown, measure))
        if indicator != POOR or measure != "actual" or below is None or set(below["parts"]) != set(total["parts"]):
            continue
        concerned = set()
        for (system, province, p, i, b, m, _), figure in figures.items():
            if (p, i, b, m) == (period, RATE, breakdown, "actual") and figure.stated:
                regions = {(system, places[system][province]["region"])}
                if new_boundaries and system == "63" and before_merger(period):
                    regions.add(("34", places["34"][places["63"][province]["new"]]["region"]))
                if any(view == s and area in ("VN", region) for s, region in regions):
                    concerned.add((system, province))
        if concerned <= set(total["parts"]):
            found[view, area, period, RATE, breakdown, measure] = {
                **total, "value": 100 * total["value"] / below["value"], "basis": "ratio",
                "status": max(total["status"], below["status"]),
            }
    return found


def previous(period):
    year, first, last = period
    if length(period) == 12:
        return (year - 1, 1, 12)
    if period not in set(regular(year)) or (first == 1 and last == 9):
        return None
    return (year, first - length(period), first - 1) if first > 1 else (year - 1, 13 - length(period), 12)


def growths(figures):
    best = {}
    for key, figure in figures.items():
        *cell, status = key
        cell = tuple(cell)
        if cell not in best or (status, not figure.stated) < (best[cell].status, not best[cell].stated):
            best[cell] = figure
    for cell, figure in best.items():
        system, province, period, indicator, breakdown, measure = cell
        if measure != "actual" or figure.basis == "last_value":
            continue

        def of(other, which="actual"):
            return best.get((system, province, other, indicator, breakdown, which)) if other else None

        bases = {"yoy_pct": of((period[0] - 1, period[1], period[2])), "prev_pct": of(previous(period))}
        if indicator != RATE and (indicator in STOCKS or period[1] == 1):
            ends = [period] + [p for p in regular(period[0]) if p[2] == period[2]]
            bases["pct_of_plan"] = next((of(p, "plan") for p in ends if of(p, "plan")), None)
        for growth, base in bases.items():
            if base is None or base.basis == "last_value" or growth == "pct_of_plan" and base.basis == "implied":
                continue
            if indicator == RATE:
                value, growth = figure.value - base.value, growth.replace("pct", "abs")
            elif base.value <= 0:
                continue
            else:
                value = 100 * (figure.value if growth == "pct_of_plan" else figure.value - base.value) / base.value
            stated = of(period, growth)
            yield cell, growth, max(figure.status, base.status), value, stated


def text(value):
    """As the program writes a decimal: at most ten decimals, no zeros at the end."""
    if value is None:
        return ""
    value = rounded(value, 10)
    if value.denominator == 1:
        return str(value.numerator)
    digits = f"{abs(value.numerator) * 10**10 // value.denominator:011d}"
    out = f"{digits[:-10]}.{digits[-10:]}".rstrip("0")
    return "-" + out if value < 0 else out


def compute(new_boundaries):
    places = lists()
    figures, digits = settle()
    asked = {period for *_, period in report_periods()}
    add_plans(figures, digits)
    flows(figures, "63")
    stocks(figures, "63", asked)
    if new_boundaries:
        merge(figures, places)
    flows(figures, "34")
    stocks(figures, "34", asked)
    rates(figures)
    rows = []
    for (system, province, period, indicator, breakdown, measure, status), f in figures.items():
        of = "actual" if measure in ("yoy_pct", "pct_of_plan") else ""
        rows.append([
            system, "province", province, name_of(period), indicator, breakdown, measure, of, "", status, text(f.value),
            f.basis, "", "", "", name_of(f.as_of) if f.as_of else "", text(f.compared),
            "" if f.agrees is None else str(f.agrees).lower(),
        ])
    for (view, area, period, indicator, breakdown, measure), t in totals(figures, places, new_boundaries).items():
        level = "country" if area == "VN" else "region"
        rows.append([
            view, level, area, name_of(period), indicator, breakdown, measure, "", "", t["status"], text(t["value"]),
            t["basis"], str(t["covered"]), str(t["provinces"]), " ".join(sorted(t["missing"])), "", "", "",
        ])
    for (system, province, period, indicator, breakdown, _), growth, status, value, stated in growths(figures):
        base = "previous_period" if growth.startswith("prev") else ""
        rows.append([
            system, "province", province, name_of(period), indicator, breakdown, growth, "actual", base, status,
            text(value), "growth", "", "", "", "", text(stated.value) if stated else "",
            str(written_as(value, stated.value)).lower() if stated else "",
        ])
    return sorted(rows)


COLUMNS = [
    "province_system", "level", "area", "period", "indicator", "breakdown", "measure", "of", "base", "status", "value",
    "basis", "covered", "provinces", "missing", "as_of", "compared", "agrees",
]


def main():
    reported, new = compute(False), compute(True)
    on_both = set(map(tuple, reported)) & set(map(tuple, new))
    changes = [["-", *row] for row in reported if tuple(row) not in on_both]
    changes += [["+", *row] for row in new if tuple(row) not in on_both]
    for name, header, rows in (
        ("figures.csv", COLUMNS, reported),
        ("figures-34.csv", ["change", *COLUMNS], changes),
    ):
        with open(HERE / name, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        print(f"{name}: {len(rows)} figures", file=sys.stderr)


if __name__ == "__main__":
    main()
