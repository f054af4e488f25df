// Log in, trigger, cancel and follow an upgrade by the types that openapi-typescript makes: schema.d.ts.
// Takes the server's address, a user, a password and a device; prints what came of it as JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };
const [url, username, password, device] = process.argv.slice(2) as [string, string, string, string];

function given<T>(answer: { data?: T; error?: components["schemas"]["Problem"] | components["schemas"]["CancelAnswer"] }): T {
  if (answer.data === undefined) throw new Error(answer.error?.message ?? "no answer");
  return answer.data;
}

// With `dry_run` the answer is a plan; without it, the jobs.
type Plan = components["schemas"]["PlanAnswer"];
type Jobs = components["schemas"]["TriggerAnswer"];

function made(answer: Plan | Jobs): Jobs {
  if (!("job_ids" in answer)) throw new Error("a plan came back");
  return answer as Jobs;
}

const login = given(await createClient<paths>({ baseUrl: url }).POST("/api/auth/login/", { body: { username, password } }));
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Token ${login.token}` } });

const schedule_time = new Date(Date.now() + 86_400_000).toISOString();
const later = made(given(await client.POST("/api/upgrade/trigger/", { body: { devices: [device], schedule_time } })));
const cancelled = given(await client.POST("/api/upgrade/cancel/", { body: { job_ids: later.job_ids } }));

const now = made(given(await client.POST("/api/upgrade/trigger/", { body: { devices: [device] } })));
for (;;) {
  const status = given(await client.GET("/api/upgrade/status/", { params: { query: { job_ids: now.job_ids } } }));
  const job = status.jobs[0]!;
  if (["success", "failed", "cancelled"].includes(job.status)) {
    console.log(
      JSON.stringify({
        cancelled: String(cancelled.job_ids) === String(later.job_ids),
        job_ids: now.job_ids,
        device: job.device_hostname,
        status: job.status,
        outcome: job.outcome,
        version: job.image_version,
        copied: job.bytes_done === job.bytes_total && job.bytes_total > 0,
        steps: job.steps.map((step) => step.name),
      }),
    );
    break;
  }
  await new Promise((wake) => setTimeout(wake, 200));
}
