// Signs requests to an S3 server (AWS Signature Version 4). Plain Node, so that it runs wherever the program does.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
import { createHash, createHmac } from "node:crypto";

const hash = (data) => createHash("sha256").update(data).digest("hex");
const mac = (key, text) => createHmac("sha256", key).update(text).digest();

/**
 * @param host - as in the header `Host`
 * @param target - path and query. The query has one parameter at most, whose name needs no encoding.
 * @param body - text
 * @param at - time of the request
 * @returns headers of the request, `Host` included
 */
export function signedHeaders({ method, host, target, body, key, region, at }) {
    const [path, query = ""] = target.split("?");
    const time = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
    const headers = {
        ...(body !== "" && { "content-md5": createHash("md5").update(body).digest("base64") }),
        host,
        "x-amz-content-sha256": hash(body),
        "x-amz-date": time,
    };
    const names = Object.keys(headers).join(";");
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    const parameter = query === "" || query.includes("=") ? query : `${query}=`;
    const canonical = [method, path, parameter, lines.join(""), names, headers["x-amz-content-sha256"]].join("\n");
    const signingKey = scope.split("/").reduce((before, part) => mac(before, part), `AWS4${key.secret}`);
    const signature = mac(signingKey, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex");
    const authorization = `AWS4-HMAC-SHA256 Credential=${key.access}/${scope},SignedHeaders=${names},Signature=${signature}`;
    return { ...headers, authorization };
}
