"""Make a preview of a plan: read what the store knows of such jobs, and play the batch through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from swimctl.clock import Clock
from swimctl.config.calendars import Calendars
from swimctl.config.flows import Flow
from swimctl.config.hours import Openings
from swimctl.config.settings import Settings
from swimctl.config.windows import Never, gate
from swimctl.errors import CalendarUnread, UsageError
from swimctl.models import Device, ExecutionMode, Image
from swimctl.requests.forecast import Ahead, Course, Forecast, Gate, forecast
from swimctl.requests.looks import Checked
from swimctl.requests.pilots import led_past
from swimctl.requests.plans import Plan, UpgradeRequest
from swimctl.requests.preview import Preview, Row, rows_of
from swimctl.requests.usual import Expected, Experience, room_needed, usual_of
from swimctl.store import Store


class LookAhead:
    """What a preview needs to know beside the plan."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, known: Sequence[Device], calendars: Calendars
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._known = known
        self._calendars = calendars

    def preview(self, plan: Plan, answers: Sequence[Checked] | None, flow: Flow) -> Preview:
        """Return the preview. `answers` None: no device was asked. `flow` has the steps of the plan's workflow."""
        request, offline = plan.request, answers is None
        workers = self._workers(request)
        asked = [(item.device, item.image) for item in plan.accepted]
        past = self._store.past([image.family for _, image in asked if image])
        members = {
            device: len(next((one.members for one in reversed(seen) if one.members), {}))
            for device, seen in self._store.newest_sightings(3).items()
        }
        shared = self._settings.distribution.copies_per_site > 0
        experience = Experience(past, self._known, members, shared_sites=shared, unseen_rest=self._unseen)
        took = {device.id: experience.took(device, image) for device, image in asked if image}
        if there := {answer.device.name for answer in answers or () if answer.ready and answer.already}:
            plan = led_past(plan, there)
        rows = rows_of(plan, answers or (), took, flow)
        steps = flow.told
        seen = Preview(plan, rows, workers, offline=offline, steps=steps)
        if not seen.goes:
            return seen
        activates = request.options.activate and "activation" in flow.steps
        expected = {
            row.item.device.name: experience.expected(
                row.item.device, image, row.to_copy, activates=activates, hashing=self._hashing(image)
            )
            for row in seen.goes
            if (image := row.item.image)
        }
        told = self._forecast(request, seen.goes, expected, flow, activates=activates)
        guessed = [
            row.item.device.model or row.item.device.platform
            for row in seen.goes
            if expected[row.item.device.name].guessed
        ]
        spare = self._spare(request, told) if activates else None
        windows = self._windows(request)
        opens = windows.opening(request.schedule_time or self._clock.now()) if windows else None
        return Preview(
            plan, rows, workers, offline, told, tuple(dict.fromkeys(guessed)), spare, opening=opens, steps=steps
        )

    @property
    def _unseen(self) -> float:
        """Return the real seconds of activation and post-checks of a family that nobody ever saw through."""
        return 60 * self._settings.activation.usual_minutes / self._clock.speed

    def _hashing(self, image: Image) -> float:
        return image.size / (self._settings.distribution.verify_rate * 1e6) / self._clock.speed

    def _forecast(
        self,
        request: UpgradeRequest,
        rows: Sequence[Row],
        expected: dict[str, Expected],
        flow: Flow,
        *,
        activates: bool,
    ) -> Forecast:
        usual, jobs = self._store.usual_seconds(), []
        # One for all devices with the same window: what one of them is told holds for the others.
        windows = {row.item.device.window for row in rows if activates and row.item.device.window}
        gates: dict[str | None, Gate] = {own: self._gate(request, own) for own in windows}
        for row in rows:
            item, takes = row.item, expected[row.item.device.name]
            family = item.image.family if item.image else ""
            # Those before the activation wait for the window with it, and so are of the rest.
            before, between, behind = flow.took(partial(usual_of, usual, family=family))
            jobs.append(
                Ahead(
                    item.device.name,
                    takes.check + before,
                    takes.copy,
                    takes.rest + (between + behind if activates else 0.0),
                    room_needed(usual, family, self._unseen).total_seconds() if activates else 0.0,
                    item.wave,
                    (*item.after, *filter(None, (item.follows,))),
                    item.device.redundancy_group,
                    item.device.site,
                    gates.get(item.device.window),
                    fetches=row.origin not in {"", "push"},
                    served=row.origin == "swimctl",
                )
            )
        # A job that activates nothing starts in the window, too; no freeze holds it up.
        opened = (
            self._gate(request, None)
            if activates
            else partial(gate, window=self._windows(request), until=request.policy.until, freezes=())
        )
        return forecast(jobs, self._course(request, len(jobs)), request.schedule_time or self._clock.now(), opened)

    def _gate(self, request: UpgradeRequest, own: str | None) -> Gate:
        """Return what decides when activations of devices with this own window may start.

        One that cannot be read any more since the plan was made keeps those devices alone from starting.
        """
        now, policy = self._clock.now(), request.policy
        hours = self._calendars.together(policy.window, None, now, policy.zone)
        if own is not None:
            try:
                hours = self._calendars.together(policy.window, own, now, policy.zone)
            except (CalendarUnread, UsageError) as error:
                never = Never(str(error))
                return lambda _at, _needs: never
        return partial(gate, window=hours, until=policy.until, freezes=self._calendars.freezes(now))

    def _workers(self, request: UpgradeRequest) -> int:
        return 1 if request.mode is ExecutionMode.SEQUENTIAL else request.workers or self._settings.workers

    def _course(self, request: UpgradeRequest, jobs: int) -> Course:
        """Return how the engine goes through such a batch; see engine/lanes.py for how many begin at once."""
        policy, settings = request.policy, self._settings
        workers = self._workers(request)
        under_way = workers if workers == 1 else settings.under_way or workers
        talking = workers if min(under_way, jobs) <= workers else max(1, workers - max(1, workers // 4))
        return Course(
            under_way,
            talking,
            settings.distribution.copies_per_site,
            policy.soak / self._clock.speed,
            gated=not policy.stage_now,
            # Workers elsewhere have a server each: then the forecast is late rather than early.
            served=settings.image_server.copies,
        )

    def _spare(self, request: UpgradeRequest, told: Forecast) -> timedelta | None:
        """Return what lies between the last end and what closes first behind it; of a device with its own window too.

        Of those the least counts.
        """
        now, policy = self._clock.now(), request.policy
        own = {device.name: device.window for device in request.devices if device.window}
        last = max(told.spans, key=lambda name: told.spans[name].ends, default=None)
        left = []
        for name in {*(name for name in told.spans if name in own), *filter(None, (last,))}:
            span, hours = told.spans[name], self._calendars.together(policy.window, own.get(name), now, policy.zone)
            closing: list[datetime] = [policy.until] if policy.until else []
            if hours and (opening := hours.opening(span.activates)):
                closing.append(opening.closes)
            closing += [one.start for one in self._calendars.freezes(now) if one.start >= span.activates]
            left += [min(closing) - span.ends] if closing else []
        return min(left, default=None)

    def _windows(self, request: UpgradeRequest) -> Openings | None:
        """Return the request's windows; None: it has none."""
        window = request.policy.window
        return self._calendars.windows(window, self._clock.now(), request.policy.zone) if window else None
