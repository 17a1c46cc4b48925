/** What is wrong with a stack's configuration is said once, all of it, before anything is touched. Needs a Docker engine. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { type Ended, KINDS, labelled } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";

const NAME = "test-config";
const STATE = join(__dirname, "..", "..", ".strata", "state", ".pulumi", "stacks", "strata", `${NAME}.json`);

async function upWith(config: Readonly<Record<string, unknown>>): Promise<Ended> {
    const stack = new LiveStack({ name: NAME, addressBase: "10.232", port: 26080, config });
    try {
        await stack.removeLeftovers();
        const ended = await stack.strata("up");
        expect(existsSync(STATE)).toBe(false);
        for (const kind of KINDS) {
            expect(await labelled(kind, NAME)).toEqual([]);
        }
        return ended;
    } finally {
        await stack.remove();
    }
}

/** Lines that begin a problem. */
function problems({ stdout, stderr }: Ended): string[] {
    return `${stdout}\n${stderr}`
        .split("\n")
        .flatMap((line) => /^\s+\d+\. (\S+(?: \S+)*?)(?: is |$)/.exec(line)?.[1] ?? []);
}

test("every problem with the form of the configuration is reported at once, each with what to do", async () => {
    const ended = await upWith({
        "strata:domian": "example.com",
        "strata:edge": { http: { address: "127.0.0.1", port: 70000 }, https: { address: "nowhere", port: 8443 } },
        "strata:healthCheckInterval": "often",
        "strata:vault": undefined,
    });
    expect(ended.code).toBe(2);
    expect(problems(ended)).toEqual([
        "strata:domian",
        "strata:edge.http.port",
        "strata:edge.https.address",
        "strata:vault",
        "strata:healthCheckInterval",
    ]);
    expect(ended.stderr).toContain("did you mean strata:domain?");
    expect(ended.stderr.match(/^ +next: /gm)).toHaveLength(6);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
}, 60_000);

test("every problem with what the configuration means is reported at once", async () => {
    const ended = await upWith({
        "strata:addressBase": "172.17",
        "strata:products": [{ name: "bizosas" }, { name: "psra", services: ["apy"] }],
    });
    expect(ended.code).toBe(2);
    expect(problems(ended)).toEqual([
        "strata:products[0].name",
        "strata:products[1].services[0]",
        "strata:addressBase",
    ]);
    expect(ended.stderr).toContain('did you mean "bizosaas"?');
}, 60_000);

test("a newer engine than there is is not assumed: it would take options that hold zones shut, and ignore them", async () => {
    const ended = await upWith({ "strata:engine": { api: "1.99" } });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain("it would take options and ignore them");
}, 60_000);

test("an environment without a stack file is refused, with the names of those that have one", async () => {
    const stack = new LiveStack({ name: NAME, addressBase: "10.232", port: 26080 });
    try {
        // The option comes a second time, and the last one counts.
        const ended = await stack.strata("up", "--config-file", "/nowhere/Pulumi.yaml");
        expect(ended.code).toBe(2);
        expect(ended.stderr).toContain("--config-file: /nowhere/Pulumi.yaml does not exist");
    } finally {
        await stack.remove();
    }
}, 60_000);
