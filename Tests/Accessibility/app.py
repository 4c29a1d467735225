"""Uses the web app as people do, in a browser: by mouse and by keyboard, 390 and 1200 px wide, light and dark; axe-core on each page.

    python app.py ECGBOOK DATA [--screenshots DIR]

DATA is a folder in PTB-XL's layout, for samples and for what is uploaded. Every request that leaves the server's own address is
a fault, and so is whatever the browser complains about. Needs what html.py needs.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile

from browser import Expectations, chromium, reflow, violations
from playwright.sync_api import sync_playwright


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ecgbook", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    expect = Expectations("app")

    records = sorted(arguments.data.glob("records500/**/*.hea"))[:2]
    files = [[str(path), str(path.with_suffix(".dat"))] for path in records]
    server = subprocess.Popen(
        [arguments.ecgbook.resolve(), "serve", "--port", "0", "--data", arguments.data.resolve()], stdout=subprocess.PIPE, text=True)
    address = server.stdout.readline().split(" ")[0]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            for width, scheme, language in ((1200, "light", "en"), (390, "dark", "de"), (390, "light", "en"), (1200, "dark", "de")):
                visit(browser, address, files, width, scheme, language, expect, arguments.screenshots)
            without_script(browser, address, files, expect)
            browser.close()
    finally:
        server.terminate()
        status = server.wait(timeout=60)
    expect(status == 0, f"the server ends when it is told to (status {status})")
    expect.exit()


def visit(browser, address, files, width, scheme, language, expect, screenshots):
    where = f"{width} px, {scheme}, {language}"
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language, accept_downloads=True, has_touch=width < 600)
    page = context.new_page()
    complaints, outside = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith((address, "data:")) else None)

    def look(name):
        page.wait_for_timeout(200)
        if screenshots:
            screenshots.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=screenshots / f"app-{name}-{width}-{scheme}.png", full_page=True)
        found = list(violations(page)) + list(reflow(page))
        expect(not found, f"nothing to blame: {name}, {where}" + "".join(f"\n  {line}" for line in found))

    # A start, and a file that is none.
    page.goto(f"{address}?lang={language}")
    look("start")
    page.set_input_files("#files", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no recording\n"})
    page.click("#upload button")
    page.wait_for_selector("#progress[role=alert]")
    expect(len(page.inner_text("#progress")) > 20, f"a reason stands in place, {where}")
    complaints[:] = [text for text in complaints if "422" not in text]  # the browser logs the refusal

    # Files by the keyboard alone: from the field, Tab to the button, Enter.
    page.set_input_files("#files", files[0])
    page.focus("#files")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#upload button')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#trace svg")
    reading = page.url
    look("reading")
    expect(page.locator(".findings tbody tr").count() >= 20, f"every label is ranked, {where}")

    # The trace, drawn another way in place.
    before = page.inner_html("#trace .plate")
    page.select_option("#gain", "20")
    page.wait_for_function("(before) => document.querySelector('#trace .plate').innerHTML !== before", arg=before)
    expect(page.get_attribute("#trace", "data-gain") == "20" and page.url == reading, f"another gain is drawn in place, {where}")
    page.select_option("#lead", "V2")
    page.wait_for_function("document.querySelectorAll('#trace .plate > svg').length === 1 && document.querySelector('#trace desc').textContent.includes('V2')")
    expect(True, f"one lead large, {where}")
    wide = page.evaluate("document.querySelector('#trace .plate').clientWidth")
    page.click("#larger")
    expect(page.evaluate("document.querySelector('#trace .plate').clientWidth") > 1.2 * wide, f"zooms, {where}")
    page.click("#smaller")

    # Calipers by keyboard: 40 steps of a quarter of a millimetre at 25 mm/s are 400 ms.
    page.select_option("#lead", "all")
    page.wait_for_timeout(500)
    page.focus("#calipers")
    page.keyboard.press("Enter")
    page.wait_for_selector(".overlay .handle")
    look("calipers")
    first = milliseconds(page)
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    expect(abs(milliseconds(page) - first - 400) <= 1, f"calipers by keyboard read 400 ms more, {where}: {page.inner_text('#readout')}")
    # By mouse: a box of a fifth of the width of 260 mm is 52 mm, at 25 mm/s 2080 ms.
    page.evaluate("document.getElementById('trace').scrollIntoView({ block: 'start' })")
    page.evaluate("document.getElementById('trace').scrollTo(0, 0)")
    scale = page.evaluate("(() => { const s = document.querySelector('#trace .plate > svg'); return s.clientWidth / s.viewBox.baseVal.width * 72 / 25.4 })()")
    box = page.locator("#trace").bounding_box()
    x, y = box["x"] + 30, box["y"] + 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40 * scale, y - 10 * scale if y - 10 * scale > box["y"] else y + 5 * scale, steps=5)
    page.mouse.up()
    expect(abs(milliseconds(page) - 1600) <= 12, f"calipers by mouse read 40 mm as 1600 ms, {where}: {page.inner_text('#readout')}")
    page.keyboard.press("Escape")
    expect(page.locator(".overlay").count() == 0 and page.evaluate("document.activeElement.id") == "calipers", f"Escape puts them away, {where}")

    # Evidence, and what is taken along.
    label = page.eval_on_selector_all("#explain option", "options => options[1].value")
    with page.expect_navigation():
        page.select_option("#explain", label)
    expect(page.locator("#trace-title ~ h3").count() == 1, f"evidence is shown over the trace, {where}")
    look("evidence")
    with page.expect_download() as download:
        page.click(".downloads a[href*='report.pdf']")
    expect(pathlib.Path(download.value.path()).read_bytes()[:5] == b"%PDF-", f"the PDF is taken along, {where}")
    with page.expect_download() as download:
        page.click(".downloads a[href*='interpretation.json']")
    expect("headline" in json.loads(pathlib.Path(download.value.path()).read_bytes()), f"the JSON is taken along, {where}")

    # Another recording to compare with.
    page.set_input_files("#previous", files[1])
    with page.expect_navigation():
        page.click("form[action*='/compare'] button")
    expect(page.locator("#compare-done").count() == 1, f"two recordings are compared, {where}")
    look("compare")

    # A sample, found and read by the keyboard.
    page.goto(f"{address}?lang={language}")
    page.fill("#from", "18")
    page.press("#from", "Enter")
    page.wait_for_selector("button[name=sample]")
    look("samples")
    page.focus("button[name=sample]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#trace svg").count() >= 1, f"a sample is read, {where}")
    with page.expect_navigation():
        page.click("form[action*='/forget'] button")
    expect(page.locator("#upload").count() == 1, f"it is forgotten, {where}")
    expect(not complaints, f"the browser has nothing to say, {where}: {complaints}")
    expect(not outside, f"no request goes elsewhere, {where}: {outside}")
    context.close()


def without_script(browser, address, files, expect):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.goto(f"{address}?lang=en")
    page.set_input_files("#files", files[0])
    page.click("#upload button")
    expect(page.locator("#trace svg").count() == 1, "files are read without scripts")
    page.select_option("#layout", "12x1")
    page.click("#view button[type=submit]")
    expect("layout=12x1" in page.url and page.locator("#layout option[selected]").get_attribute("value") == "12x1", "the trace is drawn another way without scripts")
    context.close()


def milliseconds(page):
    return int(re.match(r"(\d+) ms", page.inner_text("#readout"))[1])


if __name__ == "__main__":
    main()
