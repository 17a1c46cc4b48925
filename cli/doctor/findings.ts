/** What `strata doctor` looks at besides the preflight: the programs of the set-up. */

import { npmRun } from "../failure";
import type { Finding } from "../preflight/finding";
import { run } from "../processes";
import { type Foundations, inspectDownloads } from "../setup/setup";
import { pinnedVersions } from "../setup/toolchain";

/** What the inspection needs. */
export interface Programs {
    readonly found: Foundations;
    readonly env: NodeJS.ProcessEnv;
}

/** Looks at the way, Node, pulumi, Go and the plugins. */
export async function inspectSetUp(programs: Programs): Promise<Finding[]> {
    const { way, reason } = programs.found.decision;
    const [versions, plugins] = await Promise.all([inspectPrograms(programs), inspectPlugins(programs)]);
    const found: Finding = { what: "way", value: `${way} (${reason})`, verdict: "good" };
    return [found, ...versions, ...plugins, ...inspectDownloads(programs.found)];
}

async function inspectPrograms({ found, env }: Programs): Promise<Finding[]> {
    const { pulumi } = pinnedVersions();
    const path = `${found.toolchain.bin}:${env.PATH ?? ""}`;
    const asked = await run("pulumi", ["version"], { env: { ...env, PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    const version = asked.stdout.trim().replace(/^v/, "");
    const findings: Finding[] = [{ what: "Node.js", value: process.versions.node, verdict: "good" }];
    // `up` gets the pinned version, and leaves an installed one alone.
    const fix = `\`up\` gets ${pulumi} by itself; now: ${npmRun("setup")}`;
    if (asked.code !== 0) {
        findings.push({ what: "pulumi", value: "is not installed yet", verdict: "note", fix });
    } else if (version !== pulumi) {
        findings.push({
            what: "pulumi",
            value: `${version} is on the PATH, pinned is ${pulumi}`,
            verdict: "note",
            fix,
        });
    } else {
        findings.push({ what: "pulumi", value: version, verdict: "good" });
    }
    if (found.decision.way === "offline") {
        const go = await run("go", ["version"], { env });
        const value = go.code === 0 ? (go.stdout.split(" ")[2] ?? "").replace(/^go/, "") : "is not installed";
        const fix = "install Go >= 1.26: the next change of a plugin or image needs it";
        findings.push({
            what: "Go",
            value,
            verdict: go.code === 0 ? "good" : "note",
            ...(go.code === 0 ? {} : { fix }),
        });
    }
    return findings;
}

/** A plugin of another version is used with a mere warning, so the versions are compared here. */
async function inspectPlugins({ found, env }: Programs): Promise<Finding[]> {
    const path = `${found.toolchain.bin}:${env.PATH ?? ""}`;
    const options = {
        env: { ...env, PATH: path, PULUMI_HOME: found.toolchain.home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    };
    const asked = await run("pulumi", ["plugin", "ls", "--json"], options);
    const fix = `\`up\` gets it by itself; now: ${npmRun("setup")}`;
    if (asked.code !== 0) return [{ what: "plugins", value: "are listed once pulumi is there", verdict: "note", fix }];
    const installed = JSON.parse(asked.stdout) as { name: string; version?: string }[];
    return Object.entries(pinnedVersions().plugins).map(([name, version]) => {
        const what = `plugin ${name}`;
        if (installed.some((it) => it.name === name && it.version?.replace(/^v/, "") === version)) {
            return { what, value: version, verdict: "good" };
        }
        return { what, value: `${version} is not installed yet`, verdict: "note", fix };
    });
}
