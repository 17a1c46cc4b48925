/** What is said while `pulumi` works, and after the user asked it to stop. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { explain, follow } from "../../../cli/commands/follow";
import { Progress } from "../../../cli/output/progress";
import { UpdateView } from "../../../cli/pulumi/events";
import type { Session } from "../../../cli/session";

const metadata = {
    op: "create",
    urn: "urn:pulumi:local::strata::docker:index/container:Container::keycloak",
    type: "docker:index/container:Container",
    new: { inputs: { name: "local-keycloak", wait: true } },
} as unknown as StepEventMetadata;

type Operate = (onEvent: (event: EngineEvent) => void, onStopping: () => void) => void;

async function written(operate: Operate): Promise<string> {
    const lines: string[] = [];
    const progress = new Progress({ write: (text) => lines.push(text) }, { plainInterval: 1000 });
    const pulumi = {
        operate: async (_verb: string, _args: string[], ...[onEvent, onStopping]: Parameters<Operate>) => {
            operate(onEvent, onStopping);
            await jest.advanceTimersByTimeAsync(2500);
            return { code: 255, endedBy: undefined, logFile: "", interrupted: true };
        },
    };
    const session = { pulumi, engine: {}, stack: { name: "local" } } as unknown as Session;
    await follow(session, progress, new UpdateView("update"), "up", []);
    return lines.join("");
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test("after Ctrl-C it goes on saying what is waited for", async () => {
    const said = await written((onEvent, onStopping) => {
        onEvent({ sequence: 1, timestamp: 0, resourcePreEvent: { metadata } });
        onStopping();
    });
    expect(said).toMatch(/^! stopping after the running step; Ctrl-C again to stop at once\n/);
    expect(said).toMatch(/… update 2\.\d s {2}stopping: waiting for health of container local-keycloak 2\.\d s/);
});

test("after Ctrl-C between two steps it waits for pulumi's own end", async () => {
    const said = await written((_, onStopping) => onStopping());
    expect(said).toMatch(/stopping: waiting for pulumi to end/);
});

test("a run that a wrong passphrase ended before it began says so, and what to give", async () => {
    jest.useRealTimers();
    const logFile = join(mkdtempSync(join(tmpdir(), "strata-follow-")), "preview.log");
    writeFileSync(logFile, "error: getting stack configuration: get stack secrets manager: incorrect passphrase\n");
    const run = { code: 255, endedBy: undefined, logFile, interrupted: false };
    const session = { stack: { name: "production" } } as unknown as Session;
    await expect(explain(session, new UpdateView("preview"), run)).rejects.toMatchObject({
        message: "the passphrase that is given does not open the secrets of production",
        next: expect.stringContaining("PULUMI_CONFIG_PASSPHRASE_FILE") as string,
        exitCode: 2,
    });
});
