/** `strata env`: shell lines with which plain `pulumi` works on the stack. */

import { ExitCode } from "../failure";
import { lookAt, open, type StackOptions } from "../session";
import { foundations } from "../setup/setup";
import { refuseFlip, wantedBy } from "../stacks/supply";
import { shellLines } from "../stacks/variables";

/**
 * Prints nothing but the lines, for `eval "$(…)"`.
 *
 * @returns exit code
 */
export async function env(options: StackOptions): Promise<number> {
    const sight = lookAt(options);
    const wanted = wantedBy(sight);
    const found = await foundations(wanted);
    refuseFlip(sight.stack, wanted.recorded, found);
    const { stack, pulumi, access, engine } = await open(sight, found);
    const known = { ...engine.choice, identity: await engine.identity() };
    const lines = shellLines(stack, found, access, pulumi.configFile, known, process.env);
    console.log(lines.join("\n"));
    return ExitCode.holds;
}
