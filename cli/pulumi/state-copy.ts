/** A copy of a stack's state in a folder of its own. A plan changes the copy, and the stack stays as it is. */

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { privateFolder } from "../places";
import { PROJECT } from "../stacks/stack";

/** The copy and what `pulumi` has to be told about it. */
export interface StateCopy {
    /** URL of the backend that holds it. */
    readonly backend: string;
    /** Stack file, which `pulumi` may write to. */
    readonly configFile: string;
    readonly remove: () => void;
}

interface Exported {
    readonly deployment?: unknown;
}

/**
 * Makes the copy. Secrets stay encrypted: the document says itself what opens them.
 *
 * @param exported - what `pulumi stack export` printed
 * @param configFile - the stack file that goes with it
 * @see https://www.pulumi.com/docs/iac/concepts/state-and-backends/#local-filesystem
 */
export function copyState(stack: string, exported: unknown, configFile: string): StateCopy {
    const folder = mkdtempSync(join(privateFolder(), "copy-"));
    const stacks = join(folder, ".pulumi", "stacks", PROJECT);
    mkdirSync(stacks, { recursive: true });
    // Without this file the folder counts as one of Pulumi before 3.61, whose stacks belong to no project.
    writeFileSync(join(folder, ".pulumi", "meta.yaml"), "version: 1\n");
    const { deployment, ...form } = exported as Exported;
    const checkpoint = { stack: `organization/${PROJECT}/${stack}`, latest: deployment };
    writeFileSync(join(stacks, `${stack}.json`), JSON.stringify({ ...form, checkpoint }), { mode: 0o600 });
    const copiedFile = join(folder, `Pulumi.${stack}.yaml`);
    if (existsSync(configFile)) cpSync(configFile, copiedFile);
    return {
        backend: `file://${folder}`,
        configFile: copiedFile,
        remove: () => rmSync(folder, { recursive: true, force: true }),
    };
}
