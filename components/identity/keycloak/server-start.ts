/** How Keycloak starts: with the options for which its image was built, or after building it for this platform. */

import { FILES, type ServiceFile } from "../../hardening/files";
import type { ServiceArgs } from "../../hardening/service";

/** The published images, which are built for no database: https://www.keycloak.org/server/containers */
const PUBLISHED = /^((quay|docker)\.io\/)?keycloak\/keycloak[:@]/;

/** Options that are fixed when a server is built. Build a custom image with these too. */
export const BUILD_OPTIONS = ["--db=postgres", "--health-enabled=true", "--metrics-enabled=true"] as const;

/** Folder of the server in the image, and folder of a server that is built at its start. */
const IMAGE_HOME = "/opt/keycloak";
const BUILT_HOME = "/run/keycloak";

/** Parts that a build replaces; all other parts of the server stay in the image's folder. */
const REPLACED_BY_BUILD = ["bin", "lib/quarkus", "lib/quarkus-run.jar"];
const LEFT_AS_THEY_ARE = ["conf", "data", "providers", "themes", "lib/app", "lib/lib"];

/**
 * Start script of a published image. A server that was not built for its options refuses `start --optimized`. `start` alone
 * builds it in place, which a read-only root does not allow: https://github.com/keycloak/keycloak/issues/44632. So the
 * script copies the few files that a build replaces to memory, and runs the server from there. The build is lost with the
 * container.
 */
const BUILD_AND_START_SH = `#!/bin/sh
set -eu
mkdir ${BUILT_HOME}/lib
${REPLACED_BY_BUILD.map((part) => `cp -R ${IMAGE_HOME}/${part} ${BUILT_HOME}/${part}`).join("\n")}
${LEFT_AS_THEY_ARE.map((part) => `ln -s ${IMAGE_HOME}/${part} ${BUILT_HOME}/${part}`).join("\n")}
# The memory file system lets nothing be executed, but a shell may read its script from there.
sh ${BUILT_HOME}/bin/kc.sh build ${BUILD_OPTIONS.join(" ")}
exec sh ${BUILT_HOME}/bin/kc.sh "$@"
`;

/** The parts of the start that depend on the image. */
export type ServerStart = Required<Pick<ServiceArgs, "files" | "tmpfs">> & Pick<ServiceArgs, "entrypoint">;

/**
 * @param image - the reference that runs. A published image is built at each start (half a minute, 20 MB of its memory). Any
 * other image must already be built for {@link BUILD_OPTIONS}, as the image of `offline/images` is
 */
export function serverStart(image: string): ServerStart {
    const tmpfs = { "/tmp": 64, [`${IMAGE_HOME}/data`]: 64 };
    if (!PUBLISHED.test(image)) {
        return { files: [], tmpfs };
    }
    const script: ServiceFile = { path: "build-and-start.sh", content: BUILD_AND_START_SH };
    return {
        entrypoint: ["sh", `${FILES}/${script.path}`],
        files: [script],
        tmpfs: { ...tmpfs, [BUILT_HOME]: 64 },
    };
}
