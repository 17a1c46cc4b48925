/** A live stack's secrets, and the places where a leaked secret would be seen. */

import { visibleTextOf } from "./eyes";
import { type Canary, canariesOf } from "./leaks";
import { docker, inspectServices, KINDS, labelled, run } from "./live-engine";
import type { LiveStack } from "./live-stack";
import { nameOf, processTree } from "./processes";

/** Every secret value in the stack's state, and the passphrase in this checkout. */
export async function secretsOf(stack: LiveStack): Promise<Canary[]> {
    const exported = await stack.pulumi("stack", "export", "--show-secrets");
    return [...canariesOf(JSON.parse(exported.stdout)), { name: "passphrase of the state", value: stack.passphrase() }];
}

/** Texts that can be read without knowing a secret, by place: private files, output, the engine's view, logs, and processes. */
export async function placesOf(stack: LiveStack): Promise<ReadonlyMap<string, string>> {
    const places = new Map(stack.privateFiles());
    places.set("the output of every command so far", stack.output.join("\n"));
    for (const kind of KINDS) {
        places.set(`docker ${kind} inspect`, await docker([kind, "inspect", ...(await labelled(kind, stack.name))]));
    }
    for (const container of await inspectServices(stack.name)) {
        const { stdout, stderr } = await run("docker", ["logs", container.Id]);
        places.set(`log of ${container.Name}`, stdout + stderr);
        for (const pid of processTree(container.State.Pid)) {
            places.set(`process ${pid} (${nameOf(pid)}) of ${container.Name}`, await visibleTextOf(pid));
        }
    }
    return places;
}
