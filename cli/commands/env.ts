/** `strata env`: shell lines with which plain `pulumi` works on the stack. */

import { ExitCode } from "../failure";
import { lookAt, open, type StackOptions } from "../session";
import { foundations } from "../setup/setup";
import { shellLines } from "../stacks/variables";

/**
 * Prints nothing but the lines, for `eval "$(…)"`.
 *
 * @returns exit code
 */
export async function env(options: StackOptions): Promise<number> {
    const session = await open(lookAt(options), await foundations());
    const { stack, pulumi, engine, foundations: found } = session;
    console.log(shellLines(stack, found.toolchain, pulumi.configFile, engine.choice, process.env).join("\n"));
    return ExitCode.holds;
}
