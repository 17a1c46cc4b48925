/** A client of S3's interface: every request has its signature in the query, as the presigned URLs of SDKs. */

import { createHash, createHmac } from "node:crypto";

import type { AccessKey } from "../../components/foundation/object-store/users";

/** What a URL is signed for. */
export interface Signed {
    readonly method: string;
    /** Name of the host, with its port if that is not the scheme's own. */
    readonly host: string;
    /** As it is sent: characters that S3 wants escaped are escaped. */
    readonly path: string;
    /** The path as the server is to read it for the signature. @default {@link path} */
    readonly read?: string;
    readonly key: AccessKey;
    /** Further parameters of the query, for example `policy`. @default none */
    readonly query?: Readonly<Record<string, string>>;
    /** Seconds for which the URL is valid. @default 300 */
    readonly expires?: number;
    /** Time of the signature. @default now */
    readonly at?: Date;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const mac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/**
 * Path and query of a presigned URL. The signature covers the method, the host with its port, the path and the query, not
 * the body.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presigned({ method, host, path, key, query = {}, ...more }: Signed): string {
    const { read = path, expires = 300, at = new Date() } = more;
    const time = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const parameters = Object.entries({
        ...query,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": `${key.access}/${scope}`,
        "X-Amz-Date": time,
        "X-Amz-Expires": String(expires),
        "X-Amz-SignedHeaders": "host",
    })
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .sort()
        .join("&");
    const canonical = [method, read, parameters, `host:${host}\n`, "host", "UNSIGNED-PAYLOAD"].join("\n");
    const signingKey = scope
        .split("/")
        .reduce<string | Buffer>((before, part) => mac(before, part), `AWS4${key.secret}`);
    const signature = mac(signingKey, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex");
    return `${path}?${parameters}&X-Amz-Signature=${signature}`;
}

/** The code of S3's error in an answer; the answer itself if it is none. */
export function codeIn(body: string): string {
    return /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? body;
}
