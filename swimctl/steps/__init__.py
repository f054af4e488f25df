"""The steps of a job, one line each; a workflow is a tuple of their kinds."""

from swimctl.steps.activation import Activation
from swimctl.steps.base import JobContext, JobRecord, Step, StepResult
from swimctl.steps.distribution import Distribution
from swimctl.steps.post_checks import PostChecks
from swimctl.steps.readiness import ReadinessCheck

POST_CHECKS = PostChecks()
STEPS: dict[str, Step] = {
    "readiness": ReadinessCheck(),
    "distribution": Distribution(),
    "activation": Activation(),
    "post-checks": POST_CHECKS,
}

__all__ = ["POST_CHECKS", "STEPS", "JobContext", "JobRecord", "Step", "StepResult"]
