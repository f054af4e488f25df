from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from support.projects import IMAGE, LITE, Project
from support.stores import NOON, StandingClock

from swimctl.config.flows import Flow
from swimctl.config.own_steps import Command
from swimctl.errors import ConflictError, ImageError, NotFound, UsageError
from swimctl.models import Caller, Device, ExecutionMode, Golden, Image, Job, JobOptions, Outcome, Policy
from swimctl.requests.plans import UpgradeRequest
from swimctl.requests.retrying import Again
from swimctl.requests.service import Service, Triggered
from swimctl.states import JobStatus
from swimctl.store import Store


@dataclass
class House:
    """A service with its store, two images, the first of them golden, and the four devices of the project."""

    service: Service
    store: Store
    image: Image
    lite: Image
    devices: dict[str, Device]

    def request(self, *names: str, **given: object) -> UpgradeRequest:
        return replace(UpgradeRequest(tuple(self.devices[name] for name in names)), **given)  # type: ignore[arg-type]  # tests give fields of the request

    def trigger(self, *names: str, **given: object) -> Triggered:
        return self.service.trigger(self.request(*names, **given))

    def run(self, job: Job, *, to: JobStatus | None = None) -> None:
        """Let a process take the job, end it, or die over it."""
        runner = self.store.register_runner()
        assert self.store.claim(job.id, runner) is not None
        if to is not None:
            self.store.move(
                job.id,
                runner,
                to,
                None if to is JobStatus.SUCCESS else "broken",
                Outcome.UPGRADED if to is JobStatus.SUCCESS else None,
            )
        runner.close()


@pytest.fixture
def house(project: Project) -> Iterator[House]:
    clock = StandingClock()
    with project.store(clock) as store:
        service = project.service(store, clock)
        image, lite = project.add_image(store), project.add_image(store, LITE, b"lite")
        store.set_golden(image.id)
        devices = {device.name: device for device in project.inventory().devices}
        yield House(service, store, image, lite, devices)


class TestPlan:
    def test_each_device_once_in_the_order_asked_and_nothing_is_made(self, house: House) -> None:
        plan = house.service.plan(house.request("basel-core", "bern-1", "basel-core"))
        assert [(item.device.name, item.image) for item in plan.items] == [
            ("basel-core", house.image),
            ("bern-1", house.image),
        ]
        assert house.store.batches() == []

    def test_a_device_without_a_golden_image_is_refused_alone(self, house: House) -> None:
        plan = house.service.plan(house.request("bern-1", "chur-small"))
        assert [item.device.name for item in plan.accepted] == ["bern-1"]
        (refused,) = plan.refused
        assert refused.device.name == "chur-small"
        assert "no golden image for C9200L-24P" in (refused.refusal or "")

    def test_a_golden_release_without_a_file_gives_the_image_of_it_or_says_how_to_get_one(self, house: House) -> None:
        house.store.set_golden_release(Golden(None, "cisco_xe", None, release="17.12.4", model="C9200*"))
        house.store.set_golden_release(Golden(None, "cisco_xe", None, "core", release="17.15.1"))
        plan = house.service.plan(house.request("chur-small", "bern-1", "basel-core"))
        assert {item.device.name: item.image for item in plan.accepted} == {
            "chur-small": house.lite,
            "bern-1": house.image,
        }
        (refused,) = plan.refused
        assert "release 17.15.1 (for group core), of which no image for C9500-24Y4C" in (refused.refusal or "")
        assert "`swimctl image add FILE`, or use --image" in (refused.refusal or "")
        with pytest.raises(ImageError, match=r"no device can be upgraded: basel-core: .*17\.15\.1"):
            house.trigger("basel-core")
        (job,) = house.trigger("basel-core", image=house.image.id).jobs  # --image goes before it
        assert job.image_id == house.image.id

    def test_a_named_image_goes_before_the_golden_one_and_must_fit(self, house: House) -> None:
        plan = house.service.plan(house.request("chur-small", "bern-1", image=LITE))
        assert [item.device.name for item in plan.accepted] == ["chur-small"]
        assert "does not run on C9300-24P" in (plan.refused[0].refusal or "")

    def test_images_and_workflows_are_found_by_id_and_name(self, house: House) -> None:
        for image in (house.image.id, str(house.image.id), IMAGE):
            assert house.service.plan(house.request("bern-1", image=image)).items[0].image == house.image
        for workflow in ("2", "distribute"):
            plan = house.service.plan(house.request("bern-1", options=JobOptions(workflow=workflow)))
            assert plan.request.options.workflow == "distribute"

    @pytest.mark.parametrize(
        ("given", "error", "said"),
        [
            ({"image": 99}, NotFound, "no image 99"),
            ({"image": "cat9k_iosxe.17.12.05.SPA.bin"}, NotFound, f"did you mean {IMAGE}"),
            ({"options": JobOptions(workflow="fast")}, NotFound, "known are 1 (standard), 2 (distribute)"),
            ({"max_failures": -1}, UsageError, "max_failures must be 0"),
            ({"workers": 0}, UsageError, "workers must be 1 to 500, not 0"),
            ({"workers": 501}, UsageError, "workers must be 1 to 500, not 501"),
            ({"schedule_time": datetime(2031, 6, 1)}, UsageError, "has no zone"),  # noqa: DTZ001  what is to be refused
            ({"schedule_time": NOON - timedelta(seconds=1)}, UsageError, "is in the past"),
            ({"schedule_time": NOON}, UsageError, "is in the past"),
        ],
    )
    def test_a_mistaken_request_makes_nothing(
        self, house: House, given: dict[str, object], error: type[Exception], said: str
    ) -> None:
        with pytest.raises(error) as refused:
            house.trigger("bern-1", **given)
        assert said in str(refused.value)
        assert house.store.batches() == []

    def test_an_image_that_was_removed_is_gone(self, house: House) -> None:
        house.store.remove_image(house.lite.id)
        with pytest.raises(NotFound):
            house.service.plan(house.request("chur-small", image=house.lite.id))

    def test_an_image_whose_file_is_gone_is_refused(self, house: House) -> None:
        house.image.path.unlink()
        with pytest.raises(ImageError, match="No such file"):
            house.trigger("bern-1", "bern-2")

    def test_a_host_of_another_platform_is_refused_alone(self, house: House, project: Project) -> None:
        project.write("inventory/hosts.yaml", "bern-1: {groups: [access]}\nfw: {platform: panos}\n")
        service = project.service(house.store, StandingClock())
        devices = project.inventory().devices
        plan = service.plan(UpgradeRequest(devices))
        assert [item.device.name for item in plan.accepted] == ["bern-1"]
        assert "'panos'; swimctl can upgrade cisco_xe" in (plan.refused[0].refusal or "")


class TestTrigger:
    def test_the_jobs_of_a_request(self, house: House) -> None:
        made = house.service.trigger(house.request("bern-2", "bern-1", "bern-2"), by=Caller("ana", "terminal"))
        assert [job.device_name for job in made.jobs] == ["bern-2", "bern-1"]
        assert [job.id for job in made.jobs] == sorted(job.id for job in made.jobs)
        assert {job.status for job in made.jobs} == {JobStatus.PENDING}
        assert [step.name for step in made.jobs[0].steps] == [
            "Readiness Check", "Distribution", "Activation", "Post-Checks",
        ]  # fmt: skip
        assert house.store.batch(made.batch.id).requested_by == "ana"
        assert len(made.batch.id) == 36

    @pytest.mark.parametrize(
        ("mode", "given", "kept"),
        [
            (ExecutionMode.PARALLEL, None, 0),
            (ExecutionMode.SEQUENTIAL, None, 1),
            (ExecutionMode.SEQUENTIAL, 0, 0),
            (ExecutionMode.PARALLEL, 3, 3),
        ],
    )
    def test_how_many_failures_stop_a_batch(
        self, house: House, mode: ExecutionMode, given: int | None, kept: int
    ) -> None:
        assert house.trigger("bern-1", mode=mode, max_failures=given).batch.max_failures == kept

    def test_jobs_for_later_are_scheduled(self, house: House) -> None:
        later = NOON + timedelta(hours=2)
        made = house.trigger("bern-1", schedule_time=later)
        assert made.jobs[0].status is JobStatus.SCHEDULED
        assert made.jobs[0].schedule_time == later

    def test_a_workflow_of_ones_own(self, house: House, project: Project) -> None:
        text = project.path.read_text(encoding="utf-8")
        project.write("config.yaml", text + "  workflows:\n    look: {description: Look, steps: [readiness]}\n")
        service = project.service(house.store, StandingClock())
        assert [(one.id, one.name) for one in service.workflows()] == [
            (1, "standard"),
            (2, "distribute"),
            (100, "look"),
        ]
        made = service.trigger(house.request("bern-1", options=JobOptions(workflow="100")))
        assert [step.name for step in made.jobs[0].steps] == ["Readiness Check"]
        assert house.store.batch(made.batch.id).options.workflow == "look"

    def test_a_batch_keeps_its_workflow_as_it_was(self, house: House, project: Project) -> None:
        text = project.path.read_text(encoding="utf-8")
        own = "  workflows:\n    look:\n      steps: [readiness, {command: {name: Clock, run: show clock%s}}]\n"
        project.write("config.yaml", text + own % "")
        made = project.service(house.store, StandingClock()).trigger(
            house.request("bern-1", options=JobOptions(workflow="look"))
        )
        assert [step.name for step in made.jobs[0].steps] == ["Readiness Check", "Clock"]
        project.write("config.yaml", text + own % " detail")
        kept = Flow.of(house.store.batch(made.batch.id).flow)
        assert [step.run for step in kept.own if isinstance(step, Command)] == ["show clock"]
        assert house.store.batch(house.trigger("basel-core").batch.id).flow == ""

    def test_devices_without_an_image_are_skipped(self, house: House) -> None:
        made = house.trigger("chur-small", "bern-1")
        assert [job.device_name for job in made.jobs] == ["bern-1"]
        assert [item.device.name for item in made.skipped] == ["chur-small"]

    def test_where_no_device_has_an_image_nothing_is_made(self, house: House) -> None:
        house.store.unset_golden(house.image.id)
        with pytest.raises(ImageError) as refused:
            house.trigger("bern-1", "bern-2", "basel-core")
        assert str(refused.value).count("no golden image") == 1, "one reason is told once"
        assert "bern-1, bern-2, basel-core" in str(refused.value)
        assert house.store.batches() == []

    def test_no_devices_no_batch(self, house: House) -> None:
        with pytest.raises(ImageError, match="no devices were named"):
            house.service.trigger(UpgradeRequest(()))


class TestBusyDevices:
    def test_an_interrupted_job_must_be_resumed_first(self, house: House) -> None:
        first = house.trigger("bern-1", detached=True).jobs[0]
        house.run(first)
        with pytest.raises(ConflictError, match=f"swimctl resume {first.id}"):
            house.trigger("bern-1")
        made = house.trigger("bern-1", "bern-2")
        assert [job.device_name for job in made.jobs] == ["bern-2"]
        assert made.skipped[0].conflict

    def test_a_running_job_is_told_of_and_waited_for(self, house: House) -> None:
        first = house.trigger("bern-1", detached=True).jobs[0]
        runner = house.store.register_runner()
        house.store.claim(first.id, runner)
        item = house.service.plan(house.request("bern-1")).items[0]
        assert item.refusal is None
        assert item.note == f"job {first.id} on it is distributing; this one waits for its end"
        runner.close()

    def test_a_waiting_job_is_told_of(self, house: House) -> None:
        first = house.trigger("bern-1", schedule_time=NOON + timedelta(hours=1)).jobs[0]
        item = house.service.plan(house.request("bern-1")).items[0]
        assert item.refusal is None
        assert f"job {first.id}" in item.note
        assert "scheduled" in item.note


class TestStatusAndCancel:
    def test_status_by_jobs_by_batch_and_by_both(self, house: House) -> None:
        first, second = house.trigger("bern-1", "bern-2"), house.trigger("basel-core")
        ids = [job.id for job in (*first.jobs, *second.jobs)]
        status = house.service.status
        assert [job.id for job in status()] == [ids[2]]
        assert [job.id for job in status(batch_id=first.batch.id[:8])] == ids[:2]
        assert [job.id for job in status(job_ids=[ids[2], ids[0], 999])] == [ids[0], ids[2]]
        assert [job.id for job in status(job_ids=ids, batch_id=second.batch.id)] == [ids[2]]
        for nothing in (
            {"job_ids": [999]},
            {"batch_id": "no-such-batch"},
            {"job_ids": ids[:1], "batch_id": second.batch.id},
        ):
            with pytest.raises(NotFound):
                status(**nothing)

    def test_no_jobs_at_all_is_no_error(self, house: House) -> None:
        assert house.service.status() == []

    def test_only_what_waits_is_cancelled(self, house: House) -> None:
        made = house.trigger("bern-1", "bern-2", "basel-core", detached=True)
        waiting, running, ended = made.jobs
        runner = house.store.register_runner()
        house.store.claim(running.id, runner)
        house.run(ended, to=JobStatus.FAILED)
        result = house.service.cancel([job.id for job in made.jobs])
        assert result.cancelled == (waiting.id,)
        assert [(job.id, job.status) for job in result.not_cancelled] == [
            (running.id, JobStatus.DISTRIBUTING),
            (ended.id, JobStatus.FAILED),
        ]
        assert "cannot be cancelled" in result.not_cancelled[0].message
        assert "has ended: failed" in result.not_cancelled[1].message
        runner.close()

    def test_a_batch_is_cancelled_whole(self, house: House) -> None:
        made = house.trigger("bern-1", "bern-2")
        assert house.service.cancel(batch_id=made.batch.id).cancelled == tuple(job.id for job in made.jobs)
        assert house.service.cancel(batch_id=made.batch.id).cancelled == ()

    def test_one_unknown_job_and_nothing_is_cancelled(self, house: House) -> None:
        (job,) = house.trigger("bern-1").jobs
        with pytest.raises(NotFound, match="jobs 98, 99 not found; nothing was cancelled"):
            house.service.cancel([job.id, 99, 98])
        assert house.store.job(job.id).status is JobStatus.PENDING
        with pytest.raises(UsageError):
            house.service.cancel()

    def test_status_and_cancel_need_no_inventory(self, project: Project, house: House) -> None:
        made = house.trigger("bern-1")

        def broken() -> None:
            pytest.fail("the inventory was loaded")

        service = Service(project.config(), house.store, broken, StandingClock())  # type: ignore[arg-type]  # never called
        assert len(service.status()) == 1
        assert service.cancel(batch_id=made.batch.id).cancelled
        assert service.workflows()


class TestRetry:
    def test_what_failed_or_was_not_attempted_runs_again_as_before(self, house: House) -> None:
        options = JobOptions(workflow="distribute", force=True)
        made = house.trigger(
            "bern-2", "bern-1", "basel-core", mode=ExecutionMode.SEQUENTIAL, options=options, workers=3, detached=True
        )
        failed, well, untried = made.jobs
        house.run(failed, to=JobStatus.FAILED)
        house.run(well, to=JobStatus.SUCCESS)
        house.store.fail_waiting([untried.id], "not attempted")
        again = house.service.retry(made.batch.id[:8], by=Caller("ana", "terminal"))
        assert [job.device_name for job in again.jobs] == ["bern-2", "basel-core"]
        assert again.batch.id != made.batch.id
        assert (again.batch.mode, again.batch.max_failures) == (ExecutionMode.SEQUENTIAL, 1)
        assert (again.batch.options, again.batch.workers) == (options, 3)
        assert again.batch.schedule_time is None

    def test_the_image_of_the_first_time_stays(self, house: House, project: Project) -> None:
        made = house.trigger("bern-1", detached=True)
        house.run(made.jobs[0], to=JobStatus.FAILED)
        newer = project.add_image(house.store, "cat9k_iosxe.17.15.01.SPA.bin", b"newer")
        house.store.set_golden(newer.id)
        assert house.service.retry(made.batch.id).jobs[0].image_id == house.image.id

    def test_devices_and_images_that_are_gone_are_skipped(self, house: House, project: Project) -> None:
        made = house.trigger("bern-1", "bern-2", detached=True)
        for job in made.jobs:
            house.run(job, to=JobStatus.FAILED)
        project.write("inventory/hosts.yaml", "bern-2: {groups: [access]}\n")
        service = project.service(house.store, StandingClock())
        plan = service.retry_plan(made.batch.id)
        assert [item.device.name for item in plan.accepted] == ["bern-2"]
        assert "no longer in the inventory" in (plan.refused[0].refusal or "")
        house.store.remove_image(house.image.id)
        assert all("catalogue" in (item.refusal or "") for item in service.retry_plan(made.batch.id).items[1:])

    def test_a_retry_after_the_end_of_its_batch_needs_another_end(self, house: House, project: Project) -> None:
        now = NOON
        made = house.trigger("bern-1", policy=Policy(until=now + timedelta(hours=2)))
        house.run(made.jobs[0], to=JobStatus.FAILED)
        assert house.service.retry_plan(made.batch.id).request.policy == made.batch.policy
        morning = project.service(house.store, StandingClock(now + timedelta(hours=3)))
        with pytest.raises(ConflictError, match=f"was to end by .*swimctl retry --batch {made.batch.id[:8]} --until"):
            morning.retry(made.batch.id)
        with pytest.raises(UsageError, match="is in the past"):
            morning.retry_plan(made.batch.id, again=Again(until=now))
        later = now + timedelta(hours=9)
        assert morning.retry_plan(made.batch.id, again=Again(until=later)).request.policy.until == later

    def test_a_retry_after_the_last_night_of_its_window_needs_another_window(
        self, house: House, project: Project
    ) -> None:
        night, next_night = (f"{NOON:%Y-%m}-{day:02} 22:00/6h@UTC" for day in (NOON.day, NOON.day + 1))
        made = house.trigger("bern-1", policy=Policy(window=night))
        house.run(made.jobs[0], to=JobStatus.FAILED)
        assert house.service.retry_plan(made.batch.id).request.policy == made.batch.policy
        morning = project.service(house.store, StandingClock(NOON + timedelta(hours=20)))
        needs = f"had the window {night}, which opens no more.*nothing was made; next: `swimctl retry --batch"
        with pytest.raises(ConflictError, match=f"{needs} {made.batch.id[:8]} --window WINDOW`"):
            morning.retry(made.batch.id)
        with pytest.raises(UsageError, match="is over; give one that is to come"):
            morning.retry_plan(made.batch.id, again=Again(window=night))
        with pytest.raises(UsageError, match="not a window"):
            morning.retry_plan(made.batch.id, again=Again(window="tonight"))
        assert morning.retry(made.batch.id, Again(window=next_night)).batch.policy.window == next_night

    def test_nothing_to_retry_is_a_conflict(self, house: House) -> None:
        made = house.trigger("bern-1")
        with pytest.raises(ConflictError, match="nothing to retry"):
            house.service.retry(made.batch.id)
