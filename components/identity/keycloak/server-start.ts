/** How the server of an image is started: with what the image was built for, or after building it for this platform. */

import { FILES, type ServiceFile } from "../../hardening/files";
import type { ServiceArgs } from "../../hardening/service";

/** The published images, which are built for no database: https://www.keycloak.org/server/containers */
const PUBLISHED = /^((quay|docker)\.io\/)?keycloak\/keycloak[:@]/;

/** What is fixed when a server is built. An image of one's own is built with these too. */
export const BUILD_OPTIONS = ["--db=postgres", "--health-enabled=true", "--metrics-enabled=true"] as const;

/** Where the image has the server, and where a server that is built at its start runs. */
const IMAGE_HOME = "/opt/keycloak";
const BUILT_HOME = "/run/keycloak";

/** A build replaces these; everything else of the server is read where the image has it. */
const REPLACED_BY_BUILD = ["bin", "lib/quarkus", "lib/quarkus-run.jar"];
const LEFT_AS_THEY_ARE = ["conf", "data", "providers", "themes", "lib/app", "lib/lib"];

/**
 * A server that has not been built for its options refuses `start --optimized`, and `start` alone builds it in place, which a
 * read-only root does not allow: https://github.com/keycloak/keycloak/issues/44632. So the few files that a build replaces are
 * copied to memory, and the server runs from there. Nothing that is built outlives the container.
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

/** Everything about the start that depends on the image. */
export type ServerStart = Required<Pick<ServiceArgs, "files" | "tmpfs">> & Pick<ServiceArgs, "entrypoint">;

/**
 * @param image - the reference that runs: a published one is built at each start (half a minute, 20 MB of its memory), any
 * other has to be built for {@link BUILD_OPTIONS} already, as the one of `offline/images` is
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
