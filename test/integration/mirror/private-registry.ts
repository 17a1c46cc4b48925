import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { pullSteps } from "../../../cli/setup/published";
import { GuardedRegistry } from "../../support/guarded-registry";
import { docker, run } from "../../support/live-engine";
import type { MirrorStand } from "../../support/mirror-stand";
import { expectSuccess } from "../../support/outcome";

/** An image of a registry that asks for a login is pulled with the docker client's own, as releases of a product are. */
export function privateRegistryTests(stand: MirrorStand, folder: string): void {
    const port = stand.port + 2;
    const guarded = new GuardedRegistry(port, stand.port);
    const name = "psra/api";
    let reference: string;

    beforeAll(async () => {
        await guarded.start();
        const digest = await pushed(`${stand.registry}/private:1`, join(folder, "private"));
        reference = `127.0.0.1:${port}/strata/private@${digest}`;
    });
    afterAll(async () => {
        await run("docker", ["image", "rm", reference]);
        await guarded.stop();
    });

    const isThere = async (): Promise<boolean> => (await run("docker", ["image", "inspect", reference])).code === 0;
    const steps = (isLoggedIn: boolean): ReturnType<typeof pullSteps> =>
        pullSteps({ [name]: reference }, { ...process.env, DOCKER_CONFIG: guarded.clientFolder(folder, isLoggedIn) });

    test("without a login it is refused with the command that logs in", async () => {
        const [step] = steps(false);
        expect(await step!.isCurrent()).toBe(false);
        await expect(step!.run(() => undefined)).rejects.toMatchObject({
            message: expect.stringContaining(`the image ${name} cannot be pulled: `) as string,
            next: `log in with an account that may read it: docker login 127.0.0.1:${port}`,
            details: [`  ${reference}`],
        });
        expect(guarded.answers.refused).toBeGreaterThan(0);
        expect(guarded.answers.served).toBe(0);
        expect(await isThere()).toBe(false);
    });

    test("with the client's login it is pulled, once", async () => {
        const [step] = steps(true);
        await step!.run(() => undefined);
        expect(guarded.answers.served).toBeGreaterThan(0);
        expect(await isThere()).toBe(true);
        expect(await step!.isCurrent()).toBe(true);
    });
}

/**
 * Puts an image into a registry that no engine has pulled before: what an engine knows by its digest it may take without asking.
 *
 * @returns its digest
 */
async function pushed(tag: string, folder: string): Promise<string> {
    mkdirSync(folder);
    writeFileSync(join(folder, "content"), randomBytes(64));
    expectSuccess(await run("tar", [`--directory=${folder}`, "--create", `--file=${folder}.tar`, "content"]));
    await docker(["import", `${folder}.tar`, tag]);
    const answer = await docker(["push", tag]);
    await docker(["image", "rm", tag]);
    return /digest: (sha256:[0-9a-f]{64})/.exec(answer)![1]!;
}
