/** HTTP as a client of the edge sees it: by host name, on a port of this machine. */

import { request as plain } from "node:http";
import { request as secure } from "node:https";

/** An HTTP answer. */
export interface Answer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly body: string;
}

/** A request to the edge. */
export interface Question {
    /** Host name, for the header and, over TLS, for SNI and the check of the certificate. */
    readonly host: string;
    readonly port: number;
    readonly path?: string;
    /** PEM certificate of the only trusted authority. Without it, the request goes over plain HTTP. */
    readonly authority?: string;
    readonly method?: string;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Address to connect to. @default "127.0.0.1" */
    readonly address?: string;
}

/** Sends one request. A redirect counts as an answer. @throws Error without an answer, or when the certificate is not trusted */
export function ask({
    host,
    port,
    path = "/",
    authority,
    method = "GET",
    body,
    headers = {},
    address = "127.0.0.1",
}: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const options = {
            host: address,
            port,
            path,
            method,
            headers: { Host: host, ...headers },
            timeout: 10_000,
            agent: false,
        };
        const client =
            authority === undefined ? plain(options) : secure({ ...options, servername: host, ca: authority });
        client.on("response", (response) => {
            let text = "";
            response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
            response.on("end", () =>
                resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
            );
        });
        client.on("timeout", () => client.destroy(new Error(`no answer from ${host} within 10 s`)));
        client.on("error", reject);
        client.end(body);
    });
}
