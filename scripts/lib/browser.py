# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A headless Chromium, told what to do by its DevTools protocol over a pipe.

Each message is JSON with a NUL behind it. The browser gets a profile of its own
and has no network.
"""
import base64
import json
import os
import select
import subprocess
import tempfile
import time

BROWSERS = ("chromium", "chromium-browser")
PATIENCE = 60  # seconds for one answer
CHARTS_DRAWN = "document.documentElement.dataset.charts"


class BrowserError(Exception):
    """The browser did not do what it was asked to."""


class BrowserGone(BrowserError):
    """It does not answer any more."""


class Browser:
    """One page in one browser; @events has what it told unasked."""

    def __init__(self, program="chromium"):
        self.number = 0
        self.events = []
        self.rest = b""
        self.profile = tempfile.TemporaryDirectory(prefix="hvpt-browser-")
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()
        command = [program, "--headless=new", "--no-sandbox",
                   "--remote-debugging-pipe", "--disable-gpu",
                   "--hide-scrollbars", "--no-first-run",
                   "--disable-dev-shm-usage", "--force-color-profile=srgb",
                   "--host-resolver-rules=MAP * ~NOTFOUND",
                   f"--user-data-dir={self.profile.name}", "about:blank"]

        def descriptors():
            low, high = os.dup(to_read), os.dup(back_write)
            os.dup2(low, 3)
            os.dup2(high, 4)

        # pylint: disable=subprocess-popen-preexec-fn,consider-using-with
        self.process = subprocess.Popen(
            command, pass_fds=(3, 4, to_read, back_write),
            preexec_fn=descriptors, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(back_write)
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one for one in targets if one["type"] == "page")
        self.session = None
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=page["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    session = None

    def read(self):
        """The next message."""
        end = time.monotonic() + PATIENCE
        while b"\0" not in self.rest:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                raise BrowserGone("the browser does not answer")
            chunk = os.read(self.back, 1 << 20)
            if not chunk:
                raise BrowserGone("the browser ended")
            self.rest += chunk
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        """The result of a method; events are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") != self.number:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            return answer["result"]

    def evaluate(self, script):
        """The value of an expression, awaited if it is a promise."""
        answer = self.call("Runtime.evaluate", expression=script,
                           awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def layout(self, width, height, phone=False, dark=False):
        """The size of the window, and which colours the reader prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}])

    def open(self, path, ready=CHARTS_DRAWN):
        """Opens a file, and waits until an expression is true."""
        self.evaluate("window.isOld = true")
        self.events.clear()
        self.call("Page.navigate", url=f"file://{os.path.abspath(path)}")
        end = time.monotonic() + PATIENCE
        while not self.is_ready(ready):
            if time.monotonic() > end:
                raise BrowserError(f"{path}: never ready: "
                                   f"{self.complaints()}")
            time.sleep(0.05)

    def is_ready(self, ready):
        """Is the new page there, and the expression true?"""
        try:
            return self.evaluate("document.readyState === 'complete' && "
                                 f"!window.isOld && {ready}")
        except BrowserGone:
            raise
        except BrowserError:
            return False  # between two pages

    def complaints(self):
        """Messages of the console, exceptions, and what was fetched."""
        found = []
        for event in self.events:
            method, what = event.get("method"), event.get("params", {})
            if method == "Runtime.consoleAPICalled":
                found.append(f"console: {what['type']} {what['args']}")
            elif method == "Runtime.exceptionThrown":
                found.append(f"exception: {what['exceptionDetails']}")
            elif method == "Log.entryAdded":
                found.append(f"log: {what['entry']['text']}")
            elif method == "Network.requestWillBeSent" and \
                    not what["request"]["url"].startswith(("file:", "data:")):
                found.append(f"network: {what['request']['url']}")
        return found

    def picture(self, path, selector=None, height=None):
        """A picture of the whole page, or of one element, as PNG.

        @height: of the page, at most so much of what can be scrolled to.
        """
        size = self.evaluate(
            "(({x, y, width, height}) => ({x: x + scrollX, y: y + scrollY, "
            "width, height}))(" +
            (f"document.querySelector({json.dumps(selector)})" if selector
             else "document.documentElement") + ".getBoundingClientRect())")
        if height:
            size["height"] = min(height, self.evaluate(
                "document.documentElement.scrollHeight"))
        shot = self.call("Page.captureScreenshot", format="png",
                         captureBeyondViewport=True, clip={**size, "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def close(self):
        """Ends the browser."""
        try:
            self.session = None
            self.call("Browser.close")
        except (BrowserError, OSError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.back)
        self.profile.cleanup()
