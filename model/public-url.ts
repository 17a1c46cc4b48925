import type { StackConfig } from "./stack-config";

/** URL of a host behind the edge, without a path. */
export function publicUrl(host: string, { edge }: Pick<StackConfig, "edge">): string {
    return `https://${host}${edge.https.port === 443 ? "" : `:${edge.https.port}`}`;
}
