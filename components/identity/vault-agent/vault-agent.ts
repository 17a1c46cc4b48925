import { posix } from "node:path";

import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

import { LABEL, volumeLabels, volumeName } from "../../../model/names";
import type { Service as ServiceModel, ServiceOf } from "../../../model/platform";
import { VAULT_SERVERS } from "../../foundation/vault/kind";
import type { Deployment } from "../../hardening/deployment";
import { FILES } from "../../hardening/files";
import { dockerLabels } from "../../hardening/labels";
import { userOf } from "../../hardening/container";
import { Service } from "../../hardening/service";
import type { ServiceLogin } from "../vault-configuration";
import { AGENT_FILE, agentConfig } from "./config";
import { RENDERED_SECRETS } from "./kind";
import { agentStart } from "./start";

/** Inputs for {@link agent}. */
export interface AgentArgs {
    readonly deployment: Deployment;
    /** The agent itself. */
    readonly service: ServiceOf<"vault-agent">;
    /** The application whose secrets it renders. */
    readonly application: ServiceModel;
    readonly login: ServiceLogin;
    /** Seconds after which the agent reads a value without a lease again. */
    readonly renderInterval: number;
    /** The application's volume for secrets. */
    readonly secrets: docker.Volume;
}

/** Size of the volume in MiB: its files have a few kilobytes each. */
const SECRETS_MIB = 1;

/**
 * The volume through which an agent gives secrets to its application. It is in memory and exists while one of the two runs;
 * no other container mounts it. The user of both owns it.
 */
export function secretsVolume(
    deployment: Deployment,
    application: ServiceModel,
    opts: pulumi.ComponentResourceOptions,
): docker.Volume {
    const { environment } = deployment.platform;
    const [uid, gid] = userOf(deployment.platform, application.name).split(":");
    return new docker.Volume(
        `${application.name}-secrets`,
        {
            name: volumeName(environment, application.name, "secrets"),
            driver: "local",
            driverOpts: {
                type: "tmpfs",
                device: "tmpfs",
                o: `size=${SECRETS_MIB}m,mode=0750,uid=${uid},gid=${gid},nosuid,nodev,noexec`,
            },
            labels: dockerLabels({ ...volumeLabels(environment, application), [LABEL.purpose]: "secrets" }),
        },
        // For a new volume with the same name, the engine returns the old volume with its old owner.
        { ...opts, deleteBeforeReplace: true },
    );
}

/**
 * A Vault agent of an application. It logs in as the application, renders its secrets as files, renews leases and renders
 * changed values again. A new secret-id replaces the agent and leaves the application alone.
 */
export function agent(name: string, args: AgentArgs, opts: pulumi.ComponentResourceOptions): Service {
    const { deployment, service, application, login, renderInterval, secrets } = args;
    const { deliveries, handsToken } = service.spec;
    const server = VAULT_SERVERS[service.spec.server];
    const config = agentConfig({ application: application.name, deliveries, handsToken, renderInterval });
    const program = [server.program, "agent", `-config=${FILES}/${AGENT_FILE.config}`];
    const { files, ...start } = agentStart(program, deliveries, handsToken);
    return new Service(
        name,
        {
            deployment,
            service,
            ...start,
            // The program holds 25 MiB; the rest of the limit is for its code pages.
            environment: { HOME: "/tmp", GOMEMLIMIT: "96MiB" },
            files: [
                ...files,
                { path: AGENT_FILE.config, content: config },
                { path: AGENT_FILE.roleId, content: login.roleId },
                { path: AGENT_FILE.secretId, content: login.secretId },
            ],
            shared: [{ volume: secrets, target: RENDERED_SECRETS, readOnly: false }],
            // The image declares volumes at the other two paths: without these entries, each container would leave unnamed
            // volumes.
            tmpfs: { "/tmp": 4, [server.data]: 1, [`${posix.dirname(server.data)}/logs`]: 1 },
            dependsOn: login.ready,
        },
        opts,
    );
}
