#!/usr/bin/env python3
"""Writes `reports.csv` and `plans.csv`: what each report of the worked example states.

63 provinces report the twelve months of 2024 and June 2025, the 34 provinces after the merger report July 2025. Some
reports are missing, some facts are left out of a report, some reports have a second issue with other figures, some
provinces report the first quarter too, and some figures are wrong. The same bytes come out every time: each number
is drawn from a digest of its name.

    python3 generate.py
"""

import csv
import hashlib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATES = HERE.parent.parent / "templates"

COLUMNS = [
    "file", "system", "province", "period", "date", "issue",
    "plan", "jobs", "jobs_female", "jobs_cumulative", "jobs_percent", "jobs_growth", "jobs_estimate",
    "abroad_cumulative", "benefit_million", "foreign_workers", "strikes",
    "households", "poor", "poor_rate",
]


def draw(name, low, high):
    """A whole number from `low` to `high`, both included, that belongs to a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return low + int.from_bytes(digest[:8], "big") % (high - low + 1)


def chance(name, percent):
    return draw(name + "?", 1, 100) <= percent


def provinces():
    with open(TEMPLATES / "provinces.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cents(value):
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def truth(code, year, month, what):
    size = draw(f"{code} size", 3, 40)
    base = {"jobs": 90, "abroad": 4, "benefit": 700}[what] * size
    return base + draw(f"{code} {year} {month} {what}", 0, base)


def plan_of(code):
    """A round target of about a year's jobs."""
    year = sum(truth(code, 2024, month, "jobs") for month in range(1, 13))
    return year // 500 * 500 or 500


def facts(code, year, month, members, issue):
    """What one report states; `members` are the provinces of the list of 63 that it speaks for."""
    name = f"{code} {year} {month}"
    row = dict.fromkeys(COLUMNS, "")

    def total(what, first, last):
        return sum(truth(m, year, k, what) for m in members for k in range(first, last + 1))

    jobs, to_date = total("jobs", month, month), total("jobs", 1, month)
    if issue == 2:
        # A second issue corrects the month, and what was counted since January with it.
        slip = draw(f"{name} slip", 1, 40)
        jobs, to_date = jobs + slip, to_date + slip
    if chance(f"{name} jobs", 85):
        row["jobs"] = jobs
        if chance(f"{name} female", 60):
            row["jobs_female"] = jobs * draw(f"{name} share", 38, 52) // 100
        if month == 12 and chance(f"{name} estimate", 20):
            row["jobs_estimate"] = "yes"
    if month > 1 and chance(f"{name} cumulative", 55):
        wrong = draw(f"{name} wrong", 11, 99) if chance(f"{name} is wrong", 4) else 0
        row["jobs_cumulative"] = to_date + wrong
        if len(members) == 1 and chance(f"{name} percent", 70):
            row["jobs_percent"] = cents(Decimal(100 * (to_date + wrong)) / plan_of(members[0]))
    if chance(f"{name} abroad", 50):
        row["abroad_cumulative"] = total("abroad", 1, month)
    if chance(f"{name} benefit", 90):
        row["benefit_million"] = total("benefit", month, month)
    if chance(f"{name} foreign", 40):
        row["foreign_workers"] = sum(draw(f"{m} foreign {year} {month}", 120, 4000) for m in members)
    if chance(f"{name} strikes", 50):
        row["strikes"] = draw(f"{name} strikes", 0, 3)
    if month in (6, 12) and chance(f"{name} poor", 85):
        households = sum(draw(f"{m} households", 90_000, 900_000) for m in members)
        poor = sum(draw(f"{m} poor {year} {month}", 1_000, 30_000) for m in members)
        row["households"], row["poor"] = households, poor
        if chance(f"{name} rate", 50):
            row["poor_rate"] = cents(Decimal(100 * poor) / households)
        if chance(f"{name} only rate", 10):
            row["households"] = ""
            row["poor_rate"] = cents(Decimal(100 * poor) / households)
    return row


def issued(year, month, issue):
    day = 18 if issue == 1 else 27
    return f"{year}-{month:02d}-{day}"


def main():
    rows, plans = [], []
    old = provinces()
    for province in old:
        code = province["gso_code_63"]
        how = draw(f"{code} plan", 1, 3)
        if how == 1:
            plans.append({"province": code, "year": 2024, "indicator": "employment.jobs_created", "value": plan_of(code)})
        for year, month in [(2024, m) for m in range(1, 13)] + [(2025, 6)]:
            if chance(f"{code} {year} {month} missing", 7):
                continue
            for issue in (1, 2) if chance(f"{code} {year} {month} twice", 4) else (1,):
                row = facts(code, year, month, [code], issue)
                if how == 2 and month in (1, 7) and year == 2024:
                    # A target set in January; some provinces set another in July.
                    revised = month == 7 and chance(f"{code} new plan", 30)
                    row["plan"] = plan_of(code) + (1000 if revised else 0)
                if year == 2025 and month == 6 and row["jobs"] and chance(f"{code} growth", 50):
                    before = truth(code, 2024, 6, "jobs")
                    row["jobs_growth"] = cents(Decimal(100 * (row["jobs"] - before)) / before)
                row.update(
                    file=f"63-{code}-{year}-{month:02d}{'-lan-2' if issue == 2 else ''}.txt",
                    system="63", province=code, period=f"{year}-M{month:02d}", date=issued(year, month, issue), issue=issue,
                )
                rows.append(row)
        if chance(f"{code} quarter", 15):
            row = dict.fromkeys(COLUMNS, "")
            slip = draw(f"{code} quarter slip", 1, 60) if chance(f"{code} quarter is wrong", 40) else 0
            row.update(
                file=f"63-{code}-2024-q1.txt", system="63", province=code, period="2024-Q1", date="2024-03-28", issue=1,
                jobs=sum(truth(code, 2024, k, "jobs") for k in (1, 2, 3)) + slip,
            )
            rows.append(row)
    merged = {}
    for province in old:
        merged.setdefault(province["code_34"], []).append(province["gso_code_63"])
    for code, members in sorted(merged.items()):
        if chance(f"new {code} missing", 6):
            continue
        row = facts(f"new {code}", 2025, 7, members, 1)
        row.update(
            file=f"34-{code}-2025-07.txt", system="34", province=code, period="2025-M07", date="2025-07-18", issue=1,
        )
        rows.append(row)
    rows.sort(key=lambda row: row["file"])
    with open(HERE / "reports.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with open(HERE / "plans.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["province", "year", "indicator", "value"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(plans)


if __name__ == "__main__":
    main()
