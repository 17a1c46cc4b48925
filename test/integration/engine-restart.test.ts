/**
 * The whole platform comes back by itself when the engine is stopped and started again, and the next `up` has nothing to do.
 *
 * Skipped unless STRATA_TEST_ENGINE_RESTART=1, because it stops every container on the machine, not only its own: run it on
 * a machine of its own, and no other test beside it. Skipped tests are counted in the closing line.
 *
 *     STRATA_TEST_ENGINE_RESTART=1 npm test -- integration test/integration/engine-restart
 *
 * Needs root. Stops the engine by the process in its pid file; `strata setup` starts it as it does for a user.
 */

import { readFileSync } from "node:fs";

import { LABEL } from "../../model/names";
import { eventually } from "../support/eventually";
import { inspectServices, run } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { isAlive } from "../support/processes";

const NAME = "test-restart";
const MINUTE = 60_000;
const PID_FILE = "/var/run/docker.pid";

const optIn = process.env["STRATA_TEST_ENGINE_RESTART"] === "1" ? test : test.skip;

optIn(
    "everything is healthy again after the engine was restarted, and nothing was changed",
    async () => {
        const stack = new LiveStack({
            name: NAME,
            addressBase: "10.227",
            port: 25080,
            config: { "strata:protectData": true },
        });
        await stack.removeLeftovers();
        try {
            const started = await stack.strata("up");
            expect(`${started.code} ${started.stderr}`).toBe("0 ");
            const before = await inspectServices(NAME);

            const engine = Number(readFileSync(PID_FILE, "utf8"));
            process.kill(engine, "SIGTERM");
            await eventually("the engine has stopped", () => Promise.resolve(!isAlive(engine)), { within: 2 * MINUTE });
            expect((await run("docker", ["version"])).code).not.toBe(0);

            expect((await stack.strata("setup")).code).toBe(0);
            await eventually(
                "everything is healthy again",
                async () => (await inspectServices(NAME)).every(({ State }) => State.Health?.Status === "healthy"),
                { within: 3 * MINUTE, every: 1000 },
            );
            const after = await inspectServices(NAME);
            expect(after.map(({ Id, Config }) => `${Config.Labels[LABEL.service]} ${Id}`)).toEqual(
                before.map(({ Id, Config }) => `${Config.Labels[LABEL.service]} ${Id}`),
            );
            expect((await stack.gate()).code).toBe(0);
            const again = await stack.strata("up");
            expect(again.stdout).toMatch(/\n0 changes, \d+ unchanged in /);
        } finally {
            await stack.strata("down", "--volumes", "--confirm", NAME);
            await stack.remove();
        }
    },
    15 * MINUTE,
);
