/** Names of an environment that somebody else's objects have: seen before anything is made or deleted by them. */

import type { Engine } from "../../../engine/engine";
import type { NamedObject } from "../../../engine/objects";
import { readState } from "../../../cli/pulumi/state";
import { refuseTakenNames, refuseTakenVolumes } from "../../../cli/pulumi/taken-names";
import type { ObjectKind } from "../../../model/names";

type Present = Partial<Record<ObjectKind, readonly NamedObject[]>>;

const volume = (name: string, isData: boolean) => ({
    urn: `urn:pulumi:staging::strata::docker:index/volume:Volume::${name}`,
    type: "docker:index/volume:Volume",
    id: name,
    outputs: {
        name,
        labels: [
            { label: "strata.environment", value: "staging" },
            ...(isData ? [{ label: "strata.data", value: "true" }] : []),
        ],
    },
});
const NOTHING = readState({ deployment: null });
const STATE = readState({
    deployment: { resources: [volume("staging-psra-data", true), volume("staging-eu-postgres-config", false)] },
});
const platform = {
    environment: "staging",
    services: [{ name: "eu-postgres" }],
    zones: [{ name: "eu-db-net" }],
};

const object = (name: string, environment?: string, composeProject?: string): NamedObject => ({
    id: `id-of-${name}`,
    name,
    environment,
    composeProject,
});

function sessionOn(present: Present) {
    const engine = { all: (kind: ObjectKind) => Promise.resolve(present[kind] ?? []) } as unknown as Engine;
    return { engine, stack: { name: "staging" }, declared: { platform } } as unknown as Parameters<
        typeof refuseTakenNames
    >[0];
}

const up = (present: Present, state = NOTHING) => refuseTakenNames(sessionOn(present), state);
const down = (present: Present, withData: boolean) => refuseTakenVolumes(sessionOn(present), STATE, withData);

describe("before an update", () => {
    test.each<[ObjectKind, string]>([
        ["volume", "staging-eu-postgres-data"],
        ["volume", "staging-eu-postgres-config"],
        ["volume", "staging-eu-postgres-rendered"],
        ["container", "staging-eu-postgres"],
        ["container", "staging-eu-postgres-writer"],
        ["container", "staging-eu-postgres-owner"],
        ["network", "staging-eu-db-net"],
    ])("a %s %s is refused, whoever else has it, and its owner and the next step are said", async (kind, name) => {
        await expect(up({ [kind]: [object(name, "staging-eu")] })).rejects.toMatchObject({
            message: "objects on this engine have names of staging and are not its own; nothing was touched",
            details: [`  ${kind} ${name}: of the environment staging-eu`],
            next: expect.stringContaining("give one of the two environments") as string,
            exitCode: 2,
        });
        await expect(up({ [kind]: [object(name, undefined, "shop")] })).rejects.toMatchObject({
            details: [`  ${kind} ${name}: of the Compose project shop`],
        });
        await expect(up({ [kind]: [object(name)] })).rejects.toMatchObject({
            details: [`  ${kind} ${name}: without the label strata.environment, so strata did not make it`],
            next: expect.stringContaining(`if nobody needs it: docker ${kind} rm ${name}`) as string,
        });
    });

    test("another environment's and a stranger's together have both next steps", async () => {
        const present: Present = {
            network: [object("staging-eu-db-net", "staging-eu")],
            volume: [object("staging-eu-postgres-data")],
        };
        await expect(up(present)).rejects.toMatchObject({
            next: expect.stringMatching(
                /one of the two environments.*docker volume inspect staging-eu-postgres-data/,
            ) as string,
        });
    });

    test("all of them are said at once, and not without end", async () => {
        const services = Array.from({ length: 20 }, (_, index) => ({ name: `s${index}` }));
        const session = sessionOn({ container: services.map(({ name }) => object(`staging-${name}`)) });
        Object.assign(session.declared, { platform: { ...platform, services } });
        await expect(refuseTakenNames(session, NOTHING)).rejects.toMatchObject({
            details: expect.arrayContaining(["  and 8 more"]) as string[],
        });
    });

    test("the environment's own objects are not taken: volumes that a down kept, containers that run", async () => {
        const own = (name: string): NamedObject => object(name, "staging");
        const present: Present = {
            container: [own("staging-eu-postgres")],
            network: [own("staging-eu-db-net")],
            volume: [own("staging-eu-postgres-data"), own("staging-psra-data")],
        };
        await up(present, STATE);
    });

    test("another name, or the name on another kind of object, is free to anybody", async () => {
        await up({
            container: [object("staging-eu-postgres-data"), object("staging-eu-postgres-2"), object("eu-postgres")],
            network: [object("staging-eu-postgres", "staging-eu")],
            volume: [object("staging-eu-postgres"), object("staging-us-postgres-data", "staging-us")],
        });
    });

    test("a volume that the state would delete by its name is checked, too, though no service needs it any more", async () => {
        const later = { ...STATE, volumes: [...STATE.volumes, { ...STATE.volumes[1]!, name: "staging-old-config" }] };
        await expect(up({ volume: [object("staging-old-config", "staging-old")] }, later)).rejects.toThrow(
            "not its own",
        );
    });

    test("a data volume of the state that nobody has labelled is looked into elsewhere; one with an owner is refused", async () => {
        await up({ volume: [object("staging-psra-data")] }, STATE);
        for (const owner of [["staging-psra"], [undefined, "shop"]] as const) {
            await expect(up({ volume: [object("staging-psra-data", ...owner)] }, STATE)).rejects.toThrow("not its own");
        }
    });
});

describe("before a removal", () => {
    test("a volume that the state knows by name and that is another one's now is refused when it would go", async () => {
        const files: Present = { volume: [object("staging-eu-postgres-config", "staging-eu")] };
        await expect(down(files, false)).rejects.toThrow("not its own; nothing was touched");
        const data: Present = { volume: [object("staging-psra-data")] };
        await down(data, false);
        await expect(down(data, true)).rejects.toThrow("not its own; nothing was touched");
    });

    test("own volumes go, and those that the state does not know are not looked at", async () => {
        await down({ volume: [object("staging-psra-data", "staging"), object("staging-eu-postgres-data")] }, true);
    });
});
