import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Failure } from "../../../cli/failure";
import { decideWay, rememberedWay, rememberWay, type WayQuestion } from "../../../cli/setup/way";

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

test("a decision survives in the cache; a damaged file is as good as none", () => {
    const cache = join(mkdtempSync(join(tmpdir(), "strata-way-")), "new");
    expect(rememberedWay(cache)).toBeUndefined();
    rememberWay(cache, { way: "offline", reason: "STRATA_OFFLINE=1" });
    expect(rememberedWay(cache)).toEqual({ way: "offline", reason: "STRATA_OFFLINE=1" });
    writeFileSync(join(cache, "way.json"), '{"way":"sideways"}');
    expect(rememberedWay(cache)).toBeUndefined();
});
