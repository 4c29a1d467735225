"""Checks rendered reports in a browser: axe-core finds nothing to blame, and what the reports promise holds.

    python html.py [--screenshots DIR] FILE.html ...

For each file: light and dark, 320 and 1200 px wide, with and without scripts. Needs PyPI's axe-playwright-python
(which brings axe-core) and a Chromium: CHROMIUM=PATH, or the first that is found. `make accessibility` sets both up.
"""

import argparse
import itertools
import pathlib
import re
import sys
import tempfile

from browser import chromium, reflow, violations
from playwright.sync_api import sync_playwright


def keyboard(page):
    """Tab reaches every link and control, forwards, and the focus is always seen. (WCAG 2.2, 2.1.1, 2.4.7)"""
    wanted = page.evaluate(
        """() => {
          const all = document.querySelectorAll("a[href], button, summary, [tabindex='0']");
          return Array.from(all).filter((e) => e.checkVisibility() && e.closest("svg") === null).length;
        }"""
    )
    page.evaluate("document.activeElement.blur()")
    reached = 0
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => {
              const e = document.activeElement, s = getComputedStyle(e);
              const isOutlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1;
              return [e === document.body, e.outerHTML.slice(0, 100), isOutlined];
            }"""
        )
        if state[0]:
            break
        reached += 1
        if not state[2]:
            yield f"no visible focus on {state[1]}"
    if reached < wanted:
        yield f"Tab reaches {reached} of {wanted} links and controls"


def sorting(page):
    """A head sorts its column by value from the keyboard, and says so. (aria-sort)"""
    heads = page.locator("div.table th button")
    for index in range(heads.count()):
        button = heads.nth(index)
        button.focus()
        for direction in ("ascending", "descending"):
            page.keyboard.press("Enter")
            state = button.evaluate(
                """(button) => {
                  const head = button.closest("th"), rows = Array.from(button.closest("table").tBodies[0].rows);
                  const cells = rows.map((row) => row.cells[head.cellIndex]);
                  const keys = cells.map((cell) => cell.dataset.key).filter((key) => key !== undefined);
                  return [head.getAttribute("aria-sort"), keys.map(Number)];
                }"""
            )
            expected = sorted(state[1], reverse=direction == "descending")
            if state[0] != direction or state[1] != expected:
                yield f"column {index}: aria-sort is {state[0]}, values stand as {state[1][:6]} …"
        page.keyboard.press("Enter")


def values(page):
    """The arrow keys and the pointer show the values of a figure's marks; Escape hides them."""
    for plate in page.locator(".plate:has(.marks)").all():
        plate.scroll_into_view_if_needed()
        plate.focus()
        page.keyboard.press("ArrowRight")
        note = page.locator(".value-note")
        first = note.inner_text()
        page.keyboard.press("Escape")
        hidden = note.inner_text()
        mark = plate.locator(".marks rect").last
        mark.scroll_into_view_if_needed()
        page.wait_for_timeout(50)
        box, frame = mark.bounding_box(), plate.bounding_box()
        left, right = max(box["x"], frame["x"]), min(box["x"] + box["width"], frame["x"] + frame["width"])
        page.mouse.move((left + right) / 2, box["y"] + box["height"] / 2)
        pointed = note.inner_text()
        page.mouse.move(0, 0)
        if not first or hidden or not pointed:
            found = f"keys show '{first}', Escape leaves '{hidden}', the pointer shows '{pointed}'"
            yield f"{plate.get_attribute('aria-label')}: {found}"


def check(browser, path, scheme, width, scripts, screenshots):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(30_000)
    problems, requests = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("console", lambda line: problems.append(f"console: {line.text}") if line.type == "error" else None)
    with tempfile.TemporaryDirectory() as folder:
        # axe-core itself needs scripts, so "off" is a copy that has none.
        source = path.resolve()
        if not scripts:
            copy = pathlib.Path(folder, path.name)
            copy.write_text(re.sub(r"<script>.*?</script>", "", source.read_text("utf-8"), flags=re.DOTALL), "utf-8")
            source = copy
        page.goto(source.as_uri())
    outside = [url for url in requests if not url.startswith(("file:", "data:"))]
    problems += [f"asks for {url}" for url in outside]
    if screenshots:
        name = f"{path.stem}-{scheme}-{width}{'' if scripts else '-plain'}.png"
        page.screenshot(path=str(screenshots / name), full_page=True)
    # What is folded away is read too.
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    # The lines at the ends of what scrolls are gradients, on which axe-core judges no contrast.
    page.evaluate("document.styleSheets[0].insertRule('.plate, .scroll { background: var(--paper) !important }', 0)")
    problems += reflow(page)
    problems += violations(page)
    if scripts and scheme == "light":
        problems += keyboard(page)
        problems += sorting(page)
        problems += values(page)
    context.close()
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    failures = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for path in arguments.files:
            for scheme, width, scripts in itertools.product(("light", "dark"), (320, 1200), (True, False)):
                problems = check(browser, path, scheme, width, scripts, arguments.screenshots)
                label = f"{path.name}, {scheme}, {width} px, scripts {'on' if scripts else 'off'}"
                print(f"{label}: {'no violation' if not problems else f'{len(problems)} problems'}", flush=True)
                for problem in problems[:20]:
                    print("  " + problem)
                failures += len(problems)
        browser.close()
    sys.exit(1 if failures else 0)


main()
