"""Tries the evidence page in headless Chromium: `evidence.py PROGRAM [SHOTS]`.

PROGRAM is the built program. Works in a folder of its own; nothing is fetched. With SHOTS, pictures of the page at
two window sizes are left there.
"""

import csv
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from chromium import Browser  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
MOST_MS = 1000


def run(*command):
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    if ended.returncode > 1:
        raise SystemExit(f"{' '.join(command)}: status {ended.returncode}\n{ended.stdout}{ended.stderr}")


def check(what, found, expected):
    if found != expected:
        raise SystemExit(f"FAILED: {what}\n  found    {found!r}\n  expected {expected!r}")
    print(f"  {what}: {found!r}")


def holds(what, condition, found=""):
    if not condition:
        raise SystemExit(f"FAILED: {what} {found!r}")
    print(f"  {what} {found}")


def no_trouble(browser):
    """Nothing went wrong in the page, and nothing was fetched."""
    troubles = [e for e in browser.events if e.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded")]
    check("exceptions and warnings in the page", troubles, [])
    asked = [
        e["params"]["request"]["url"]
        for e in browser.events
        if e.get("method") == "Network.requestWillBeSent"
    ]
    check("anything asked of a network", [url for url in asked if not url.startswith(("file:", "data:"))], [])


TEXT = "document.querySelector('%s').textContent"


def one_page(browser, out, shots):
    page = os.path.join(out, "evidence.html")
    rows = list(csv.DictReader(open(os.path.join(out, "observations.csv"), encoding="utf-8")))
    reports = list(csv.DictReader(open(os.path.join(out, "reports.csv"), encoding="utf-8")))
    browser.size(1440, 900)
    browser.open(page)
    check("reports in the list", browser.run("document.querySelectorAll('#list [data-report]').length"), len(reports))

    print("a number, by mouse")
    first = next(row for row in rows if row["file"] == reports[0]["file"])
    with open(os.path.join(out, "text", first["file"] + ".txt"), encoding="utf-8") as file:
        text = file.read()
    stated = text.encode()[int(first["start"]) : int(first["end"])].decode()
    browser.click(".text .n.o")
    holds("the details name its indicator", first["indicator"] in browser.run(TEXT % "#panel"), first["indicator"])
    holds("and quote its sentence", first["quote"][:40] in browser.run(TEXT % "#panel blockquote"))
    check("the chosen number", browser.run(TEXT % ".text .n[aria-current]"), stated)

    print("the next number, by keyboard alone")
    before = browser.run(TEXT % "#panel h2")
    browser.key("n")
    holds("n goes on", browser.run(TEXT % "#panel h2") != before)
    browser.key("p")
    check("p goes back", browser.run(TEXT % "#panel h2"), before)
    browser.run("document.getElementById('middle').focus()")
    browser.key("Tab")
    check("Tab reaches one number of the text", browser.run("document.activeElement.matches('.text .n')"), True)
    browser.key("ArrowRight")
    browser.key("ArrowRight")
    browser.run("document.querySelector('#panel').textContent = ''")
    browser.key("Enter")
    holds("Enter shows it", len(browser.run(TEXT % "#panel")) > 20)
    browser.key("]")
    check("] opens the next report", browser.run("document.querySelector('#list [aria-current]').dataset.report"), "1")
    browser.key("[")

    print("search without diacritics")
    browser.key("/")
    check("/ goes to the search", browser.run("document.activeElement.id"), "search")
    browser.write("giai quyet viec lam")
    browser.run("new Promise((done) => setTimeout(done, 400))")
    hits = browser.run("document.querySelectorAll('#list .hit').length")
    holds("places found", hits > 0, hits)
    browser.click("#list li button")
    browser.key("/")
    browser.key("Escape")
    check("Escape empties the search", browser.run("document.getElementById('search').value"), "")
    check("and the reports are listed again", browser.run("document.querySelectorAll('#list [data-report]').length"), len(reports))

    print("only what needs a look")
    doubtful = sum(1 for row in csv.DictReader(open(os.path.join(out, "ledger.csv"), encoding="utf-8")) if row["class"] == "unmapped")
    browser.run("document.getElementById('filter').value = 'u'; document.getElementById('filter').dispatchEvent(new Event('change'))")
    check("numbers not understood", browser.run("document.querySelectorAll('#list li').length"), doubtful)
    browser.click("#list li button")
    holds("the reason is told", len(browser.run(TEXT % "#panel dd")) > 3, browser.run(TEXT % "#panel dd"))
    browser.run("document.getElementById('filter').value = ''; document.getElementById('filter').dispatchEvent(new Event('change'))")

    print("figures: from a total to the sentences")
    browser.key("2")
    check("the tab", browser.run("document.getElementById('tab-figures').getAttribute('aria-selected')"), "true")
    browser.run(
        "(() => { const p = document.getElementById('period'); p.value = String([...p.options].findIndex((o) => o.text === 'quý II năm 2024'));"
        " p.dispatchEvent(new Event('change')); })()"
    )
    members = browser.run(
        "(() => { for (const node of document.querySelectorAll('td button[data-total]')) { node.click();"
        " const list = document.querySelectorAll('#panel > details'); if (list.length > 1) return list.length; } return 0; })()"
    )
    holds("a total with addends", members > 1, members)
    total = browser.run(TEXT % "td button[aria-current]")
    values = browser.run("[...document.querySelectorAll('#panel > details > summary strong')].map((n) => n.textContent)")
    # A value said roughly carries a sign before its number: «~ 3.000 người».
    whole = lambda text: float(text.lstrip("~<> ").split(" ")[0].replace(".", "").replace(",", "."))
    check("its addends make it up", round(sum(whole(value) for value in values), 2), round(whole(total), 2))
    holds("each with its sentence", browser.run("document.querySelectorAll('#panel > details blockquote').length") >= members)
    if shots:
        browser.picture(os.path.join(shots, "figures-1440.png"))
    browser.run("document.querySelector('#panel details').open = true; document.querySelector('#panel details .go').click()")
    holds("and the way into the report", browser.run("document.querySelector('.text .n[aria-current]') !== null"))

    print("help and paper")
    browser.key("?")
    check("? opens the keys", browser.run("document.getElementById('help').open"), True)
    browser.key("Escape")
    printed = os.path.join(out, "printed.pdf")
    browser.pdf(printed)
    check("the numbers follow the text on paper", browser.run("document.querySelectorAll('#paper tbody tr').length > 0"), True)
    os.remove(printed)

    print("contrast and names")
    nameless = browser.run(
        "[...document.querySelectorAll('button, input, select, a[href]')].filter((n) =>"
        " !(n.textContent.trim() || n.getAttribute('aria-label') || n.title || n.closest('label'))).length"
    )
    check("controls without a name", nameless, 0)
    low = browser.run(CONTRAST)
    check("texts with less contrast than 4.5", low, [])
    if shots:
        for width, height in ((1440, 900), (1024, 768)):
            browser.size(width, height)
            browser.open(page)
            browser.run("document.querySelector('.text .n.o').click()")
            browser.picture(os.path.join(shots, f"report-{width}.png"))
    no_trouble(browser)


# Each text against the first ground behind it that is not transparent.
CONTRAST = """
(() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ground = (node) => { for (; node; node = node.parentElement) { const c = parts(getComputedStyle(node).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } return [255, 255, 255]; };
  const low = new Set();
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.getClientRects().length || getComputedStyle(node).visibility === 'hidden' || node.tagName === 'SCRIPT') continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(node.tagName + '.' + node.className + ' ' + ratio.toFixed(2));
  }
  return [...low].sort();
})()
"""


def many_reports(browser, out):
    browser.size(1440, 900)
    page = os.path.join(out, "evidence.html")
    size = os.path.getsize(page)
    times = []
    for _ in range(5):
        browser.open(page)
        times.append(browser.run("performance.getEntriesByName('shown')[0].startTime"))
        painted = browser.run("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
        times[-1] = max(times[-1], painted)
    count = browser.run("document.querySelectorAll('#list [data-report]').length")
    times.sort()
    told = ", ".join(f"{time:.0f}" for time in times)
    print(f"  {count} reports, {size / 1e6:.1f} MB, shown after {told} ms")
    check("reports in the list", count, 63)
    holds(f"opens in less than {MOST_MS} ms", times[2] < MOST_MS)
    search = browser.run(
        "(async () => { const box = document.getElementById('search'); box.value = 'quyet dinh'; const start = performance.now();"
        " box.dispatchEvent(new Event('input')); await new Promise((done) => setTimeout(done, 160));"
        " while (!document.querySelector('#list h2')) await new Promise((done) => setTimeout(done, 5));"
        " return performance.now() - start; })()"
    )
    print(f"  the first search over all of them: {search:.0f} ms")
    no_trouble(browser)


def main():
    program = os.path.abspath(sys.argv[1])
    shots = sys.argv[2] if len(sys.argv) > 2 else None
    if shots:
        os.makedirs(shots, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="evidence-") as work, Browser() as browser:
        print("== the page of the example reports")
        out = os.path.join(work, "out")
        run(program, "run", "examples/reports", "--plans", "examples/plans.csv", "--out", out, "--quiet")
        run(program, "evidence", out)
        one_page(browser, out, shots)
        print("== the page of 63 reports")
        reports, out = os.path.join(work, "reports"), os.path.join(work, "many")
        run("cargo", "run", "--quiet", "--example", "generate_reports", "--", "63", reports)
        run(program, "run", reports, "--out", out, "--quiet")
        run(program, "evidence", out)
        many_reports(browser, out)
    print("the evidence page is as it should be")


if __name__ == "__main__":
    main()
