/** What the program records of where it runs. */

import { ENGINE_VARIABLE } from "../../model/engine-host";
import { collectProgram } from "../support/program";

const supplyOf = async () => (await collectProgram("local")).resources.find(({ type }) => type === "strata:lib:Supply");

afterEach(() => delete process.env[ENGINE_VARIABLE]);

test("the engine is recorded where another one is no change to plan", async () => {
    process.env[ENGINE_VARIABLE] = "vm/AAAA";
    const supply = await supplyOf();
    expect(supply?.outputs).toMatchObject({ engine: "vm/AAAA", way: "published" });
    expect(Object.keys(supply?.inputs ?? {}).sort()).toEqual(["origin", "way"]);
});

test("an engine that does not say who it is leaves no record", async () => {
    process.env[ENGINE_VARIABLE] = "";
    expect(Object.keys((await supplyOf())?.outputs ?? {})).not.toContain("engine");
});
