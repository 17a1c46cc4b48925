/** Versions of the integration service. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..", "..");
const SERVICE = join(ROOT, "services", "integration");

interface Package {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
    readonly optionalDependencies: Readonly<Record<string, string>>;
}

const packageOf = (folder: string): Package =>
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;
const { dependencies, devDependencies, optionalDependencies } = packageOf(SERVICE);

test("are exact", () => {
    const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("of Temporal's packages are one: the worker refuses others", () => {
    const versions = Object.entries(dependencies).filter(([name]) => name.startsWith("@temporalio/"));
    expect(new Set(versions.map(([, version]) => version)).size).toBe(1);
});

test("of Node are strata's own, in both images", () => {
    const node = packageOf(ROOT).devDependencies["node"];
    expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([node]));
    expect(readFileSync(join(SERVICE, "Dockerfile"), "utf8")).toContain(`ARG NODE=node:${node}-`);
});
