// What the types of schema.d.ts must refuse: a line that compiles where it should not is an error itself.
import type { components } from "./schema.js";

type Trigger = components["schemas"]["TriggerRequest"];
type Job = components["schemas"]["JobAnswer"];

export const fine: Trigger = { devices: ["sw1", 2], waves: [1, "100%"] };
// @ts-expect-error no devices
export const nobody: Trigger = { force: true };
// @ts-expect-error a way that there is not
export const way: Trigger = { devices: ["sw1"], execution_mode: "serial" };
// @ts-expect-error one of seven, and this is none
export const status: Job["status"] = "done";
