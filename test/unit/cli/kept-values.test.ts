/** A value in Vault that changes hands is refused before anything is touched: nobody's value is overwritten or deleted unasked. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { Failure } from "../../../cli/failure";
import type { AdministratorLogins } from "../../../cli/pulumi/logins";
import { refuseChangedHands } from "../../../cli/pulumi/kept-values";
import { readState } from "../../../cli/pulumi/state";
import type { Declared } from "../../../cli/stacks/platform";
import type { SecretSource } from "../../../model/secrets/secret";

const urn = (type: string, name: string): string => `urn:pulumi:test::strata::${type}::${name}`;
const row = (path: string, source: SecretSource, engine = "kv") => ({
    name: `psra/${path}`,
    owner: "psra",
    engine,
    path,
    source,
    readers: [],
    rotation: "manual",
});
const value = (path: string) => ({
    urn: urn("vault:generic/secret:Secret", path),
    type: "vault:generic/secret:Secret",
    inputs: { path: `psra/kv/${path}` },
});

/** @param before - rows of the last declaration @param program - paths that the program writes */
function stateOf(before: readonly object[], program: readonly string[] = [], mounts = ["psra/kv"]) {
    return readState({
        deployment: {
            resources: [
                {
                    urn: urn("strata:network:FlowPlan", "plan"),
                    type: "strata:network:FlowPlan",
                    outputs: { secrets: before },
                },
                ...mounts.map((path) => ({
                    urn: urn("vault:index/mount:Mount", path),
                    type: "vault:index/mount:Mount",
                    inputs: { path },
                })),
                ...program.map(value),
            ],
        },
    });
}
const declared = (...secrets: readonly object[]): Declared => ({ platform: { secrets } }) as unknown as Declared;

let server: Server;
/** Keys by folder of metadata; missing: 403. */
let listed: Readonly<Record<string, readonly string[]>> | undefined;
let sealed: boolean;
let asked: string[];
beforeAll(async () => {
    server = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        if (sealed) return response.writeHead(503).end();
        if (request.url?.endsWith("/login")) return response.end(JSON.stringify({ auth: { client_token: "t" } }));
        const keys = listed?.[request.url!.replace("?list=true", "")];
        response.statusCode = listed === undefined ? 403 : keys === undefined ? 404 : 200;
        return response.end(JSON.stringify(keys ? { data: { keys } } : { errors: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
    asked = [];
    sealed = false;
    listed = {};
});

const logins = (): Promise<AdministratorLogins> => {
    const { port } = server.address() as AddressInfo;
    return Promise.resolve({ vault: { address: `http://127.0.0.1:${port}`, roleId: "strata", secretId: "one" } });
};
const nobody = (): Promise<AdministratorLogins> => Promise.resolve({});
async function refused(settled: Promise<void>): Promise<Failure | undefined> {
    const error: unknown = await settled.then(
        () => undefined,
        (caught: unknown) => caught,
    );
    if (error !== undefined) expect(error).toBeInstanceOf(Failure);
    return error as Failure | undefined;
}

test.each(["generated", "client", "postgres", "redis"] as const)(
    "a value that people wrote is not overwritten when its source becomes %s",
    async (source) => {
        listed = { "/v1/psra/kv/metadata/config": ["partner", "other"] };
        const failure = await refused(
            refuseChangedHands(
                stateOf([row("config/partner", "written")]),
                declared(row("config/partner", source)),
                "test",
                logins,
            ),
        );
        expect(failure).toMatchObject({ exitCode: 2 });
        expect(failure?.message).toContain("psra/kv/config/partner; nothing was touched");
        expect(failure?.details).toEqual([expect.stringContaining(`its source is ${source} now`)]);
        expect(failure?.next).toContain("move the value to another path");
        expect(failure?.next).toContain("npm run up -- --delete-data 'psra/kv/config/partner' --stack test");
    },
);

test("nor one that lies at a path which no declaration names, for example of a row that was taken out", async () => {
    listed = { "/v1/psra/kv/metadata": ["jwt"] };
    expect(
        await refused(refuseChangedHands(stateOf([]), declared(row("jwt", "generated")), "test", logins)),
    ).toBeDefined();
    expect(asked.at(-1)).toBe("GET /v1/psra/kv/metadata?list=true");
});

test("where nothing lies the program may begin to write", async () => {
    const before = stateOf([row("jwt", "written")]);
    for (const answer of [{}, { "/v1/psra/kv/metadata": ["jwt/", "jwt-2"] }]) {
        listed = answer;
        expect(
            await refused(refuseChangedHands(before, declared(row("jwt", "generated")), "test", logins)),
        ).toBeUndefined();
    }
});

describe("a program that cannot look into Vault", () => {
    const judged = (before: readonly object[], who = logins, isSilent = false) => {
        listed = undefined;
        const state = stateOf(before);
        return refused(refuseChangedHands(state, declared(row("jwt", "generated")), "test", who, [], { isSilent }));
    };

    test("takes a path that was people's for theirs", async () => {
        for (const who of [nobody, logins]) {
            expect((await judged([row("jwt", "written")], who))?.message).toContain("would be destroyed: psra/kv/jwt");
        }
    });

    test("does not take a new path for free", async () => {
        for (const who of [nobody, logins]) {
            const failure = await judged([], who);
            expect(failure).toMatchObject({ exitCode: 2 });
            expect(failure?.message).toContain("Vault does not say whether values lie");
            expect(failure?.message).toContain("psra/kv/jwt; nothing was touched");
            expect(failure?.next).toContain("npm run up -- --delete-data 'psra/kv/jwt' --stack test");
        }
        const named = refuseChangedHands(stateOf([]), declared(row("jwt", "generated")), "test", logins, [
            "psra/kv/jwt",
        ]);
        expect(await refused(named)).toBeUndefined();
    });

    test("says why where Vault says it", async () => {
        sealed = true;
        expect((await judged([]))?.message).toMatch(/^Vault at \S+ is sealed$/);
    });

    test("goes on where a first update was cut off: it had asked, and left no login", async () => {
        expect(await judged([row("jwt", "generated")], nobody)).toBeUndefined();
        expect(await judged([row("jwt", "generated")], logins)).toBeDefined();
    });

    test("asks later while Vault is silent, except for what people were told to write", async () => {
        expect(await judged([], logins, true)).toBeUndefined();
        expect(await judged([row("jwt", "written")], logins, true)).toBeDefined();
    });
});

test("a refusal between two parts does not say that nothing was touched", async () => {
    listed = { "/v1/psra/kv/metadata": ["jwt"] };
    const outcome = "the servers are back";
    const asked = refuseChangedHands(stateOf([]), declared(row("jwt", "generated")), "test", logins, [], { outcome });
    expect((await refused(asked))?.message).toContain("psra/kv/jwt; the servers are back");
});

test("the program's value is not deleted with all versions when people are to write it", async () => {
    const failure = await refused(
        refuseChangedHands(
            stateOf([row("jwt", "generated")], ["jwt"]),
            declared(row("jwt", "written")),
            "test",
            nobody,
        ),
    );
    expect(failure?.details).toEqual([expect.stringContaining("all its versions would be deleted")]);
    expect(failure?.next).toContain(`pulumi state delete '${value("jwt").urn}'`);
});

test("what may go is named, and nothing else goes with it", async () => {
    const state = stateOf([row("a", "generated"), row("b", "generated")], ["a", "b"]);
    const both = declared(row("a", "written"), row("b", "written"));
    const failure = await refused(refuseChangedHands(state, both, "test", nobody, ["psra/kv/a"]));
    expect(failure?.message).toMatch(/: psra\/kv\/b;/);
    expect(await refused(refuseChangedHands(state, both, "test", nobody, ["psra/kv/a", "psra/kv/b"]))).toBeUndefined();
});

test.each([
    ["the same writer", [row("jwt", "generated")], ["jwt"], [row("jwt", "generated")]],
    ["another value of the program", [row("jwt", "generated")], ["jwt"], [row("jwt", "client")]],
    ["people as before", [row("jwt", "written")], [], [row("jwt", "written")]],
    ["a row that is gone", [row("jwt", "generated")], ["jwt"], []],
    ["another engine", [], [], [row("jwt", "written", "transit")]],
] as const)("%s: Vault is not even asked", async (_what, before, program, now) => {
    await refuseChangedHands(stateOf(before, program), declared(...now), "test", () =>
        Promise.reject(new Error("nobody has to be asked")),
    );
});

test("in a mount that is not there yet nothing can lie", async () => {
    const state = stateOf([row("jwt", "written")], [], []);
    await refuseChangedHands(state, declared(row("jwt", "generated")), "test", () =>
        Promise.reject(new Error("asked")),
    );
});
