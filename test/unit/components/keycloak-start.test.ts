import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { BUILD_OPTIONS, serverStart } from "../../../components/identity/keycloak/server-start";
import lock from "../../../config/images.lock.json";

const PUBLISHED = lock.keycloak.reference;
const DIGEST = `sha256:${"a".repeat(64)}`;

test.each([PUBLISHED, `keycloak/keycloak:26.6.4@${DIGEST}`, `docker.io/keycloak/keycloak@${DIGEST}`])(
    "%s is built at its start, in memory",
    (image) => {
        const { entrypoint, tmpfs } = serverStart(image);
        expect(entrypoint).toEqual(["sh", "/etc/strata/build-and-start.sh"]);
        expect(Object.keys(tmpfs)).toEqual(["/tmp", "/opt/keycloak/data", "/run/keycloak"]);
    },
);

test.each(["strata.invalid/keycloak:0123456789ab", `ghcr.io/sevensa/keycloak:26.6.4@${DIGEST}`, DIGEST])(
    "%s is built already",
    (image) => {
        expect(serverStart(image)).toEqual({ files: [], tmpfs: { "/tmp": 64, "/opt/keycloak/data": 64 } });
    },
);

test("the image made here is built for the same options", () => {
    const recipe = readFileSync(join(__dirname, "../../../offline/images/keycloak/Dockerfile"), "utf8");
    expect(recipe).toContain(`kc.sh build ${BUILD_OPTIONS.join(" ")} `);
});

test("the script builds in its own copy, then starts with the container's arguments, and leaves the image as it is", () => {
    const root = mkdtempSync(join(tmpdir(), "strata-keycloak-"));
    const image = join(root, "image");
    const built = join(root, "built");
    // Stands in for the server: says where it runs and with what, and replaces what a build replaces.
    const kc = `#!/bin/sh\necho "$(dirname "$0") $*"\n[ "$1" != build ] || for file in quarkus/app.dat quarkus-run.jar; do echo built > "$(dirname "$0")/../lib/$file"; done\n`;
    const files = {
        "bin/kc.sh": kc,
        "lib/quarkus/app.dat": "as published",
        "lib/quarkus-run.jar": "as published",
        "lib/lib/main.jar": "",
        "lib/app/keycloak.jar": "",
        "conf/keycloak.conf": "",
        "data/.keep": "",
        "providers/.keep": "",
        "themes/.keep": "",
    };
    for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(image, path)), { recursive: true });
        writeFileSync(join(image, path), content);
    }
    mkdirSync(built);
    const [script] = serverStart(PUBLISHED).files;
    const text = (script?.content as string).replaceAll("/opt/keycloak", image).replaceAll("/run/keycloak", built);
    const { status, stdout, stderr } = spawnSync("sh", ["-c", text, "sh", "start", "--optimized"], {
        encoding: "utf8",
    });

    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`${built}/bin build ${BUILD_OPTIONS.join(" ")}\n${built}/bin start --optimized\n`);
    expect(readFileSync(join(image, "lib/quarkus/app.dat"), "utf8")).toBe("as published");
    expect(readFileSync(join(image, "lib/quarkus-run.jar"), "utf8")).toBe("as published");
    expect(readFileSync(join(built, "lib/quarkus-run.jar"), "utf8")).toBe("built\n");
    expect(lstatSync(join(built, "lib/lib")).isSymbolicLink()).toBe(true);
    expect(existsSync(join(built, "conf/keycloak.conf"))).toBe(true);
    rmSync(root, { recursive: true });
});
