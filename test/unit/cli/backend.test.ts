import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

import { type StateAccess, stateAccess } from "../../../cli/stacks/access";
import { backendOf, isKeptHere, parseBackend } from "../../../cli/stacks/backend";
import type { Stack } from "../../../cli/stacks/stack";
import type { Failure } from "../../../cli/failure";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "strata-backend-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stackOf(name: string, source = "config: {}\n"): Stack {
    writeFileSync(join(folder, `Pulumi.${name}.yaml`), source);
    return {
        name,
        source: join(folder, `Pulumi.${name}.yaml`),
        copy: join(folder, "copy.yaml"),
        passphraseFile: join(folder, `passphrase-${name}`),
        stateFolder: join(folder, "state"),
    };
}

/** An operator whose home is empty, so that the one who runs the tests has no say. */
function operator(variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { PULUMI_HOME: join(folder, "home"), ...variables };
}

function loggedIn(current: unknown, home = join(folder, "home")): void {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "credentials.json"), typeof current === "string" ? current : JSON.stringify(current));
}

function passphraseFile(): string {
    const file = join(folder, "phrase");
    writeFileSync(file, "open sesame");
    return file;
}

function refusal(act: () => unknown): Failure {
    try {
        act();
    } catch (error) {
        return error as Failure;
    }
    throw new Error("nothing was refused");
}

describe("a throw-away stack", () => {
    test.each(["local", "test-it"])("%s keeps its state in the checkout, whatever the operator's login", (name) => {
        const stack = stackOf(name);
        loggedIn({ current: "s3://states" });
        const caller = operator({ PULUMI_BACKEND_URL: "https://api.pulumi.com", STRATA_ENV: "production" });
        expect(stateAccess(stack, caller)).toEqual({
            backend: { kind: "folder", url: `file://${stack.stateFolder}`, folder: stack.stateFolder },
            variables: {
                PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
                PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile,
            },
        });
        expect(isKeptHere(stack, caller)).toBe(true);
    });
});

describe("every other stack uses its operator's login", () => {
    const open = (variables: NodeJS.ProcessEnv): StateAccess =>
        stateAccess(stackOf("production"), operator({ PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(), ...variables }));

    test("from PULUMI_BACKEND_URL, with the login of their own Pulumi home", () => {
        loggedIn({ current: "gs://other" });
        const { backend, variables } = open({ PULUMI_BACKEND_URL: "s3://states?region=eu" });
        expect(backend).toEqual({ kind: "bucket", url: "s3://states?region=eu" });
        expect(variables).toEqual({
            PULUMI_BACKEND_URL: "s3://states?region=eu",
            PULUMI_CREDENTIALS_PATH: join(folder, "home"),
            PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, "phrase"),
        });
    });

    test("from their current login", () => {
        loggedIn({ current: "https://api.pulumi.com", accessTokens: { "https://api.pulumi.com": "pul-x" } });
        expect(open({}).backend).toEqual({ kind: "service", url: "https://api.pulumi.com" });
    });

    test("from the folder of credentials that they name", () => {
        const other = join(folder, "credentials");
        loggedIn({ current: "azblob://states" }, other);
        const { backend, variables } = open({ PULUMI_CREDENTIALS_PATH: other });
        expect(backend.url).toBe("azblob://states");
        expect(variables.PULUMI_CREDENTIALS_PATH).toBe(other);
    });

    test("from a token alone, as in CI", () => {
        expect(open({ PULUMI_ACCESS_TOKEN: "pul-x" }).backend.url).toBe("https://api.pulumi.com");
        expect(open({ PULUMI_ACCESS_TOKEN: "pul-x", PULUMI_API: "https://own.example" }).backend.url).toBe(
            "https://own.example",
        );
    });

    test("in this checkout when they say so, with the passphrase that was made here before", () => {
        const stack = stackOf("staging");
        const caller = operator({ PULUMI_BACKEND_URL: `file://${stack.stateFolder}` });
        expect(isKeptHere(stack, caller)).toBe(true);
        expect(() => stateAccess(stack, caller)).toThrow("what its secrets are encrypted with");
        writeFileSync(stack.passphraseFile, "made earlier");
        expect(stateAccess(stack, caller).variables).toMatchObject({
            PULUMI_CONFIG_PASSPHRASE_FILE: stack.passphraseFile,
        });
    });
});

describe("is refused, before anything is touched", () => {
    test("with both lines that are missing", () => {
        const { message, details, next, exitCode } = refusal(() => stateAccess(stackOf("production"), operator()));
        expect(message).toBe(
            "nothing says for production where its state is and what its secrets are encrypted with; missing:",
        );
        expect(details).toHaveLength(2);
        expect(details[0]).toContain("pulumi login <url>");
        expect(details[1]).toContain("export PULUMI_CONFIG_PASSPHRASE_FILE=<file with the passphrase>");
        expect(details[1]).toContain("secretsprovider in Pulumi.production.yaml");
        expect(next).toContain("nothing was touched");
        expect(exitCode).toBe(2);
    });

    test("with the one line that is missing", () => {
        const stack = stackOf("production");
        const noKey = refusal(() => stateAccess(stack, operator({ PULUMI_BACKEND_URL: "s3://states" })));
        expect(noKey.details).toEqual([expect.stringContaining("PULUMI_CONFIG_PASSPHRASE_FILE")]);
        const noBackend = refusal(() => stateAccess(stack, operator({ PULUMI_CONFIG_PASSPHRASE: "" })));
        expect(noBackend.details).toEqual([expect.stringContaining("pulumi login <url>")]);
    });

    test("with the way to a state that this checkout has from before", () => {
        const stack = stackOf("production");
        const states = join(stack.stateFolder, ".pulumi", "stacks", "strata");
        mkdirSync(states, { recursive: true });
        writeFileSync(join(states, "production.json"), "{}");
        const { details } = refusal(() => stateAccess(stack, operator()));
        expect(details.at(-1)).toContain(`export PULUMI_BACKEND_URL=file://${stack.stateFolder}`);
    });

    test("in a shell that has the variables of another stack", () => {
        const caller = operator({ PULUMI_BACKEND_URL: "file:///x/.strata/state", STRATA_ENV: "local" });
        expect(() => backendOf(stackOf("production"), caller)).toThrow("strata env for local");
        expect(backendOf(stackOf("production"), { ...caller, STRATA_ENV: "production" })?.folder).toBe(
            "/x/.strata/state",
        );
    });

    test.each([
        ["is no JSON", "{", "is not JSON"],
        ["is encrypted", '{"$pulumiSecureStore":1,"data":"x"}', "is encrypted"],
    ])("when the login %s, unless a URL is given", (_, content, message) => {
        loggedIn(content);
        expect(() => backendOf(stackOf("production"), operator())).toThrow(message);
        expect(backendOf(stackOf("production"), operator({ PULUMI_BACKEND_URL: "s3://states" }))?.kind).toBe("bucket");
    });

    test("when the file with the passphrase does not exist", () => {
        const caller = operator({ PULUMI_BACKEND_URL: "s3://x", PULUMI_CONFIG_PASSPHRASE_FILE: "/nowhere" });
        expect(() => stateAccess(stackOf("production"), caller)).toThrow("/nowhere does not exist");
    });

    test("when the backend has no scheme", () => {
        expect(() => parseBackend("app.pulumi.com")).toThrow('backend: "app.pulumi.com" is unknown; accepted: s3://');
    });
});

describe("no passphrase is asked for", () => {
    test("where Pulumi Cloud encrypts", () => {
        const caller = operator({ PULUMI_BACKEND_URL: "https://api.pulumi.com" });
        expect(stateAccess(stackOf("production"), caller).variables).not.toHaveProperty(
            "PULUMI_CONFIG_PASSPHRASE_FILE",
        );
        expect(() => stateAccess(stackOf("production", "encryptionsalt: v1:a\n"), caller)).toThrow("encrypted with");
    });

    test("where the stack file names a key service", () => {
        const stack = stackOf("production", "secretsprovider: awskms://alias/strata\n");
        expect(stateAccess(stack, operator({ PULUMI_BACKEND_URL: "s3://states" })).backend.kind).toBe("bucket");
    });
});

test.each([
    ["file:///srv/states", "/srv/states", "file:///srv/states"],
    ["file://~/states", join(homedir(), "states"), `file://${join(homedir(), "states")}`],
    ["file://~", homedir(), `file://${homedir()}`],
    ["file:///srv/states?metadata=skip", "/srv/states", "file:///srv/states?metadata=skip"],
    ["file://states", join(process.cwd(), "states"), `file://${join(process.cwd(), "states")}`],
])("%s is the folder %s", (url, path, absolute) => {
    const { kind, folder: found, url: given } = parseBackend(url);
    expect([kind, found?.replace(/\/$/, ""), given.replace(/\/$/, "")]).toEqual(["folder", path, absolute]);
});
