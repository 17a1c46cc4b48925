import * as pulumi from "@pulumi/pulumi";

import type { ServiceOf } from "../../../model/platform";
import type { Deployment } from "../../hardening/deployment";
import { FILES } from "../../hardening/files";
import { Service } from "../../hardening/service";
import { hostsFile, squidConfiguration } from "./configuration";
import { EGRESS_CONFIGURATION, EGRESS_HOSTS } from "./kind";
import { permissionsOf } from "./permissions";

/** Inputs for {@link Egress}. */
export interface EgressArgs {
    readonly deployment: Deployment;
    readonly service: ServiceOf<"egress">;
}

/** The only way out: Squid with the hosts that services declare. */
export class Egress extends pulumi.ComponentResource {
    public readonly service: Service;

    constructor(name: string, args: EgressArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:egress:Egress", name, {}, opts);

        const { deployment, service } = args;
        this.service = new Service(
            name,
            {
                deployment,
                service,
                entrypoint: ["squid"],
                // In the foreground as one process, without a watcher that would start it again.
                command: ["-N", "-f", `${FILES}/${EGRESS_CONFIGURATION}`],
                files: [
                    {
                        path: EGRESS_CONFIGURATION,
                        content: squidConfiguration(permissionsOf(deployment.platform), service.spec),
                    },
                    { path: EGRESS_HOSTS, content: hostsFile(service.spec) },
                ],
                // The published image declares volumes at the other two paths: without these entries, each container would
                // leave unnamed volumes.
                tmpfs: { "/tmp": 16, "/var/log/squid": 1, "/var/spool/squid": 1 },
            },
            { parent: this },
        );
        this.registerOutputs({});
    }
}
