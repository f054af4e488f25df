"""`status --watch` with keys: the list of jobs; filter it, find the next failure, read a job's events and transcript.

It needs Textual, which the extra `watch` brings. Like every view it only reads the store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Input, RichLog, Static

from swimctl.cli import live
from swimctl.cli.follow import LOOK_EVERY
from swimctl.cli.output import local_time, plain, style_of
from swimctl.cli.pulse import spent
from swimctl.errors import SwimctlError, UsageError
from swimctl.models import Event, Job, Usual
from swimctl.requests.telling import running_step
from swimctl.states import JobStatus

COLUMNS: Final = ("Device", "Status", "Step", "Time", "What")
_NEWEST: Final = 1 << 20  # bytes of a transcript that are shown


@dataclass(frozen=True, slots=True)
class Source:
    """Where the watcher reads: jobs, the events of one behind an id, its transcript, the line above, what a job is at,
    what an event tells, and the time.
    """

    jobs: Callable[[], Sequence[Job]]
    events: Callable[[int, int], Sequence[Event]]
    transcript: Callable[[int], Path]
    head: Callable[[Sequence[Job], datetime], Text | None]
    usual: Usual
    what: Callable[[Job, datetime], str]
    told: Callable[[Event], str]
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Row:
    """One job as a line of the list; `failed` is what `n` looks for."""

    job: int
    cells: tuple[str, ...]
    failed: bool

    def fits(self, wanted: str) -> bool:
        """Return whether each word of the filter stands somewhere in the line."""
        said = " ".join(self.cells).lower()
        return all(word in said for word in wanted.lower().split())


def rows_of(jobs: Sequence[Job], source: Source, wanted: str) -> list[Row]:
    """Return the lines of the list that fit the filter: late ones first, then what runs, waits and has ended."""
    now = source.now()
    rows = []
    for job in live.in_order(jobs, source.usual, now):
        step = running_step(job)
        name, time = ("", "") if step is None else (step.name, spent(job, step, source.usual, now))
        cells = (job.device_name, job.word, name, time, plain(source.what(job, now)))
        rows.append(Row(job.id, cells, job.status is JobStatus.FAILED))
    return [row for row in rows if row.fits(wanted)]


def next_failure(rows: Sequence[Row], place: int) -> int | None:
    """Return the place of the next failed job after this one, from the top again where none follows; None: none is."""
    failed = [number for number, row in enumerate(rows) if row.failed]
    return next((number for number in failed if number > place), next(iter(failed), None))


class Jobs(DataTable[Text]):
    """The list of jobs; Enter opens the one under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Events, transcript"),
        Binding("slash", "app.filter", "Filter"),
        Binding("n", "app.next_failure", "Next failure"),
    ]


class Watcher(App[None]):
    """The list of jobs. It ends by itself when `over` says so and no job is open, and if the store says no more.

    Then `failed` is why: raised in here, Textual would print all that stands in memory around it.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head, #totals { height: 1; padding: 0 1; }
    #totals { text-style: bold; }
    #filter { display: none; height: 1; border: none; padding: 0 1; }
    #filter.asked { display: block; }
    Jobs { height: 1fr; overflow-x: hidden; }
    Jobs > .datatable--header { background: ansi_default; color: ansi_default; text-style: bold; }
    RichLog { scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "all", "All jobs", show=False),
        Binding("q", "quit", "Leave"),
        Binding("ctrl+c", "quit", show=False, priority=True),  # Textual would only say which key leaves
    ]

    def __init__(self, source: Source, over: Callable[[Sequence[Job]], bool]) -> None:
        super().__init__()
        self._source = source
        self._over = over
        self.failed: SwimctlError | None = None
        self._wanted = ""
        self._rows: list[Row] = []

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield Static(id="head")
        yield Input(placeholder="words of a device, a status, a step; Enter goes back to the list", id="filter")
        yield Jobs(cursor_type="row")
        yield Static(id="totals")
        yield Footer()

    def on_mount(self) -> None:
        """Read now, and then again and again."""
        self.theme = "ansi-light"  # the colours of the terminal, whether dark or light
        table = self._table
        for name in COLUMNS:
            table.add_column(name, key=name)
        table.focus()
        self.look()
        self.set_interval(LOOK_EVERY, self.look)

    def give_up(self, error: SwimctlError) -> None:
        """Leave, as nothing can be read any more."""
        self.failed = self.failed or error
        self.exit()

    def look(self) -> None:
        """Read the jobs and draw what has changed; leave where nothing will change any more."""
        try:
            self._look()
        except SwimctlError as error:
            self.give_up(error)

    def _look(self) -> None:
        jobs, now = self._source.jobs(), self._source.now()
        self._draw(rows_of(jobs, self._source, self._wanted))
        main = self.screen_stack[0]
        main.query_one("#head", Static).update(self._source.head(jobs, now) or Text("swimctl status", style="bold"))
        main.query_one("#totals", Static).update(live.totals(jobs, now, self.size.width))
        if self._over(jobs) and len(self.screen_stack) == 1:
            self.exit()

    @property
    def _table(self) -> Jobs:
        return self.screen_stack[0].query_one(Jobs)

    def _draw(self, rows: list[Row]) -> None:
        table, before = self._table, self._rows
        self._rows = rows
        if [row.job for row in rows] == [row.job for row in before]:
            for old, new in zip(before, rows, strict=True):
                for name, was, cell in zip(COLUMNS, old.cells, new.cells, strict=True):
                    if was != cell:
                        table.update_cell(str(new.job), name, _cell(cell), update_width=True)
            return
        marked = before[table.cursor_row].job if before and table.cursor_row < len(before) else None
        table.clear()
        for row in rows:
            table.add_row(*map(_cell, row.cells), key=str(row.job))
        table.move_cursor(row=next((place for place, row in enumerate(rows) if row.job == marked), 0))

    def action_filter(self) -> None:
        """Ask for the words of the filter."""
        asked = self.query_one("#filter", Input)
        asked.add_class("asked")
        asked.focus()

    def action_all(self) -> None:
        """Show all jobs again."""
        self.query_one("#filter", Input).value = ""
        self.query_one("#filter", Input).remove_class("asked")
        self._table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while somebody types."""
        self._wanted = event.value
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the list; an empty filter is none."""
        if not event.value.strip():
            event.input.remove_class("asked")
        self._table.focus()

    def action_next_failure(self) -> None:
        """Go to the next job that failed."""
        place = next_failure(self._rows, self._table.cursor_row)
        if place is None:
            self.bell()
        else:
            self._table.move_cursor(row=place)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the job under the cursor, by Enter or a click."""
        number = int(event.row_key.value or 0)
        device = next((row.cells[0] for row in self._rows if row.job == number), "")
        self.push_screen(Opened(self._source, number, device, self.give_up))


class Opened(Screen[None]):
    """A job's events, or its transcript; what comes new is added below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "transcript", "Transcript"),
        Binding("e", "events", "Events"),
        Binding("escape", "app.pop_screen", "Back"),
    ]
    CSS = "#title { height: 1; padding: 0 1; text-style: bold; }"

    def __init__(self, source: Source, job: int, device: str, give_up: Callable[[SwimctlError], None]) -> None:
        super().__init__()
        self._source = source
        self._give_up = give_up
        self._job = job
        self._device = device
        self._shows = "events"
        self._shown = 0  # the id of the last event, or the bytes of the transcript; -1: there is none yet

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield Static(id="title")
        yield RichLog(wrap=True, min_width=0)
        yield Footer()

    def on_mount(self) -> None:
        """Read now, and then again and again."""
        self._show("events")
        self.set_interval(LOOK_EVERY, self.look)

    def action_events(self) -> None:
        """Show the events."""
        self._show("events")

    def action_transcript(self) -> None:
        """Show what was sent and printed on the device's terminal."""
        self._show("transcript")

    def _show(self, what: str) -> None:
        self._shows, self._shown = what, 0
        self.query_one("#title", Static).update(Text(f"{self._device}  job {self._job}  {what}"))
        self.query_one(RichLog).clear()
        self.look()

    def look(self) -> None:
        """Add what is new."""
        try:
            self._look()
        except SwimctlError as error:
            self._give_up(error)
        except OSError as error:
            self._give_up(UsageError(f"the transcript of job {self._job} cannot be read: {error.strerror}"))

    def _look(self) -> None:
        if self._shows == "events":
            events = self._source.events(self._job, self._shown)
            lines = [f"{local_time(one.at)}  {one.kind}  {plain(self._source.told(one))}" for one in events]
            self._shown = events[-1].id if events else self._shown
            for line in lines:
                self.query_one(RichLog).write(Text(line))
            return
        path = self._source.transcript(self._job)
        size = path.stat().st_size if path.is_file() else 0
        if not size and not self._shown:
            self._shown = -1
            self.query_one(RichLog).write(Text("no transcript yet: nobody has logged in"))
        elif size > max(0, self._shown):
            with path.open("rb") as file:
                file.seek(max(self._shown, size - _NEWEST, 0))
                self.query_one(RichLog).write(Text(plain(file.read().decode(errors="replace"))))
                self._shown = file.tell()


def _cell(text: str) -> Text:
    return Text(text, style=style_of(text), no_wrap=True)
