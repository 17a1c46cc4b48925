import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Failure } from "../../../cli/failure";
import { lockedImages } from "../../../cli/setup/locked-images";
import {
    decideWay,
    findUnreachable,
    rememberedWay,
    rememberWay,
    sourcesOf,
    type WayQuestion,
} from "../../../cli/setup/way";

/** Fails when it is asked what the decision must not depend on. */
function question(given: Partial<WayQuestion>): WayQuestion {
    const mustNotAsk = () => Promise.reject(new Error("must not be asked"));
    return { forced: undefined, remembered: undefined, installed: mustNotAsk, unreachable: mustNotAsk, ...given };
}

test.each([
    ["1", "offline"],
    ["0", "published"],
])("STRATA_OFFLINE=%s forces %s, against what was remembered and without asking anybody", async (forced, way) => {
    const remembered = { way: way === "offline" ? "published" : "offline", reason: "before" } as const;
    expect(await decideWay(question({ forced, remembered }))).toEqual({ way, reason: `STRATA_OFFLINE=${forced}` });
});

test("another value of STRATA_OFFLINE is refused with what is accepted", async () => {
    const refused = decideWay(question({ forced: "yes" }));
    await expect(refused).rejects.toThrow(Failure);
    await expect(refused).rejects.toThrow(
        'STRATA_OFFLINE is "yes"; accepted: 1 (make all here), 0 (use what is published)',
    );
});

test("what was decided before stays decided", async () => {
    const remembered = { way: "offline", reason: "published images cannot be reached" } as const;
    expect(await decideWay(question({ remembered }))).toEqual(remembered);
});

test("an empty STRATA_OFFLINE is none", async () => {
    const remembered = { way: "published", reason: "before" } as const;
    expect(await decideWay(question({ forced: "", remembered }))).toEqual(remembered);
});

test("an installed pulumi of the pinned version decides without a look at the network", async () => {
    const decision = await decideWay(question({ installed: () => Promise.resolve(true) }));
    expect(decision).toEqual({ way: "published", reason: "pulumi of the pinned version is installed" });
});

test("otherwise the network decides, and the reason is the refusal", async () => {
    const installed = () => Promise.resolve(false);
    const refused = { installed, unreachable: () => Promise.resolve("published images cannot be reached") };
    const answered = { installed, unreachable: () => Promise.resolve(undefined) };
    expect(await decideWay(question(refused))).toEqual({
        way: "offline",
        reason: "published images cannot be reached",
    });
    expect((await decideWay(question(answered))).way).toBe("published");
});

test("how the environment was made goes before what the machine decided, and gives way to what is forced", async () => {
    const remembered = { way: "published", reason: "before" } as const;
    expect(await decideWay(question({ recorded: "offline", remembered }))).toEqual({
        way: "offline",
        reason: "the environment was made this way",
    });
    expect((await decideWay(question({ recorded: "offline", forced: "0" }))).way).toBe("published");
});

describe("what was decided before", () => {
    const cache = join(mkdtempSync(join(tmpdir(), "strata-way-")), "new");
    const day = 24 * 3600 * 1000;

    test("survives in the cache; a damaged file is as good as none", () => {
        expect(rememberedWay(cache)).toBeUndefined();
        rememberWay(cache, { way: "offline", reason: "images cannot be reached" });
        expect(rememberedWay(cache)).toEqual({ way: "offline", reason: "images cannot be reached" });
        for (const damaged of ['{"way":"sideways"}', "{", "", "null", '{"way":"offline","reason":"no date"}']) {
            writeFileSync(join(cache, "way.json"), damaged);
            expect(rememberedWay(cache)).toBeUndefined();
        }
    });

    test("is asked again after a day when something could not be reached, and never when everything could", () => {
        rememberWay(cache, { way: "offline", reason: "r" }, 0);
        expect(rememberedWay(cache, day - 1)?.way).toBe("offline");
        expect(rememberedWay(cache, day)).toBeUndefined();
        // A clock that was set back.
        expect(rememberedWay(cache, -1)).toBeUndefined();
        rememberWay(cache, { way: "published", reason: "r" }, 0);
        expect(rememberedWay(cache, 1000 * day)?.way).toBe("published");
    });
});

describe("what has to be reached", () => {
    test("is Pulumi's downloads and every registry that images come from", () => {
        const images = [
            "redis:8@sha256:1",
            "library/redis",
            "ghcr.io/a/b:1",
            "quay.io/c/d",
            "ghcr.io/e",
            "host:5000/x",
        ];
        expect(sourcesOf(images).map(({ url }) => url)).toEqual([
            "https://get.pulumi.com/",
            "https://registry-1.docker.io/v2/",
            "https://ghcr.io/v2/",
            "https://host:5000/v2/",
            "https://quay.io/v2/",
        ]);
        expect(sourcesOf(Object.values(lockedImages)).map(({ what }) => what)).toEqual([
            "published plugins",
            "published images of docker.io",
            "published images of ghcr.io",
            "published images of quay.io",
        ]);
    });

    test("is asked a second time before it counts as out of reach; any answer is one", async () => {
        const paths: string[] = [];
        const server = createServer((request, response) => {
            paths.push(request.url ?? "");
            const isSlow = request.url === "/slow" && paths.filter((path) => path === "/slow").length === 1;
            setTimeout(() => response.writeHead(401, { connection: "close" }).end(), isSlow ? 2000 : 0).unref();
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
        const slow = [{ what: "plugins", url: at("/slow") }];
        expect(await findUnreachable(slow, [200, 60_000])).toBeUndefined();
        expect(paths).toEqual(["/slow", "/slow"]);
        const gone = [...slow, { what: "images of x", url: "http://127.0.0.1:1/" }];
        expect(await findUnreachable(gone, [200, 200])).toBe("images of x cannot be reached");
        server.closeAllConnections();
        server.close();
    });
});
