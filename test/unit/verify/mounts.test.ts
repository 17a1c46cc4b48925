import type { LiveMounts, LiveVolume } from "../../../verify/engine";
import { compareMounts } from "../../../verify/mounts";
import { platform } from "./platform";

const VOLUMES = "/var/lib/docker/volumes";

function volume(name: string, service: string, purpose: LiveVolume["purpose"]): LiveVolume {
    return { name: `t-${name}`, service, purpose, folder: `${VOLUMES}/t-${name}/_data` };
}

const data = volume("shop-db-data", "shop-db", "data");
const files = volume("shop-api-config", "shop-api", "files");
const rendered = volume("shop-api-rendered", "shop-api", "secrets");
const volumes = [data, files, rendered];

/** @param mounts - volumes, or folders of the engine's machine */
function container(name: string, environment: string | undefined, ...mounts: (LiveVolume | string)[]): LiveMounts {
    return {
        name,
        labels: environment === undefined ? {} : { "strata.environment": environment },
        mounts: mounts.map((it) => (typeof it === "string" ? { folder: it } : { volume: it.name, folder: it.folder })),
    };
}

const agent = { ...platform.services[1]!, name: "shop-api-agent", beside: "shop-api" };
const lines = (...containers: LiveMounts[]): string[] =>
    compareMounts({ ...platform, services: [...platform.services, agent] }, volumes, containers).map(
        ({ verdict, text }) => `${verdict}: ${text}`,
    );
const only = "only the service of a volume may read it";

test("a volume is for its service, the service's one-shots, and secrets for the agent beside it", () => {
    expect(
        lines(
            container("t-shop-db", "t", data),
            container("t-shop-db-owner", "t", data),
            container("t-shop-api", "t", files, rendered),
            container("t-shop-api-writer", "t", files),
            container("t-shop-api-agent", "t", rendered),
        ),
    ).toEqual([]);
});

test.each([data, files, rendered])("a stranger that mounts $name is broken, whatever its label", (one) => {
    for (const environment of [undefined, "t", "other"]) {
        expect(lines(container("curious", environment, one))).toEqual([`broken: curious mounts ${one.name}: ${only}`]);
    }
});

test("a service that mounts another one's volume is broken, and so is an agent with more than the secrets", () => {
    expect(lines(container("t-shop-api", "t", data, files))).toEqual([
        `broken: t-shop-api mounts t-shop-db-data: ${only}`,
    ]);
    expect(lines(container("t-shop-api-agent", "t", files))).toHaveLength(1);
});

test("a container that only has the name of a service of ours is a stranger", () => {
    expect(lines(container("t-shop-db", "other", data))).toHaveLength(1);
});

test.each([`${VOLUMES}/t-shop-db-data/_data`, `${VOLUMES}/t-shop-db-data/_data/base/1`, `${VOLUMES}/t-shop-db-data/`])(
    "the folder %s of a volume is the volume",
    (folder) => {
        expect(lines(container("backup", undefined, folder))).toEqual([
            `broken: backup mounts t-shop-db-data: ${only}`,
        ]);
    },
);

test("a folder with all volumes in it is one finding", () => {
    for (const folder of ["/", "/var/lib/docker", VOLUMES]) {
        const names = "t-shop-db-data, t-shop-api-config, t-shop-api-rendered";
        expect(lines(container("backup", undefined, folder))).toEqual([`broken: backup mounts ${names}: ${only}`]);
    }
    const more = [...volumes, volume("a-data", "a", "data")];
    const [finding] = compareMounts(platform, more, [container("backup", undefined, "/")]);
    expect(finding?.text).toContain("t-shop-api-rendered and 1 more: ");
});

test("other volumes and folders are nobody's business", () => {
    const foreign = { ...data, name: "u-shop-db-data", folder: `${VOLUMES}/u-shop-db-data/_data` };
    const folders = ["/srv", `${VOLUMES}/t-shop-db`, `${VOLUMES}/t-shop-db-data-2/_data`, ""];
    expect(lines(container("u-shop-db", "u", foreign), container("any", undefined, ...folders))).toEqual([]);
});
