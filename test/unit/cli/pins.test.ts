/** Pins are compared with what a registry answers. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { judgeDownloads, judgeImage } from "../../../cli/pins/pins";
import { parseReference, resolveImage } from "../../../cli/pins/registry";

const OLD = `sha256:${"a".repeat(64)}`;
const NEW = `sha256:${"b".repeat(64)}`;

test.each([
    ["redis:8.2", "registry-1.docker.io", "library/redis", "8.2", undefined],
    ["docker.io/redis", "registry-1.docker.io", "library/redis", undefined, undefined],
    ["pgvector/pgvector:0.8.2-pg17@" + OLD, "registry-1.docker.io", "pgvector/pgvector", "0.8.2-pg17", OLD],
    ["ghcr.io/a/b/c:1@" + OLD, "ghcr.io", "a/b/c", "1", OLD],
    ["localhost/a", "localhost", "a", undefined, undefined],
    ["127.0.0.1:5000/strata/redis@" + OLD, "127.0.0.1:5000", "strata/redis", undefined, OLD],
])("%s is taken apart", (reference, registry, repository, tag, digest) => {
    expect(parseReference(reference)).toEqual({ registry, repository, tag, digest });
});

describe("an image", () => {
    const locked = { reference: `redis:8.2@${OLD}`, source: "somewhere" };
    const platforms = ["linux/amd64", "linux/arm64"];

    test("that is what its tag is has no problem", () => {
        expect(judgeImage("redis", locked, { digest: OLD, platforms }).problems).toEqual([]);
    });

    test("whose tag has moved, and one that is for one machine only, are named", () => {
        const { problems, entry } = judgeImage("redis", locked, { digest: NEW, platforms: ["linux/amd64"] });
        expect(problems).toEqual([
            { name: "redis", problem: `pinned is ${OLD}, 8.2 is ${NEW}` },
            { name: "redis", problem: "does not run on linux/arm64; it has linux/amd64" },
        ]);
        expect(entry).toEqual({
            reference: `redis:8.2@${NEW}`,
            source: "registry-1.docker.io/library/redis, asked by its tag",
        });
    });
});

test("a download that is not locked is named", () => {
    expect(judgeDownloads({ "new.tar.gz": "c".repeat(64) })).toEqual([
        { name: "new.tar.gz", problem: `locked is nothing, published is ${"c".repeat(64)}` },
    ]);
});

describe("a registry", () => {
    let server: Server;
    let host: string;
    let answer: (request: IncomingMessage, response: ServerResponse) => void;

    beforeAll(async () => {
        server = createServer((request, response) => answer(request, response));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    const index = JSON.stringify({
        manifests: [
            { platform: { os: "linux", architecture: "arm64" } },
            { platform: { os: "linux", architecture: "amd64" } },
            { platform: { os: "unknown", architecture: "unknown" } },
        ],
    });

    test("that wants a token is given one that it hands out itself", async () => {
        const asked: string[] = [];
        answer = (request, response) => {
            asked.push(`${request.url} ${request.headers.authorization ?? "-"}`);
            if (request.url?.startsWith("/token")) return void response.end(JSON.stringify({ token: "t" }));
            if (request.headers.authorization !== "Bearer t") {
                const challenge = `Bearer realm="http://${host}/token",service="s",scope="repository:a/b:pull"`;
                return void response.writeHead(401, { "WWW-Authenticate": challenge }).end();
            }
            response.writeHead(200, { "Docker-Content-Digest": NEW }).end(index);
        };
        expect(await resolveImage(`${host}/a/b:1@${OLD}`)).toEqual({
            digest: NEW,
            platforms: ["linux/amd64", "linux/arm64"],
        });
        expect(asked).toEqual([
            "/v2/a/b/manifests/1 -",
            "/token?service=s&scope=repository%3Aa%2Fb%3Apull -",
            "/v2/a/b/manifests/1 Bearer t",
        ]);
    });

    test("without the image says so", async () => {
        answer = (_, response) => response.writeHead(404).end();
        await expect(resolveImage(`${host}/a:1`)).rejects.toThrow(`${host}/a:1: ${host} answered 404`);
    });

    test("that is not there is named", async () => {
        await expect(resolveImage("127.0.0.1:1/a:1")).rejects.toThrow(/does not answer/);
    });
});
