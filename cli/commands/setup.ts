/** `strata setup`: everything that `up` and `test` need, without starting anything of an environment. */

import { STACK_IMAGES } from "../../offline/build/image-recipes";
import { ExitCode } from "../failure";
import { Progress } from "../output/progress";
import { duration } from "../output/text";
import { lookAt, type StackOptions } from "../session";
import { foundations, setUp } from "../setup/setup";
import { declaredBy } from "../stacks/platform";
import { wantedBy } from "../stacks/supply";

/** Options of `setup`. */
export interface SetupOptions extends StackOptions {
    /** Images of all kinds, not only those of the stack. */
    readonly all?: boolean;
    /** Install or start the Docker engine also where this machine has one already. */
    readonly install?: boolean;
    readonly json?: boolean;
}

/** @returns exit code */
export async function setup(options: SetupOptions): Promise<number> {
    const started = Date.now();
    const progress = new Progress(process.stdout, { quiet: options.json === true });
    const sight = lookAt(options);
    const found = await foundations(wantedBy(sight));
    const needed = options.all ? { images: STACK_IMAGES } : declaredBy(sight.stack, found, sight.engine.choice);
    const engine = options.install ? "asked" : "bare";
    const request = { ...needed, engine, listCached: true } as const;
    const { decision, toolchain } = await setUp(progress, request, sight, found);
    if (options.json)
        console.log(JSON.stringify({ ...decision, bin: toolchain.bin, milliseconds: Date.now() - started }));
    progress.print(`ready in ${duration(Date.now() - started)}`);
    return ExitCode.holds;
}
