import { ExitCode } from "../../../cli/failure";
import { docker, KINDS, labelled } from "../../support/live-engine";
import type { LiveStack } from "../../support/live-stack";

/** Two engines, and a stack that runs on one of them. */
export interface TwoEngines {
    /** As `DOCKER_HOST` takes it: where the stack runs. */
    readonly right: string;
    /** Where it does not; `undefined` for the machine's own. */
    readonly wrong: string | undefined;
    /** The stack as somebody works on it whose `DOCKER_HOST` is the wrong one. */
    readonly stack: LiveStack;
}

/** Works with another engine. */
async function on<T>(host: string | undefined, work: () => Promise<T>): Promise<T> {
    const before = process.env["DOCKER_HOST"];
    const choose = (it: string | undefined): void => {
        if (it === undefined) delete process.env["DOCKER_HOST"];
        else process.env["DOCKER_HOST"] = it;
    };
    choose(host);
    try {
        return await work();
    } finally {
        choose(before);
    }
}

/** A command with another machine's engine refuses, whatever it would do, and touches neither. */
export function wrongMachineTests({ right, wrong, stack }: TwoEngines): void {
    /** All there is on the stack's engine, and what has the stack's label on the other one, where other tests run. */
    const objects = async (): Promise<unknown> => ({
        right: await on(right, () =>
            Promise.all([
                docker(["ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.State}}"]),
                docker(["network", "ls", "--no-trunc", "--quiet"]),
                docker(["volume", "ls", "--quiet"]),
            ]),
        ),
        wrong: await on(wrong, () => Promise.all(KINDS.map((kind) => labelled(kind, stack.name)))),
    });

    test.each([
        ["up", []],
        ["up", ["--accept-data-loss"]],
        ["down", ["--confirm", stack.name]],
        ["down", ["--volumes", "--confirm", stack.name]],
    ])(
        "%s %j with the engine of another machine is refused, and nothing is touched on either",
        async (verb, options) => {
            const before = await objects();
            const { code, stderr } = await on(wrong, () => stack.strata(verb, ...options));
            expect(stderr).toMatch(
                /has none of the \d+ containers that the state of \S+ knows.*: is it the right engine\?/,
            );
            expect(code).toBe(ExitCode.unknown);
            expect(await objects()).toEqual(before);
            expect(before).toMatchObject({ wrong: [[], [], []] });
        },
    );
}
