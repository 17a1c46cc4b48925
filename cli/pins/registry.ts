/** Asks an image registry for the image of a reference, over the OCI distribution API. */

import { Failure } from "../failure";
import { reasonOf } from "../setup/downloads";

/** A reference, taken apart. */
export interface ImageReference {
    /** Host and port. */
    readonly registry: string;
    readonly repository: string;
    readonly tag: string | undefined;
    /** `sha256:...` */
    readonly digest: string | undefined;
}

/** What a registry has under a reference. */
export interface RegistryImage {
    /** Digest that a pull by tag gets: of the index where there is one, otherwise of the image. */
    readonly digest: string;
    /** `linux/amd64`, sorted. Empty for an image without an index: the registry's answer does not say its platform. */
    readonly platforms: readonly string[];
}

const INDEXES = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFESTS = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];
const PATIENCE = 30_000;

/** `redis:8@sha256:...` is `registry-1.docker.io`, `library/redis`, `8`, the digest. Pure. */
export function parseReference(reference: string): ImageReference {
    const [named = "", digest] = reference.split("@");
    const slash = named.indexOf("/");
    const first = named.slice(0, slash);
    const hasHost = slash > 0 && (/[.:]/.test(first) || first === "localhost");
    const path = hasHost ? named.slice(slash + 1) : named;
    const colon = path.lastIndexOf(":");
    const [repository, tag] = colon > 0 ? [path.slice(0, colon), path.slice(colon + 1)] : [path, undefined];
    return {
        registry: !hasHost || first === "docker.io" ? "registry-1.docker.io" : first,
        repository:
            hasHost && first !== "docker.io"
                ? repository
                : repository.includes("/")
                  ? repository
                  : `library/${repository}`,
        tag,
        digest,
    };
}

/**
 * What the registry has under the reference's tag, or its digest when it has no tag.
 *
 * @throws Failure when the registry does not answer or has no such image
 */
export async function resolveImage(reference: string): Promise<RegistryImage> {
    const { registry, repository, tag, digest } = parseReference(reference);
    const scheme = /^(localhost|127\.[\d.]+)(:|$)/.test(registry) ? "http" : "https";
    const url = `${scheme}://${registry}/v2/${repository}/manifests/${tag ?? digest ?? "latest"}`;
    const answer = await ask(url, repository);
    if (!answer.ok)
        throw new Failure(`${reference}: ${registry} answered ${answer.status}`, "correct the reference", 1);
    const found = answer.headers.get("docker-content-digest");
    const body = (await answer.json()) as { manifests?: { platform?: { os: string; architecture: string } }[] };
    if (found === null) throw new Failure(`${reference}: ${registry} names no digest`, "ask another registry", 1);
    const platforms = (body.manifests ?? [])
        .flatMap(({ platform }) => (platform ? [`${platform.os}/${platform.architecture}`] : []))
        // Attestations are listed as images for an unknown platform.
        .filter((platform) => !platform.includes("unknown"));
    return { digest: found, platforms: [...new Set(platforms)].sort() };
}

/** Asks a registry. If it wants a token, it says where to get one; for public images this needs no login. */
async function ask(url: string, repository: string): Promise<Response> {
    const headers = { Accept: [...INDEXES, ...MANIFESTS].join(", ") };
    const first = await get(url, headers);
    const challenge = first.headers.get("www-authenticate");
    if (first.status !== 401 || challenge === null) return first;
    const field = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1];
    const realm = field("realm");
    if (realm === undefined) return first;
    const query = new URLSearchParams({
        ...(field("service") && { service: field("service")! }),
        scope: field("scope") ?? `repository:${repository}:pull`,
    });
    const { token } = (await (await get(`${realm}?${query.toString()}`, {})).json()) as { token?: string };
    return token === undefined ? first : get(url, { ...headers, Authorization: `Bearer ${token}` });
}

async function get(url: string, headers: Record<string, string>): Promise<Response> {
    try {
        return await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    } catch (error) {
        throw new Failure(
            `${url} does not answer: ${reasonOf(error)}`,
            "run it again where the registry can be reached",
            1,
        );
    }
}
