// Bundles the service into `dist/`: one file of its own code, one of the workflows for Temporal's sandbox, and the migrations.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { bundleWorkflowCode } from "@temporalio/worker";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = join(here, "dist");

await build({
    entryPoints: [join(here, "src", "main.ts")],
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    outfile: join(dist, "main.js"),
});

mkdirSync(dist, { recursive: true });
const { code } = await bundleWorkflowCode({ workflowsPath: join(here, "src", "workflows.ts") });
writeFileSync(join(dist, "workflows.js"), code);

cpSync(join(here, "migrations"), join(dist, "migrations"), { recursive: true });
