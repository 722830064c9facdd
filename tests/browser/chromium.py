"""Headless Chromium, driven through its debugging pipe: no port, no network, nothing beyond Python itself."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time


class Browser:
    """One page in a headless Chromium."""

    def __init__(self, program="chromium"):
        self.profile = tempfile.mkdtemp(prefix="chromium-")
        commands, self.write_end = os.pipe()
        self.read_end, answers = os.pipe()

        def pipes():
            # The debugging pipe is read from file 3 and written to file 4.
            first, second = os.dup(commands), os.dup(answers)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--remote-debugging-pipe",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            preexec_fn=pipes,
            pass_fds=(3, 4),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self.buffer = b""
        self.count = 0
        self.events = []
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _next(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.read_end, 1 << 20)
            if not piece:
                raise RuntimeError("the browser ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        """Sends a command and waits for its answer; events on the way are kept."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method, seconds=30):
        """Waits for an event."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for event in self.events:
                if event.get("method") == method:
                    return event
            self.events.append(self._next())
        raise RuntimeError(f"no {method} within {seconds} s")

    def size(self, width, height):
        """Sets the window's size."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def open(self, path):
        """Opens a file, and waits until it has loaded."""
        self.events = []
        self.call("Page.navigate", url="about:blank")
        self.wait("Page.loadEventFired")
        self.events = []
        address = path if "://" in path else "file://" + os.path.abspath(path)
        self.call("Page.navigate", url=address)
        self.wait("Page.loadEventFired")

    def run(self, script):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def key(self, key, text=None):
        """Presses and releases a key."""
        code = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40}.get(key)
        code = code if code is not None else ord(key.upper())
        text = text if text is not None else ("\r" if key == "Enter" else key if len(key) == 1 else "")
        shared = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **shared)
        self.call("Input.dispatchKeyEvent", type="keyUp", **shared)

    def write(self, text):
        """Writes a text where the keyboard is."""
        self.call("Input.insertText", text=text)

    def click(self, selector):
        """Clicks the middle of the first element that the selector finds."""
        place = self.run(
            "(() => { const node = document.querySelector(%s); if (!node) return null;"
            " node.scrollIntoView({ block: 'center' }); const box = node.getClientRects()[0];"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()" % json.dumps(selector)
        )
        if place is None:
            raise RuntimeError(f"{selector}: not in the page")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def picture(self, path):
        """Saves what the window shows."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self, path):
        """Prints the page."""
        with open(path, "wb") as file:
            answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
            file.write(base64.b64decode(answer["data"]))
