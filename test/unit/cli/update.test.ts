/** Whether an update of which the plan shows no change is run at all. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { Consent } from "../../../cli/commands/consent";
import { update } from "../../../cli/commands/update";
import { Progress } from "../../../cli/output/progress";
import { Deeds } from "../../../cli/pulumi/deeds";

const KEY = "vault:transit/secretBackendKey:SecretBackendKey";
const urn = (name: string): string => `urn:pulumi:x::strata::${KEY}::${name}`;

/**
 * @param contained - URNs in servers that do not answer. @default none, all of them do
 * @returns what was asked of `pulumi`, for a plan in which one resource stays as it is
 */
async function ran(knownAs: string, isCalled: string, contained?: readonly string[]): Promise<string[]> {
    const operations: string[] = [];
    const inputs = { backend: "psra/transit", name: "psra-key" };
    const side = (name: string) => ({ urn: urn(name), type: KEY, inputs, outputs: {}, custom: true });
    const metadata = { op: "same", type: KEY, urn: urn(isCalled), old: side(knownAs), new: side(isCalled) };
    const events = [
        { sequence: 1, timestamp: 0, resourcePreEvent: { metadata: metadata as unknown as StepEventMetadata } },
        { sequence: 2, timestamp: 0, summaryEvent: { resourceChanges: { same: 1 } } as unknown },
    ] as EngineEvent[];
    const pulumi = {
        state: () => Promise.resolve({ contained: contained?.map((it) => ({ urn: it, volume: "v" })) }),
        operate: (operation: string, args: readonly string[], onEvent: (event: EngineEvent) => void) => {
            operations.push(operation, ...args.filter((arg) => arg.includes("urn:")));
            events.forEach(onEvent);
            return Promise.resolve({ code: 0, endedBy: undefined, logFile: "", interrupted: false });
        },
    };
    const declaration = { refuseChanged: () => undefined };
    const session = { stack: { name: "production" }, pulumi, declaration } as unknown as Parameters<typeof update>[0];
    const progress = new Progress({ write: () => undefined });
    const inside = contained === undefined ? "none" : "left";
    const request = { deeds: new Deeds(session, []), deletes: [], args: [], refresh: false, inside } as const;
    const consent = new Consent("production", ["up"], {}, progress, undefined);
    const { hasChanges } = await update(session, request, consent, progress);
    expect(hasChanges).toBe(false);
    return operations;
}

test("a plan without changes is all there is to do", async () => {
    expect(await ran("psra/transit/keys/psra-key", "psra/transit/keys/psra-key")).toEqual(["preview"]);
});

test("names of an earlier release leave the state, which nobody is asked about: nothing else changes", async () => {
    expect(await ran("vault-psra-transit-key", "psra/transit/keys/psra-key")).toEqual(["preview", "up"]);
});

test("the gate before Vault is no part of what waits for a silent server", async () => {
    const place = "psra/transit/keys/psra-key";
    const said = await ran(place, place, [urn(place), urn("vault-operators")]);
    expect(said.join(" ")).toContain(urn(place));
    expect(said.join(" ")).not.toContain("vault-operators");
});
