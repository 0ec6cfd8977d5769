"""A person at the window: real keys and a real mouse on a screen of their own.

The program runs as it is installed, in a process of its own, under Xvfb. The screen has no
window manager, so the keyboard is given to a window before each key. What is waited for
is always a state of the window, asked for until it is there.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from abusetrack import intake, practice, settings
from abusetrack.casefile import CaseFileThread, directory, open_case_file
from abusetrack.records import SystemClock
from abusetrack.triage import contact_tables, contacts, resolving, taking
from abusetrack.triage.context import make_context

_SECONDS = 60  # for a machine that does much else
_SCREEN = "1360x900x24"
_WINDOW = Path(__file__).with_name("window.py")
_TOOLS = ("Xvfb", "xdotool")
# Another program of the same screen, which keeps what was copied in it until it is ended.
_COPIED = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
app.clipboard().setText(sys.argv[1])
print("copied", flush=True)
app.exec()
"""
_OWN = (
    "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "TMPDIR",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def screen():
    """A screen that only these walks use; its name for DISPLAY."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed: .ci/run installs it")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", _SCREEN, "-nolisten", "tcp"],
        pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(_SECONDS)


@pytest.fixture(scope="session")
def internet(tmp_path_factory):
    """The practice internet; its settings, its world and its lists."""
    folder = tmp_path_factory.mktemp("practice")
    world = practice.build(1)
    with practice.PracticeThread(world, folder) as served:
        practice.write_reports(world, folder / "reports.txt")
        practice.write_assessments(world, folder / "assessments.csv")
        practice.write_contacts(world, folder / "contacts.csv")
        yield world, served.config_path, folder, served.servers.services


@pytest.fixture
def misbehave(internet):
    """Let all servers, or those named, have these faults; afterwards they are as they were."""
    *_, services = internet
    good = {name: service.faults for name, service in services.items()}

    def run(faults, names=tuple(services)):
        for name in names:
            services[name].faults = faults

    yield run
    for name, service in services.items():
        service.faults = good[name]


@pytest.fixture(scope="session")
def pages(internet):
    """Reported pages of the practice world, each of another registrable domain."""

    def first(number):
        found = {}
        for line in (internet[2] / "reports.txt").read_text("utf-8").splitlines():
            name = re.match(r"h\w+://([^/]+)", line)
            if name and re.fullmatch(r"[a-z-]+\[?\.\]?(test|example)", name[1]):
                found.setdefault(name[1], line)
        return list(found.values())[:number]

    return first


@pytest.fixture
def sit_down(screen, tmp_path):
    """Start the program; whoever sits there is returned. All are sent home at the end."""
    people = []

    def run(*arguments):
        people.append(Person(screen, tmp_path, [str(argument) for argument in arguments]))
        return people[-1]

    yield run
    for person in people:
        person.go_home()


@pytest.fixture
def copy(screen, tmp_path):
    """Copy a text in another program, which stays open until the end."""
    programs = []

    def run(text):
        environment = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
        programs.append(
            subprocess.Popen(
                [sys.executable, "-c", _COPIED, text], env=environment, cwd=tmp_path,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )
        )  # fmt: skip
        assert programs[-1].stdout.readline() == "copied\n"

    yield run
    for program in programs:
        program.terminate()
        program.wait(_SECONDS)
        program.stdout.close()


@pytest.fixture
def read(tmp_path):
    """Open a case file and look."""

    def run(path, ask, **fields):
        with open_case_file(path, clock=SystemClock(), actor="test", read_only=True, **fields) as c:
            return ask(c)

    return run


@pytest.fixture
def looked_up(settings_of, internet, tmp_path):
    """A case file with reports of sites that exist for the abuse, looked up; contacts checked.

    Sites of the string ``label`` are the first of them.
    """

    def run(number, *, assessed=False, confirmed=True, passphrase=None, label=""):
        folder = internet[2]
        context = make_context(settings.load(settings_of()), SystemClock())
        path = tmp_path / "case.abusetrack"

        def opened():
            return open_case_file(path, clock=context.clock, actor="Ann", passphrase=passphrase)

        with (folder / "assessments.csv").open(newline="", encoding="utf-8") as file:
            findings = [row for row in csv.DictReader(file) if row["kind"] == "dedicated"]
        findings = [row for row in findings if row["outcome"] == "confirmed"]
        findings.sort(key=lambda row: row["domain"].split(".")[0] != label)
        del findings[number:]
        table = tmp_path / "findings.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, findings[0].keys())
            writer.writeheader()
            writer.writerows(findings)
        with opened() as case:
            text = "\n".join(f"https://{row['domain']}/{at}" for at, row in enumerate(findings))
            reading = taking.reading(context, source="public")
            found = intake.read(text, filename="list.txt", context=reading)
            taking.take(context, case, found, label="list")
            if assessed:
                taking.assess_list(context, case, table)
            contact_tables.import_contacts(context, case, folder / "contacts.csv")

        async def resolve():
            with CaseFileThread(opened) as db:
                await resolving.resolve(context, db, opened)

        asyncio.run(resolve())
        with opened() as case:
            for reach in contacts.listed(context, case, used_only=True) if confirmed else ():
                directory.confirm(case, reach.contact.party_key, reach.contact.role)
        return path

    return run


@pytest.fixture
def settings_of(internet, tmp_path):
    """Settings of the practice internet, in a file of the test's own, with more tables."""

    def run(more=""):
        path = tmp_path / "config.toml"
        path.write_text(internet[1].read_text("utf-8") + more, "utf-8")
        settings.load(path)  # what is added is right
        return path

    return run


@pytest.fixture
def few_at_a_time(settings_of):
    """Settings by which few names are asked at a time."""
    path = settings_of()
    path.write_text(path.read_text("utf-8").replace("[pace]", "[pace]\nconcurrency = 2"), "utf-8")
    settings.load(path)
    return path


class Person:
    """Somebody at the keyboard, who looks at the screen before each step."""

    def __init__(self, screen, folder, arguments):
        self.environment = {
            **os.environ, **dict.fromkeys(_OWN, str(folder)), "DISPLAY": screen,
            "QT_QPA_PLATFORM": "xcb", "PYTHONFAULTHANDLER": "1",
            "LC_ALL": "C.UTF-8", "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }  # fmt: skip
        self._mouse = None
        self._errors = (folder / "stderr.txt").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, str(_WINDOW), *arguments], env=self.environment, cwd=folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True,
        )  # fmt: skip

    # -- looking

    def ask(self, what, **question):
        try:
            self.process.stdin.write(json.dumps({"what": what, **question}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._errors.seek(0)
            code = self.process.wait(_SECONDS)
            raise AssertionError(f"the program ended with {code}: {self._errors.read()[-3000:]}")
        answer = json.loads(line)
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def wait(self, look, what):
        """Look until there is something; return it."""
        end = time.monotonic() + _SECONDS
        before = None
        while True:
            # Twice the same: what is being laid out still moves.
            if (found := look()) and found == before:
                return found
            before = found
            if time.monotonic() > end:
                raise AssertionError(f"{what} was waited for; to be seen: {self._seen()}")
            time.sleep(0.05)

    def _seen(self):
        lists = {
            w["name"] for w in self.ask("widgets") if "View" in w["class"] or "Tree" in w["class"]
        }
        return [
            *((w["class"], w["name"], w.get("text")) for w in self.ask("widgets")),
            *(
                (name, [c["texts"] for c in self.ask("cells", name=name) or ()][:8])
                for name in lists
            ),
        ]

    def find(self, name, enabled=True):
        """Wait for a widget of that name, or that begins so where it ends in an ellipsis."""
        wanted = re.compile(re.escape(name).replace("…", ".*"), re.DOTALL)

        def look():
            found = [w for w in self.ask("widgets") if wanted.fullmatch(w["name"])]
            found.sort(key=lambda w: w["class"] == "QLabel")  # a field is meant, not its label
            return next((w for w in found if w["enabled"] or not enabled), None)

        return self.wait(look, name)

    def rows(self, name):
        return self.ask("cells", name=name) or []

    def row(self, name, holding):
        """Wait for a row of the list that has this text in it."""

        def look():
            rows = self.rows(name)
            return next(
                (r for r in rows if r["seen"] and any(holding in t for t in r["texts"])), None
            )

        return self.wait(look, f"{holding!r} in {name}")

    # -- acting

    def _xdotool(self, *words):
        subprocess.run(["xdotool", *(str(w) for w in words)], env=self.environment, check=True,
                       timeout=_SECONDS, capture_output=True)  # fmt: skip

    def _look_at(self):
        front = self.wait(lambda: self.ask("front"), "a window")
        self._xdotool("windowfocus", "--sync", front["id"])

    def press(self, *keys):
        self._look_at()
        self._xdotool("key", "--clearmodifiers", *keys)

    def type(self, text):
        self._look_at()
        self._xdotool("type", "--clearmodifiers", "--delay", "4", text)

    def click_at(self, place, button=1, times=1):
        self._look_at()
        there = place["x"], place["y"]
        # A move to where the mouse is would be waited for.
        move = () if there == self._mouse else ("mousemove", "--sync", *there)
        self._mouse = there
        self._xdotool(*move, "click", "--repeat", times, button)

    def click(self, name):
        self.click_at(self.find(name))

    def fill(self, name, text):
        """Click into a field, replace what stands in it, and see that it stands there."""
        self.click(name)
        self.press("ctrl+a", "Delete")
        self.type(text)
        self.wait(lambda: self.find(name).get("text") == text, f"{text!r} in {name}")

    def choose(self, name, wanted):
        """Choose from a box by its keys."""
        box = self.find(name)
        self.click_at(box)  # opens its list
        at = box["choices"].index(wanted)
        self.press("Home", *["Down"] * at, "Return")
        self.wait(lambda: self.find(name)["text"] == wanted, f"{wanted!r} in {name}")

    def pick(self, name, *commands):
        """Open the menu of a button, and click through it."""
        self.click(name)
        for command in commands:
            self.click_at(
                self.wait(
                    lambda command=command: next(
                        (c for c in self.ask("menu") if c["name"] == command), None
                    ),
                    command,
                )
            )

    def assess(self, outcome, kind=None, **texts):
        """Record a finding for what is selected."""
        self.press("ctrl+e")
        self.choose("Outcome", outcome)
        if kind is not None:
            self.choose("Kind of site", kind)
        for name, text in texts.items():
            self.fill(name.replace("_", " "), text)
        self.click("Record finding")
        self.wait(lambda: self.ask("front")["class"] == "MainWindow", "the dialog to close")

    def answer_with(self, path):
        """Type a path into the dialog that asks for a file or a folder."""
        self.wait(lambda: self.ask("front")["class"] == "FileDialog", "the dialog")
        self.type(str(path))
        self.press("Return")
        self.wait(lambda: self.ask("front")["class"] != "FileDialog", "the dialog to close")

    def close(self):
        """Quit as a person does, and see that the program ends well."""
        self.press("ctrl+q")
        self.process.stdin.close()
        assert self.process.wait(_SECONDS) == 0

    def go_home(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
        for stream in (self.process.stdin, self.process.stdout, self._errors):
            with suppress(BrokenPipeError):
                stream.close()
