"""A real Chromium, driven over a pipe in its own protocol: https://chromedevtools.github.io/devtools-protocol/

Each message is JSON and ends with a zero byte; the browser reads from its file descriptor 3 and writes to 4.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
)
KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), "Home": (36, ""), "End": (35, ""), "ArrowLeft": (37, ""),
        "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, "")}
SHIFT = 8


class Browser:
    """The browser, of which each page is a tab."""

    def __init__(self):
        self.profile = tempfile.mkdtemp()
        reads, self.writes = os.pipe()
        self.reads, writes = os.pipe()
        command = [PROGRAM, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"]
        redirected = ["bash", "-c", f'exec "$@" 3<&{reads} 4>&{writes}', "bash", *command]
        self.process = subprocess.Popen(redirected, pass_fds=(reads, writes), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        os.close(reads)
        os.close(writes)
        self.number, self.rest, self.events = 0, b"", []

    def send(self, method, session=None, **parameters):
        """What the browser answers to one message."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + 60
        while True:
            answer = self._read(end)
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.events.append(answer)

    def _read(self, end):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.reads], [], [], max(end - time.monotonic(), 0))
            assert ready, "the browser has not answered for a minute"
            found = os.read(self.reads, 1 << 20)
            assert found, "the browser has ended"
            self.rest += found
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def open(self, address, width=1280, height=800, dark=False):
        """A tab with the page at this address, once it is loaded."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Tab(self, target, session, address, width, height, dark)

    def close(self):
        self.send("Browser.close")
        self.process.wait(30)
        os.close(self.reads)
        os.close(self.writes)
        shutil.rmtree(self.profile, ignore_errors=True)


class Tab:
    """One page."""

    def __init__(self, browser, target, session, address, width, height, dark):
        self.browser, self.target, self.session = browser, target, session
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])
        self.go(address)

    def send(self, method, **parameters):
        return self.browser.send(method, self.session, **parameters)

    def go(self, address):
        self.send("Page.navigate", url=address)
        for _ in range(600):
            if self.run("document.readyState === 'complete' && location.href !== 'about:blank'"):
                return
            time.sleep(0.02)
        raise AssertionError("the page does not load")

    def run(self, script):
        """The value of an expression in the page."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key, shift=False):
        """A key, as a person presses it."""
        code, text = KEYS.get(key, (ord(key[0].upper()), key))
        parameters = {"key": key, "windowsVirtualKeyCode": code, "modifiers": SHIFT * shift}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **parameters)
        self.send("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)})?.textContent ?? null")

    def click(self, selector):
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def picture(self, path):
        """A screenshot."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def print(self, path):
        """The page as a printer gets it, a PDF."""
        path.write_bytes(base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True)["data"]))

    @property
    def complaints(self):
        """What the console says that is no plain message, and every request that is not for the page's own file."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") == self.session:
                what, said = event["method"], event["params"]
                if what == "Runtime.exceptionThrown":
                    details = said["exceptionDetails"]
                    found.append(details.get("exception", {}).get("description") or details["text"])
                elif what == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning"):
                    found.append(str(said["args"]))
                elif what == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
                    found.append(said["entry"]["text"])
                elif what == "Network.requestWillBeSent":
                    url = said["request"]["url"]
                    found += [url] * (url.split(":")[0] not in ("file", "data", "about"))
        return found
