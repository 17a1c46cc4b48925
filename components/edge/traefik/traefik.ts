import * as pulumi from "@pulumi/pulumi";

import { AUTHORITY_COMMAND } from "../../../model/kept-types";
import type { Platform, PublishedPort, Route, Service as ServiceModel, ServiceOf } from "../../../model/platform";
import type { Deployment } from "../../hardening/deployment";
import { FILES, type ServiceFile } from "../../hardening/files";
import { keep } from "../../hardening/keep";
import { Service } from "../../hardening/service";
import { type Issued, makeCertificate } from "../issued";
import { dynamicConfiguration } from "./dynamic";
import { staticConfiguration } from "./static";

/** Inputs for {@link Edge}. */
export interface EdgeArgs {
    readonly deployment: Deployment;
    readonly service: ServiceOf<"edge">;
}

/**
 * The only way in: Traefik with configuration from files. It never sees the engine's socket, which is root on the host,
 * so no container's label can claim a route.
 */
export class Edge extends pulumi.ComponentResource {
    public readonly service: Service;
    /** Certificate of the environment's own authority in PEM form; undefined with ACME. */
    public readonly authority: pulumi.Output<string> | undefined;
    private readonly published: readonly PublishedPort[];

    constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:edge:Edge", name, {}, opts);

        const { deployment, service } = args;
        const { platform } = deployment;
        const settings = service.spec;
        const files: ServiceFile[] = [
            {
                path: "traefik.yaml",
                content: yaml(staticConfiguration(service, settings)),
            },
            {
                path: "dynamic/platform.yaml",
                content: yaml(dynamicConfiguration(platform, service, gatewayOf(platform, service), settings)),
                watched: true,
            },
        ];
        let ends: CertificateEnds | undefined;
        if (settings.acme === undefined) {
            const authority = makeAuthority(name, deployment, this);
            const issued = issue(name, certificateNames(platform), authority, this);
            files.push(
                { path: "secrets/certificate.pem", content: issued.apply(({ certificate }) => certificate) },
                { path: "secrets/key.pem", content: issued.apply(({ key }) => key) },
            );
            this.authority = pulumi.unsecret(authority.apply(({ certificate }) => certificate));
            ends = {
                authorityEnds: pulumi.unsecret(authority.apply((it) => it.ends)),
                certificateEnds: pulumi.unsecret(issued.apply((it) => it.ends)),
            };
        }
        this.service = new Service(
            name,
            {
                deployment,
                service,
                entrypoint: ["traefik"],
                command: [`--configFile=${FILES}/traefik.yaml`],
                files,
                ...(settings.acme !== undefined && { data: "/acme", ownsData: true }),
            },
            { parent: this },
        );
        this.published = service.published;
        // The command line reads these dates in the state: it announces the end of the authority and renews the certificate
        // in time.
        this.registerOutputs({ ...ends });
    }

    /**
     * @param name - of a management entry point
     * @returns its URL on the engine's host
     */
    public managementUrl(name: string): string {
        const { address, external } = this.port(name);
        return `http://${address}:${external}`;
    }

    /** @returns the public URL of a route */
    public publicUrl({ host, path }: Pick<Route, "host" | "path">): string {
        const { external } = this.port("https");
        return `https://${host}${external === 443 ? "" : `:${external}`}${path}`;
    }

    private port(name: string): PublishedPort {
        const port = this.published.find((published) => published.name === name);
        if (port === undefined) {
            throw new pulumi.ResourceError(`the edge publishes no port named ${name}`, this);
        }
        return port;
    }
}

/** When own certificates end (ISO 8601), as outputs of the component. */
interface CertificateEnds {
    readonly authorityEnds: pulumi.Output<string>;
    readonly certificateEnds: pulumi.Output<string>;
}

/**
 * Names in the edge's certificate. A wildcard stands for one label only, so every parent of a routed host has its own
 * wildcard.
 */
export function certificateNames({ domain, services }: Pick<Platform, "domain" | "services">): string[] {
    const parents = services.flatMap(({ routes }) => routes.map(({ host }) => host.slice(host.indexOf(".") + 1)));
    const deeper = [...new Set(parents)].filter((above) => above !== domain).sort();
    return [`*.${domain}`, domain, ...deeper.map((above) => `*.${above}`)];
}

/** Creates the authority once and keeps it, because clients trust it. It is stored in the encrypted state. */
function makeAuthority(name: string, deployment: Deployment, parent: pulumi.Resource): pulumi.Output<Issued> {
    return makeCertificate(`${name}-authority`, AUTHORITY_COMMAND, undefined, keep(deployment, { parent }));
}

/** Issues the edge's certificate. Changed names, or `pulumi up --replace`, issue a new one from the same authority. */
function issue(
    name: string,
    names: readonly string[],
    authority: pulumi.Output<Issued>,
    parent: pulumi.Resource,
): pulumi.Output<Issued> {
    const stdin = authority.apply(({ certificate, key }) => JSON.stringify({ names, authority: { certificate, key } }));
    const create = "node components/edge/certificates.mjs certificate";
    return makeCertificate(`${name}-certificate`, create, pulumi.secret(stdin), { parent });
}

/** The address that connections through the host's published ports come from. */
function gatewayOf(platform: Platform, edge: ServiceModel): string {
    const zone = platform.zones.find(({ name, internal }) => !internal && edge.zones.includes(name));
    if (zone === undefined) {
        throw new Error("edge: none of its zones leads to the host");
    }
    return zone.gateway;
}

function yaml(value: object): string {
    return `${JSON.stringify(value, undefined, 2)}\n`;
}
