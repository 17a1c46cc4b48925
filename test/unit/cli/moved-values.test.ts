/** A generated value is not deleted because its row moved to another path. */

import { movedValues } from "../../../cli/pulumi/moved-values";
import { refuseChangedHands } from "../../../cli/pulumi/kept-values";
import { readState } from "../../../cli/pulumi/state";
import type { Declared } from "../../../cli/stacks/platform";
import type { SecretSource } from "../../../model/secrets/secret";

const RANDOM = "random:index/randomPassword:RandomPassword";
const PLAN = "strata:network:FlowPlan";
const row = (name: string, path: string, source: SecretSource = "generated") => ({
    ...{ name: `psra/${name}`, owner: "psra", engine: "kv", path, source, readers: [], rotation: "manual" },
});
const BEFORE = [row("jwt", "config/jwt"), row("salt", "config/salt"), row("client", "client", "client")];

/** @param names - of random values in the state */
const stateWith = (names: readonly string[] = ["psra/kv/config/jwt", "psra/kv/config/salt"]) =>
    readState({
        deployment: {
            resources: [
                { urn: `urn:pulumi:x::strata::${PLAN}::plan`, type: PLAN, outputs: { secrets: BEFORE } },
                ...names.map((name) => ({ urn: `urn:pulumi:x::strata::${RANDOM}::${name}`, type: RANDOM })),
            ],
        },
    });
const declared = (secrets: readonly object[]): Declared => ({ platform: { secrets } }) as unknown as Declared;
const readSecrets = (...secrets: readonly object[]) => secrets as unknown as ReturnType<typeof readState>["secrets"];
const moved = declared([row("jwt", "keys/jwt"), row("salt", "config/salt")]);
const nobody = () => Promise.resolve({});

test("a moved row is refused with its value's path, unless the value may go", async () => {
    const refused = refuseChangedHands(stateWith(), moved, "production", nobody);
    await expect(refused).rejects.toMatchObject({
        message: "values in Vault would be destroyed: psra/kv/config/jwt; nothing was touched",
        next: expect.stringContaining("npm run up -- --delete-data 'psra/kv/config/jwt' --stack production") as string,
        exitCode: 2,
        details: [
            expect.stringContaining(
                "psra/kv/config/jwt holds a generated value, and its row is at psra/kv/keys/jwt now",
            ),
        ],
    });
    await refuseChangedHands(stateWith(), moved, "production", nobody, ["psra/kv/config/jwt"]);
});

test.each([
    ["nothing moved", declared(BEFORE)],
    ["two rows that swap their paths", declared([row("jwt", "config/salt"), row("salt", "config/jwt")])],
    ["a renamed row", declared([row("other", "config/jwt"), row("salt", "config/salt")])],
    [
        "a path that another row has taken over",
        declared([row("jwt", "keys/jwt"), row("new", "config/jwt"), BEFORE[1]!]),
    ],
    ["a row that is gone, with its value", declared([row("salt", "config/salt")])],
    [
        "a value that people have copied and write from now on",
        declared([row("jwt", "keys/jwt", "written"), BEFORE[1]!]),
    ],
])("loses no value of a row: %s", (_what, now) => expect(movedValues(stateWith(), now)).toEqual([]));

test("a value for all readers is not left behind for one of each, nor the other way round", () => {
    const each = declared([row("jwt/api", "config/jwt/api"), row("jwt/web", "config/jwt/web"), BEFORE[1]!]);
    expect(movedValues(stateWith(), each)).toEqual([{ path: "psra/kv/config/jwt", to: "psra/kv/config/jwt/api" }]);
    const state = { ...stateWith(["psra/kv/jwt/api"]), secrets: readSecrets(row("jwt/api", "jwt/api")) };
    expect(movedValues(state, declared([row("jwt", "jwt")]))).toEqual([{ path: "psra/kv/jwt/api", to: "psra/kv/jwt" }]);
    // A reader that is gone takes its own value along.
    expect(movedValues(state, declared([row("jwt/web", "jwt/web")]))).toEqual([]);
});

test("the state of an earlier release has the value by its row's name, with which it moves", () => {
    expect(movedValues(stateWith(["vault-psra-jwt-value"]), moved)).toEqual([]);
});
