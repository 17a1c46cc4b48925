/** What the second part of an update does of what was asked of the first. */

import { leftOver } from "../../../cli/commands/two-parts";
import type { KnownObject } from "../../../cli/pulumi/state";

const containers = (...ids: readonly string[]) => ({
    containers: ids.map((id) => ({ urn: `urn:${id.split("-")[0]}`, id }) as KnownObject),
});

test("a container that the first part replaced is not replaced again, one that waited is", () => {
    const added = ["--replace", "urn:api", "--replace", "urn:web", "--refresh"];
    expect(leftOver(added, containers("api-1", "web-1"), containers("api-2", "web-1"))).toEqual([
        "--replace",
        "urn:web",
        "--refresh",
    ]);
});

test("nor one that is not there, or was only made by the first part", () => {
    const added = ["--replace", "urn:api", "--replace", "urn:web"];
    expect(leftOver(added, containers("api-1"), containers("web-1"))).toEqual([]);
});

test("what is inside servers was not looked at", () => {
    expect(leftOver(["--refresh"], containers(), containers())).toEqual(["--refresh"]);
});
