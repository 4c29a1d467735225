"""What the checks in a browser share: the browser, axe-core, and whether a page fits its window."""

import os
import shutil
import sys

from axe_playwright_python.sync_playwright import Axe

# Every rule, the stricter and the newer ones too: contrast of 7:1, targets of 24 px.
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": True}},
    "resultTypes": ["violations"],
}


def chromium():
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not path:
        sys.exit("accessibility: no Chromium; install Debian's package chromium, or set CHROMIUM=PATH")
    return path


def violations(page):
    for violation in Axe().run(page, options=OPTIONS).response["violations"]:
        for node in violation["nodes"]:
            lines = [f"{violation['id']}: {violation['help']}", node["html"][:160], node["failureSummary"]]
            yield "\n".join(lines).replace("\n", "\n    ")


def reflow(page):
    """The page itself never scrolls sideways; what is wide scrolls inside its own box. (WCAG 2.2, 1.4.10)"""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if wide > room:
        yield f"the page is {wide} px wide in a window of {room} px"


class Expectations:
    """Says of each thing whether it holds, as it goes, and remembers what does not."""

    def __init__(self, name):
        self.name, self.problems = name, []

    def __call__(self, holds, what):
        print(f"{self.name}: {what}: {'yes' if holds else 'NO'}", flush=True)
        if not holds:
            self.problems.append(what)

    def exit(self):
        print(f"{self.name}: {len(self.problems)} problems")
        sys.exit(1 if self.problems else 0)
