/** Temporal's command line in the place of a product's service. */

import { RENDERED_SECRETS } from "../../../components/identity/vault-agent/kind";
import { imageOf } from "../../support/images";
import { asGuestOf, docker, type Ended } from "../../support/live-engine";

/** The file with a client's token, in its agent's container. */
export const AGENT_TOKEN_FILE = `${RENDERED_SECRETS}/temporal-token`;

/** How a command is run. */
interface How {
    /** @default - the token in the client's file */
    readonly token?: string;
}

/**
 * A function that runs `temporal <command>` in the network of a service. The token travels on standard input.
 *
 * @param service - container of the service
 */
export function clientOf(environment: string, service: string): (command: string, how?: How) => Promise<Ended> {
    return async (command, { token } = {}) => {
        const given = token ?? (await docker(["exec", `${service}-agent`, "cat", AGENT_TOKEN_FILE])).trim();
        const meta = given === "" ? "" : `--grpc-meta "authorization=Bearer $TOKEN"`;
        // The name is resolved by the system: gRPC's own resolver also asks for records that no engine has.
        const line = `read -r TOKEN; HOME=/tmp exec temporal --address passthrough:///temporal:7233 ${command} ${meta}`;
        return asGuestOf({
            environment,
            of: service,
            image: await imageOf("temporal-admin-tools"),
            entrypoint: "sh",
            command: ["-c", line],
            input: `${given}\n`,
        });
    };
}
