import { readFileSync } from "node:fs";
import { join } from "node:path";

import { pullSteps } from "../../../cli/setup/published";
import { GuardedRegistry } from "../../support/guarded-registry";
import { run } from "../../support/live-engine";
import type { MirrorStand } from "../../support/mirror-stand";

/** An image of a registry that asks for a login is pulled with the docker client's own, as releases of a product are. */
export function privateRegistryTests(stand: MirrorStand, folder: string): void {
    const port = stand.port + 2;
    const guarded = new GuardedRegistry(port, stand.port);
    const name = "psra/api";
    let reference: string;

    beforeAll(async () => {
        await guarded.start();
        const { images } = JSON.parse(readFileSync(join(stand.folder, "mirror.json"), "utf8")) as {
            images: Readonly<Record<string, string>>;
        };
        reference = images["redis"]!.replace(`127.0.0.1:${stand.port}/`, `127.0.0.1:${port}/`);
        await run("docker", ["image", "rm", reference]);
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
