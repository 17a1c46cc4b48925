import { imageOf } from "../../support/images";
import { docker, inspect } from "../../support/live-engine";
import { isAlive } from "../../support/processes";
import type { SecondEngine } from "../../support/second-engine";

/** What an engine of an earlier run leaves to the next one. */
export function leftoverTests(second: SecondEngine): void {
    test("what a killed one left is gone at the next start", async () => {
        const image = await imageOf("redis");
        const id = await docker(["run", "--detach", "--init", "--entrypoint=sleep", image, "600"]);
        const { State } = await inspect(id.trim());
        second.kill();
        // Control: the container does not end by itself.
        expect(isAlive(State.Pid)).toBe(true);

        await second.start();
        expect(isAlive(State.Pid)).toBe(false);
        expect(await docker(["ps", "--all", "--quiet"])).toBe("");
    });
}
