import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pulumiLogStep } from "../../../cli/setup/pulumi-log";

let home: string;
beforeEach(() => (home = join(mkdtempSync(join(tmpdir(), "strata-log-")), "pulumi-home")));
afterEach(() => rmSync(join(home, ".."), { recursive: true }));

test.each(["nothing is there yet", "Pulumi has logged before"])("the log is off once, when %s", async (before) => {
    const log = join(home, "logs");
    if (before.startsWith("Pulumi")) {
        mkdirSync(log, { recursive: true });
        writeFileSync(join(log, "pulumi-1-up.log"), "what was done");
        writeFileSync(join(home, "another"), "");
    }
    const step = pulumiLogStep({ home });
    expect(await step.isCurrent()).toBe(false);
    await step.run(() => undefined);
    expect(await step.isCurrent()).toBe(true);
    expect(readFileSync(log, "utf8")).toContain("pulumi --logtostderr -v=9");
    expect(existsSync(join(home, "another"))).toBe(before.startsWith("Pulumi"));
});
