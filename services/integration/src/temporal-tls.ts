/** Mutual TLS with Temporal. */

import type { TemporalTls } from "./configuration";
import { secretFile } from "./secret-file";

/** The form that all of Temporal's connections take. */
export interface TlsFiles {
    readonly serverNameOverride?: string;
    readonly serverRootCACertificate: Buffer;
    readonly clientCertPair: { readonly crt: Buffer; readonly key: Buffer };
}

/**
 * Reads the files, and reads them again when they have changed. Connections take no new certificate, so a changed one needs a new
 * connection: the result is the same object as long as the files are the same.
 *
 * @returns a function; its result is undefined without TLS
 */
export function tlsFiles(tls: TemporalTls | undefined): () => TlsFiles | undefined {
    if (tls === undefined) return () => undefined;
    const readers = [tls.certificate, tls.key, tls.authority].map(secretFile);
    let known: { readonly text: string; readonly files: TlsFiles } | undefined;
    return () => {
        const [crt = "", key = "", authority = ""] = readers.map((read) => read());
        const text = [crt, key, authority].join("\n");
        known =
            known?.text === text
                ? known
                : {
                      text,
                      files: {
                          ...(tls.serverName !== undefined && { serverNameOverride: tls.serverName }),
                          serverRootCACertificate: Buffer.from(authority),
                          clientCertPair: { crt: Buffer.from(crt), key: Buffer.from(key) },
                      },
                  };
        return known.files;
    };
}
