"""Prints as JSON which rules of WCAG 2.2, A and AA, axe-core finds broken in an HTML file, and by how many elements.

    python axe.py CHROMIUM FILE.html
"""

import json
import pathlib
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}

chromium, file = sys.argv[1:]
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(300_000)
    page.route("http*://**", lambda route: route.abort())
    page.goto(pathlib.Path(file).resolve().as_uri())
    found = Axe().run(page, options=OPTIONS).response["violations"]
    browser.close()
print(json.dumps({violation["id"]: len(violation["nodes"]) for violation in found}))
