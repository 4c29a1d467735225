"""Uses a preview as a writer does, in a browser: saves, mistakes, a training that is cancelled; axe-core after each.

    python preview.py ECGBOOK REPORT [--screenshots DIR]

REPORT is copied first. It has a parameter `epochs`, and trains. Needs what html.py needs.
"""

import argparse
import pathlib
import signal
import subprocess
import tempfile

from browser import Expectations, chromium, reflow, violations
from playwright.sync_api import sync_playwright

TOP = "document.querySelectorAll('figure')[1].getBoundingClientRect().top"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ecgbook", type=pathlib.Path)
    parser.add_argument("report", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    arguments = parser.parse_args()
    expect = Expectations("preview")

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        report = pathlib.Path(folder, "report.md")
        text = arguments.report.read_text()
        report.write_text(text)
        server = subprocess.Popen(
            [arguments.ecgbook.resolve(), "preview", "report.md", "-P", "epochs=1"], cwd=folder, stdout=subprocess.PIPE, text=True)
        address = server.stdout.readline().split(" ")[0]
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 800})
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)

        def headline(words, patience=120):
            page.wait_for_function(
                "(words) => document.getElementById('headline').textContent.includes(words)", arg=words, timeout=patience * 1000)

        def shown():
            return page.query_selector("iframe:not(.coming)").content_frame()

        def look(name):
            page.wait_for_timeout(300)
            if arguments.screenshots:
                arguments.screenshots.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=arguments.screenshots / f"preview-{name}.png")
            found = list(violations(page)) + list(reflow(page))
            expect(not found, f"nothing to blame: {name}" + "".join(f"\n  {line}" for line in found))

        headline("Up to date")
        page.wait_for_selector("iframe:not(.coming)")
        look("page")

        # A paragraph more above the reader: what was before the eyes stays there.
        shown().evaluate(f"window.scrollBy(0, {TOP} + 60)")
        before = shown().evaluate(TOP)
        head, body = text.split("\n---\n", 1)
        report.write_text(head + "\n---\n\n" + "A sentence that is new. " * 40 + "\n\n" + body)
        page.wait_for_function(
            "() => document.querySelector('iframe:not(.coming)')?.contentDocument.body.textContent.includes('A sentence that is new.')",
            timeout=60_000)
        page.wait_for_timeout(300)
        expect(abs(shown().evaluate(TOP) - before) < 2, "the reader stays at the same place")

        report.write_text(text.replace("epochs: $epochs", "epoch: $epochs"))
        headline("mistake")
        expect("error[E0304]" in page.inner_text("#mistakes") and "did you mean 'epochs'?" in page.inner_text("#mistakes"), "mistakes are listed")
        expect("A sentence that is new." in shown().inner_text("body"), "the last good page stays under them")
        look("mistakes")

        # The parameter is set by the command line, so another seed makes another training, and it is long.
        report.write_text(text.replace("epochs: $epochs", "epochs: 400\nseed: 7") + "\n\nSet to {{ parameters.epochs }}.\n")
        page.wait_for_selector("#curve:not([hidden])", timeout=120_000)
        page.wait_for_timeout(1500)
        expect("epoch" in page.inner_text("#step") and len(page.get_attribute("#curve", "alt")) > 20, "a training shows how far it is, and its curves")
        look("training")
        page.click("#cancel")
        headline("Cancelled")
        expect(any(pathlib.Path(folder, ".ecgbook/checkpoints").iterdir()), "its checkpoint stays")
        report.write_text(text)
        headline("Up to date")
        expect(not complaints, "the browser has nothing to complain of" + "".join(f"\n  {line}" for line in complaints))
        names = sorted(path.name for path in pathlib.Path(folder).iterdir())
        expect(names == [".ecgbook", "report.md"], "nothing is written beside the report")
        browser.close()
        server.send_signal(signal.SIGINT)
        expect(server.wait(timeout=30) == 0, "Ctrl-C ends it")
    expect.exit()


main()
