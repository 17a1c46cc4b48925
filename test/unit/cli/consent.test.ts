import { PassThrough } from "node:stream";

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { Consent, type ConsentOptions } from "../../../cli/commands/consent";
import { Progress } from "../../../cli/output/progress";
import { UpdateView } from "../../../cli/pulumi/events";

const REALM = "keycloak:index/realm:Realm";
const POLICY = "vault:index/policy:Policy";

function previewOf(...steps: readonly (readonly [op: string, type: string, name: string])[]): UpdateView {
    const view = new UpdateView("check");
    for (const [op, type, name] of steps) {
        const side = { inputs: { name }, outputs: {}, custom: true };
        const metadata = {
            op,
            type,
            urn: `urn:pulumi:x::strata::${type}::${name}`,
            provider: "",
            old: side,
            new: side,
        };
        view.apply({
            sequence: 1,
            timestamp: 0,
            resOutputsEvent: { metadata: metadata as unknown as StepEventMetadata },
        });
    }
    const resourceChanges = Object.fromEntries(steps.map(([op]) => [op, 1]));
    const summaryEvent = { resourceChanges } as unknown as NonNullable<EngineEvent["summaryEvent"]>;
    view.apply({ sequence: 2, timestamp: 0, summaryEvent });
    return view;
}

/** A consent with what it prints; with an answer, there is a person at a terminal. */
function consentIn(environment: string, options: ConsentOptions = {}, answer?: string) {
    const printed: string[] = [];
    const progress = new Progress({ write: (text) => printed.push(text) });
    const input = new PassThrough();
    const output = new PassThrough();
    if (answer !== undefined) input.end(answer);
    const terminal = answer === undefined ? undefined : { input, output };
    return { consent: new Consent(environment, ["up"], options, progress, terminal), printed };
}

const changing = (): UpdateView => previewOf(["update", POLICY, "psra-api"], ["create", POLICY, "psra-web"]);

describe("an update of production", () => {
    test("is refused where nobody can be asked, after its plan was shown", async () => {
        const { consent, printed } = consentIn("production");
        await expect(consent.toUpdate(changing())).rejects.toMatchObject({
            message: "production would be changed (1 changed, 1 created), and nobody said yes; nothing was changed",
            next: "read the plan above; then: npm run up -- --yes --stack production",
            exitCode: 2,
        });
        expect(printed.join("")).toBe("~ Vault policy psra-api\n+ Vault policy psra-web\n");
    });

    test.each(["yes\n", "y\n", "YES\n", " yes \n"])("goes on for %j", async (answer) => {
        await consentIn("production", {}, answer).consent.toUpdate(changing());
    });

    test.each(["\n", "no\n", "production\n", "yess\n", ""])("does not for %j", async (answer) => {
        const refused = consentIn("production", {}, answer).consent.toUpdate(changing());
        await expect(refused).rejects.toMatchObject({ exitCode: 2 });
    });

    test("goes on for --yes, and its plan is shown all the same", async () => {
        const { consent, printed } = consentIn("production", { yes: true });
        await consent.toUpdate(changing());
        expect(printed).toHaveLength(2);
    });

    test("that changes nothing asks nobody", async () => {
        await consentIn("production").consent.toUpdate(previewOf(["same", POLICY, "psra-api"]));
    });

    test("is shown with the command's deeds, which need consent although the update changes nothing", async () => {
        const besides = { says: ["what is below psra/kv goes"], deletes: [] };
        const { consent, printed } = consentIn("production");
        const refused = consent.toUpdate(previewOf(["same", POLICY, "psra-api"]), besides);
        await expect(refused).rejects.toThrow(
            "production would be changed (records of the state), and nobody said yes",
        );
        expect(printed).toEqual(["! what is below psra/kv goes\n"]);
        await consentIn("production", { yes: true }).consent.toUpdate(changing(), besides);
    });

    test("says that nothing more was changed, once a part was done", async () => {
        const { consent } = consentIn("production");
        consent.begun();
        await expect(consent.toUpdate(changing())).rejects.toThrow("nobody said yes; nothing more was changed");
    });
});

describe("data that would go", () => {
    const losing = (): UpdateView => previewOf(["delete", REALM, "sevensa"], ["update", POLICY, "psra-api"]);

    test.each([{}, { yes: true }, { deleteData: ["other"] }])("stops an update of staging with %j", async (options) => {
        await expect(consentIn("staging", options, "yes\n").consent.toUpdate(losing())).rejects.toMatchObject({
            message: "data of staging would go (Keycloak realm sevensa); nothing was changed",
            next: "change the declaration; if it is meant: npm run up -- --delete-data 'sevensa' --stack staging",
            exitCode: 2,
        });
    });

    test("goes once it is named, and somebody said yes", async () => {
        const options = { deleteData: ["sevensa"] };
        await consentIn("staging", { ...options, yes: true }).consent.toUpdate(losing());
        await expect(consentIn("staging", options).consent.toUpdate(losing())).rejects.toThrow("nobody said yes");
    });

    test("goes when its deletion is the command's purpose, and nothing else of that name goes", async () => {
        const urn = (type: string): string => `urn:pulumi:x::strata::${type}::sevensa`;
        const besides = (type: string) => ({ says: [], deletes: [{ urn: urn(type) }] });
        await consentIn("staging", { yes: true }).consent.toUpdate(losing(), besides(REALM));
        const other = consentIn("staging", { yes: true }).consent.toUpdate(losing(), besides(POLICY));
        await expect(other).rejects.toThrow("data of staging would go (Keycloak realm sevensa)");
    });

    test("is announced in a throw-away environment, where the update goes on", async () => {
        const { consent, printed } = consentIn("local");
        await consent.toUpdate(losing());
        expect(printed[0]).toBe("! DATA GOES: Keycloak realm sevensa is deleted with all in it\n");
    });
});

test("a throw-away environment is not asked about; what it loses and changes is said, what is new is not", async () => {
    const { consent, printed } = consentIn("test-it");
    await consent.toUpdate(changing());
    expect(printed.join("")).toBe("~ Vault policy psra-api\n");
});

test("policies that wait for values are one note", async () => {
    const view = changing();
    ["b", "a"].forEach((name) => view.unchecked.add(name));
    const { consent, printed } = consentIn("local");
    await consent.toUpdate(view);
    expect(printed.at(-1)).toBe(
        "· policies that are checked again during the update, when their values are known: a, b\n",
    );
});

test.each(["local", "production"])(
    "of %s: a place with two resources is refused, whatever was agreed to",
    async (name) => {
        const clash = (): UpdateView => {
            const view = previewOf(["create", POLICY, "psra-api"], ["delete", POLICY, "psra-api"]);
            jest.spyOn(view, "clashes", "get").mockReturnValue([
                { place: "Vault psra-api", maker: "a", other: "b", isDeleted: true },
            ]);
            return view;
        };
        const { consent, printed } = consentIn(name, { yes: true, deleteData: ["psra-api"] });
        await expect(consent.toUpdate(clash())).rejects.toThrow(/Vault psra-api; nothing was changed$/);
        expect(printed.length).toBeGreaterThan(0);
        consent.begun();
        await expect(consent.toUpdate(clash())).rejects.toThrow(/Vault psra-api; nothing more was changed$/);
    },
);

describe("a recovery", () => {
    const recovered = { says: ["recovered: 6 operations that were cut off"], deletes: [] };

    test("of production waits for a yes with the plan, also where the plan changes nothing else", async () => {
        const { consent, printed } = consentIn("production");
        await expect(consent.toUpdate(previewOf(), recovered)).rejects.toMatchObject({
            message: "production would be changed (records of the state), and nobody said yes; nothing was changed",
            exitCode: 2,
        });
        expect(printed.join("")).toBe("! recovered: 6 operations that were cut off\n");
        await expect(consentIn("production", {}, "no\n").consent.toUpdate(previewOf(), recovered)).rejects.toThrow(
            "not yes",
        );
        await consentIn("production", { yes: true }).consent.toUpdate(previewOf(), recovered);
    });

    test("of a throw-away environment is said, and not asked about", async () => {
        const { consent, printed } = consentIn("local");
        await consent.toUpdate(previewOf(), recovered);
        expect(printed.join("")).toBe("! recovered: 6 operations that were cut off\n");
    });
});
