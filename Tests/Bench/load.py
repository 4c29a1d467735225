"""Sends recordings to `ecgbook serve` from many clients at once, one in ten hostile, and counts what comes back.

    python Tests/Bench/load.py [--clients 200] [--seconds 300] [--records FOLDER] [--program .build/release/ecgbook]

Only Python's own library is used. Traffic goes to 127.0.0.1 alone. A recording counts as lost when there was no answer, or
one of a kind that the rule does not allow:

    a good recording      201 with a headline; 503 or 429 with Retry-After is tried again after that time, and counted
    a hostile one         400, 413, 415 or 422 with a reason, before the server's time limit; never 201, never 5xx but 503
    script in a comment   201, since the recording is good, and the page shows the script as text

It prints answers by status, latencies of good recordings (from the first byte sent to the last received, waiting for a turn
included), and the server's memory, its children apart. It ends with status 1 when something was lost or the server died.
"""

import argparse, collections, http.client, json, os, pathlib, random, re, subprocess, sys, tempfile, threading, time

BOUNDARY = "ecgbook-load"


def form(files):
    body = b""
    for name, content in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def good(header, signals, name):
    return form([(name + ".hea", header), (name + ".dat", signals)])


def hostile(header, signals, name, random):
    """(what, body, whether the recording may be read)"""
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12)
    ) + b']><AnnotatedECG xmlns="urn:hl7-org:v3">&m;</AnnotatedECG>'
    deep = b'<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3">' + b"<a>" * 200_000
    claims = re.sub(rb"^(\S+ \d+ \d+) \d+", rb"\1 100000000", header, count=1)
    script = header + b"# <script>document.title='read'</script>\n# Age: 5\xff\n"
    return random.choice([
        ("cut short", good(header, signals[: random.randrange(1, len(signals) - 1)], name), False),
        ("10 GB in a header", good(claims, signals, name), False),
        ("an XML bomb", form([("bomb.xml", bomb)]), False),
        ("deep XML", form([("deep.xml", deep)]), False),
        ("a path as a name", form([("../../etc/cron.d/x", header), (name + ".dat", signals)]), False),
        ("a script as a name", form([('"><script>alert(1)</script>.hea', header), (name + ".dat", signals)]), False),
        ("a script in a comment", good(script, signals, name), True),
        ("noise as SCP", form([("x.scp", bytes(random.randrange(256) for _ in range(5000)))]), False),
        ("a DICOM of huge lengths", form([("x.dcm", b"\0" * 128 + b"DICM" + bytes(random.randrange(256) for _ in range(3000)))]), False),
        ("no form", b"nothing that is a form", False),
    ])


class Load:
    def __init__(self, port, records):
        self.port, self.records, self.lock = port, records, threading.Lock()
        self.status, self.lost, self.seconds, self.hostile = collections.Counter(), [], [], collections.Counter()

    def send(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
        try:
            connection.request(
                "POST", "/api/interpretations?lang=en", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def client(self, number, end):
        rng = random.Random(number)
        while time.monotonic() < end:
            name, header, signals = rng.choice(self.records)
            what, body, mayRead = ("", good(header, signals, name), True)
            if rng.randrange(10) == 0:
                what, body, mayRead = hostile(header, signals, name, rng)
            begin = time.monotonic()
            while True:
                try:
                    status, text, headers = self.send(body)
                except Exception as error:
                    self.note(what, None, f"{what or 'good'}: {type(error).__name__}: {error}")
                    break
                if status in (429, 503) and headers.get("Retry-After"):
                    with self.lock:
                        self.status[status] += 1
                    time.sleep(min(10, int(headers["Retry-After"])))
                    if time.monotonic() > end + 120:
                        break
                    continue
                self.judge(what, mayRead, status, text, time.monotonic() - begin)
                break

    def judge(self, what, mayRead, status, text, seconds):
        problem = None
        try:
            answer = json.loads(text)
        except ValueError:
            answer = {}
        if mayRead:
            if status != 201 or not answer.get("headline"):
                problem = f"{what or 'good'}: {status} {text[:200]!r}"
        elif status not in (400, 413, 415, 422) or not answer.get("detail"):
            problem = f"{what}: {status} {text[:200]!r}"
        self.note(what, status, problem, seconds if status == 201 else None)

    def note(self, what, status, problem, seconds=None):
        with self.lock:
            if status: self.status[status] += 1
            if what: self.hostile[what] += 1
            if problem: self.lost.append(problem)
            if seconds is not None: self.seconds.append(seconds)


def resident(pid):
    """Of a process, in MiB: now, and at most so far."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return [int(re.search(rf"{key}:\s+(\d+)", text)[1]) / 1024 for key in ("VmRSS", "VmHWM")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--records", default="../shared/data/mini/records500")
    parser.add_argument("--program", default=".build/release/ecgbook")
    options = parser.parse_args()
    records = [
        (path.stem, path.read_bytes(), path.with_suffix(".dat").read_bytes()) for path in sorted(pathlib.Path(options.records).glob("**/*.hea"))]
    if not records: sys.exit(f"no records in {options.records}")

    server = subprocess.Popen(
        [options.program, "serve", "--port", "0", "--per-client", str(options.clients), "--waiting", str(options.clients)],
        stdout=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)/", server.stdout.readline())[1])
        before = resident(server.pid)[0]
        load = Load(port, records)
        end = time.monotonic() + options.seconds
        threads = [threading.Thread(target=load.client, args=(number, end)) for number in range(options.clients)]
        begin = time.monotonic()
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        seconds = time.monotonic() - begin
        now, most = resident(server.pid)
        alive = server.poll() is None
        ordered = sorted(load.seconds)
        at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
        print(f"{options.clients} clients, {seconds:.0f} s: {sum(load.status.values())} answers, {len(ordered)} recordings read, {len(ordered) / seconds:.1f} a second")
        print("by status:", ", ".join(f"{status}: {count}" for status, count in sorted(load.status.items())))
        print("hostile:", ", ".join(f"{what}: {count}" for what, count in sorted(load.hostile.items())))
        print(f"latency of a recording that was read: median {at(0.5):.1f} s, p95 {at(0.95):.1f} s, longest {at(1):.1f} s")
        print(f"memory of the server: {before:.0f} MiB before, {now:.0f} after, {most:.0f} at most")
        print(f"lost: {len(load.lost)}; the server {'lives' if alive else 'DIED'}")
        for problem in load.lost[:10]: print("  ", problem)
        sys.exit(1 if load.lost or not alive else 0)
    finally:
        server.terminate()
        server.wait(timeout=60)


if __name__ == "__main__":
    main()
