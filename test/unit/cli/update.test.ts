/** Whether an update of which the plan shows no change is run at all. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { Consent } from "../../../cli/commands/consent";
import { update } from "../../../cli/commands/update";
import { Progress } from "../../../cli/output/progress";
import { Deeds } from "../../../cli/pulumi/deeds";

const KEY = "vault:transit/secretBackendKey:SecretBackendKey";
const urn = (name: string): string => `urn:pulumi:x::strata::${KEY}::${name}`;

/** @returns what was asked of `pulumi`, for a plan in which one resource stays as it is */
async function ran(knownAs: string, isCalled: string): Promise<string[]> {
    const operations: string[] = [];
    const inputs = { backend: "psra/transit", name: "psra-key" };
    const side = (name: string) => ({ urn: urn(name), type: KEY, inputs, outputs: {}, custom: true });
    const metadata = { op: "same", type: KEY, urn: urn(isCalled), old: side(knownAs), new: side(isCalled) };
    const events = [
        { sequence: 1, timestamp: 0, resourcePreEvent: { metadata: metadata as unknown as StepEventMetadata } },
        { sequence: 2, timestamp: 0, summaryEvent: { resourceChanges: { same: 1 } } as unknown },
    ] as EngineEvent[];
    const pulumi = {
        operate: (operation: string, _args: readonly string[], onEvent: (event: EngineEvent) => void) => {
            operations.push(operation);
            events.forEach(onEvent);
            return Promise.resolve({ code: 0, endedBy: undefined, logFile: "", interrupted: false });
        },
    };
    const declaration = { refuseChanged: () => undefined };
    const session = { stack: { name: "production" }, pulumi, declaration } as unknown as Parameters<typeof update>[0];
    const progress = new Progress({ write: () => undefined });
    const request = { deeds: new Deeds(session, []), deletes: [], args: [], refresh: false, inside: "none" } as const;
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
