/** Which engine is meant: every docker call, the provider and the commands beside it go to this one. */

import { createHash } from "node:crypto";

import { chooseEngine, clientEnvironment, type Surroundings } from "../../../engine/choice";
import { EngineError } from "../../../engine/error";

interface Setting {
    readonly variables?: NodeJS.ProcessEnv;
    readonly files?: Readonly<Record<string, unknown>>;
    readonly sockets?: readonly string[];
}

function around({ variables = {}, files = {}, sockets = ["/var/run/docker.sock"] }: Setting = {}): Surroundings {
    return {
        variables,
        home: "/home/ada",
        read: (path) => (path in files ? JSON.stringify(files[path]) : undefined),
        exists: (path) => path in files || sockets.includes(path),
    };
}

const key = (name: string): string => createHash("sha256").update(name).digest("hex");

function context(name: string, endpoint: object, folder = "/home/ada/.docker"): Readonly<Record<string, unknown>> {
    return { [`${folder}/contexts/meta/${key(name)}/meta.json`]: { Name: name, Endpoints: { docker: endpoint } } };
}

const CURRENT = { "/home/ada/.docker/config.json": { currentContext: "colima" } };
const COLIMA = context("colima", { Host: "unix:///home/ada/.colima/default/docker.sock" });

describe("the first of these decides", () => {
    const all: Setting = {
        variables: { DOCKER_HOST: "unix:///run/user/1000/docker.sock", DOCKER_CONTEXT: "colima" },
        files: { ...CURRENT, ...COLIMA },
    };

    test("the stack file", () => {
        expect(chooseEngine({ host: "ssh://deploy@example.test" }, around(all))).toMatchObject({
            host: "ssh://deploy@example.test",
            source: "stack",
            ignored: ["DOCKER_CONTEXT", "DOCKER_HOST"],
        });
    });

    test("DOCKER_HOST", () => {
        expect(chooseEngine({}, around(all))).toMatchObject({
            host: "unix:///run/user/1000/docker.sock",
            source: "variable",
            because: "DOCKER_HOST",
            ignored: ["DOCKER_CONTEXT"],
        });
    });

    test("DOCKER_CONTEXT, before the context in use", () => {
        const work = context("work", { Host: "unix:///work.sock" });
        const variables = { DOCKER_CONTEXT: "work", DOCKER_HOST: "" };
        expect(chooseEngine({}, around({ variables, files: { ...CURRENT, ...COLIMA, ...work } }))).toMatchObject({
            host: "unix:///work.sock",
            source: "context",
            because: "DOCKER_CONTEXT=work",
            ignored: [],
        });
    });

    test("the context in use", () => {
        expect(chooseEngine({}, around({ files: { ...CURRENT, ...COLIMA } }))).toMatchObject({
            host: "unix:///home/ada/.colima/default/docker.sock",
            because: 'the docker context "colima"',
        });
    });

    test("a context in another folder of the client", () => {
        const files = {
            "/etc/d/config.json": { currentContext: "x" },
            ...context("x", { Host: "unix:///x" }, "/etc/d"),
        };
        expect(chooseEngine({}, around({ variables: { DOCKER_CONFIG: "/etc/d" }, files })).host).toBe("unix:///x");
    });

    test.each([
        [["/var/run/docker.sock", "/run/user/7/docker.sock"], "/var/run/docker.sock"],
        [["/run/user/7/docker.sock", "/home/ada/.docker/run/docker.sock"], "/run/user/7/docker.sock"],
        [["/home/ada/.docker/run/docker.sock"], "/home/ada/.docker/run/docker.sock"],
        [[], "/var/run/docker.sock"],
    ])("of the sockets %j it is %s", (sockets, path) => {
        const variables = { XDG_RUNTIME_DIR: "/run/user/7" };
        expect(chooseEngine({}, around({ variables, sockets }))).toMatchObject({
            host: `unix://${path}`,
            source: "socket",
        });
    });
});

test.each([["default"], [""]])("the context %j is the default socket", (name) => {
    const files = { ...COLIMA, "/home/ada/.docker/config.json": { currentContext: name } };
    expect(chooseEngine({}, around({ files })).source).toBe("socket");
    expect(
        chooseEngine({}, around({ variables: { DOCKER_CONTEXT: "default" }, files: { ...CURRENT, ...COLIMA } })).host,
    ).toBe("unix:///var/run/docker.sock");
});

test("a client configuration that cannot be read is none", () => {
    const files = { "/home/ada/.docker/config.json": "}" };
    expect(chooseEngine({}, around({ files })).source).toBe("socket");
});

describe("TLS", () => {
    const left = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/left/over" };

    test.each([["unix:///var/run/docker.sock"], ["ssh://deploy@example.test"]])(
        "left over for %s is dropped",
        (host) => {
            const variables = { ...left, DOCKER_HOST: host, PATH: "/bin" };
            const choice = chooseEngine({}, around({ variables }));
            expect(choice.certPath).toBeUndefined();
            expect(choice.ignored).toEqual(["DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"]);
            expect(clientEnvironment(choice, variables)).toEqual({ DOCKER_HOST: host, PATH: "/bin" });
        },
    );

    test.each([["tcp://docker:2376"], ["docker:2376"]])("for %s is used", (host) => {
        const choice = chooseEngine({}, around({ variables: { ...left, DOCKER_HOST: host } }));
        expect(choice).toMatchObject({ host: "tcp://docker:2376", certPath: "/left/over", ignored: [] });
        expect(clientEnvironment(choice, left)).toEqual({
            DOCKER_HOST: "tcp://docker:2376",
            DOCKER_TLS_VERIFY: "1",
            DOCKER_CERT_PATH: "/left/over",
        });
    });

    test("without a folder it is the client's own", () => {
        const variables = { DOCKER_TLS_VERIFY: "1", DOCKER_HOST: "tcp://docker:2376" };
        expect(chooseEngine({}, around({ variables })).certPath).toBe("/home/ada/.docker");
    });

    test("of a context comes from the context", () => {
        const folder = `/home/ada/.docker/contexts/tls/${key("far")}/docker`;
        const far = context("far", { Host: "tcp://192.0.2.7:2376", SkipTLSVerify: false });
        const files = { ...far, [`${folder}/ca.pem`]: "pem" };
        expect(chooseEngine({}, around({ variables: { DOCKER_CONTEXT: "far", ...left }, files }))).toMatchObject({
            certPath: folder,
        });
    });
});

describe("is refused", () => {
    const skipping = {
        ...context("far", { Host: "tcp://192.0.2.7:2376", SkipTLSVerify: true }),
        [`/home/ada/.docker/contexts/tls/${key("far")}/docker/ca.pem`]: "pem",
    };
    test.each<[string, Setting, RegExp]>([
        ["TCP in clear text", { variables: { DOCKER_HOST: "tcp://docker:2375" } }, /clear text.*accepted: TLS/],
        [
            "TLS that verifies nobody",
            { variables: { DOCKER_HOST: "tcp://docker:2376", DOCKER_TLS: "1" } },
            /clear text/,
        ],
        ["a context that verifies nobody", { variables: { DOCKER_CONTEXT: "far" }, files: skipping }, /clear text/],
        [
            "a context that does not exist",
            { variables: { DOCKER_CONTEXT: "gone" } },
            /DOCKER_CONTEXT=gone names a docker context/,
        ],
        ["another protocol", { variables: { DOCKER_HOST: "npipe:////./pipe/docker_engine" } }, /accepted: unix:/],
    ])("%s", (_, setting, message) => {
        expect(() => chooseEngine({}, around(setting))).toThrow(EngineError);
        expect(() => chooseEngine({}, around(setting))).toThrow(message);
    });
});
