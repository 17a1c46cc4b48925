/** The buckets of an object store: their names, and who may do what in them. Pure. */

import { type Owner, ownerName } from "../../../model/owner";

/** A bucket of a server. */
export interface Bucket {
    /** Name in the product's file, for example `uploads`. */
    readonly short: string;
    /** Name on the server, for example `orders-uploads-production`. */
    readonly name: string;
    /** Services that read and write its objects. */
    readonly clients: readonly string[];
    /** Address of the store for presigned URLs, for example `https://files.orders.example.com`. @default - there are none */
    readonly publicUrl?: string;
}

/**
 * Name of a bucket on its server. It names product and environment, as an S3 service outside the platform may be shared by
 * several of them. The longest parts together have 62 characters, and S3 accepts 63.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketName(owner: Owner, short: string, environment: string): string {
    return `${ownerName(owner)}-${short}-${environment}`;
}

/** What clients do with a bucket itself. A client cannot change who may do what: only strata's own key can. */
const BUCKET_ACTIONS = ["GetBucketLocation", "ListBucket", "ListBucketMultipartUploads"];

/** What clients do with objects. */
const OBJECT_ACTIONS = [
    ...["GetObject", "GetObjectAttributes", "PutObject", "DeleteObject"],
    ...["AbortMultipartUpload", "ListMultipartUploadParts"],
    ...["GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"],
];

/**
 * Policy of a bucket. Nothing but a policy opens a bucket, since the server ignores access control lists
 * (`--disable-acl`).
 *
 * @returns undefined without clients: a statement needs somebody whom it is about
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
export function bucketPolicy({ name, clients }: Pick<Bucket, "name" | "clients">): object | undefined {
    if (clients.length === 0) return undefined;
    const allow = (actions: readonly string[], resource: string): object => ({
        Effect: "Allow",
        // The server matches access keys: it knows no ARNs of users.
        Principal: { AWS: [...clients] },
        Action: actions.map((action) => `s3:${action}`),
        Resource: `arn:aws:s3:::${resource}`,
    });
    return { Version: "2012-10-17", Statement: [allow(BUCKET_ACTIONS, name), allow(OBJECT_ACTIONS, `${name}/*`)] };
}

/** Seconds for which a browser remembers the answer to a preflight request. */
const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of the product use presigned URLs from a script.
 *
 * @param origins - of the pages, for example `https://orders.example.com`
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
 */
export function corsRules(origins: readonly string[]): string {
    const all = (element: string, values: readonly string[]): string =>
        values.map((value) => `<${element}>${value}</${element}>`).join("");
    return [
        "<CORSConfiguration><CORSRule>",
        all("AllowedOrigin", origins),
        all("AllowedMethod", ["GET", "HEAD", "PUT", "POST"]),
        all("AllowedHeader", ["*"]),
        all("ExposeHeader", ["ETag"]),
        all("MaxAgeSeconds", [String(PREFLIGHT_SECONDS)]),
        "</CORSRule></CORSConfiguration>",
    ].join("");
}
